import type { BoardLink } from '../../firmware-bridge/host/board-link.ts';
import type {
  AckResult,
  DispenseReportMessage,
  DispenseSnackMessage,
  DispenseWaterMessage,
} from '../../firmware-bridge/protocol/generated/messages.ts';
import type { Cancel, Clock } from '../../src/core/clock.ts';
import { LetanError } from '../../src/core/errors.ts';
import { assertNever } from '../../src/core/result.ts';
import type { Dispenser } from './dispenser.ts';
import { type FlowCalibration, failureOf, outcomes, volumeOf, waterPortion } from './portion.ts';

/** Numbers for dispenses, each given once in the robot's life (1..4294967295): the firmware never serves one twice. */
export interface DispenseIds {
  next(): number;
}

export interface DispenserOptions {
  link: BoardLink;
  calibration: FlowCalibration;
  ids: DispenseIds;
  clock: Clock;
}

/** Beyond the portion's own time cap: the run-on after closing, three reports, and a short unplug with its reconnection. */
const graceMs = 8000;
/** A spiral's four turns and falls by the firmware's own limits. */
const snackMs = 25_000;
/** Reports come every 100 ms; after this long without one the board is asked. */
const askAfterMs = 400;

interface Job {
  request: DispenseWaterMessage | DispenseSnackMessage;
  /** Whether the firmware may have it: after that only its own report ends the job. */
  handedOver: boolean;
  lastReportMs: number;
  deadlineMs: number;
  onPulses(pulses: number): void;
  resolve(pulses: number): void;
  reject(error: LetanError): void;
}

/**
 * Water and snacks through the control board. A request is sent under a fresh id and never under a second one: when its
 * answer or the link is lost, `queryDispense` tells what became of it.
 */
export function createDispenser(options: DispenserOptions): Dispenser & { close(): void } {
  return new LinkedDispenser(options);
}

class LinkedDispenser implements Dispenser {
  private job: Job | null = null;
  private readonly options: DispenserOptions;
  private readonly timers: Cancel[];

  constructor(options: DispenserOptions) {
    this.options = options;
    this.timers = [
      options.link.received.on((message) => {
        if (message.name === 'dispenseReport') this.take(message);
      }),
      options.link.readied.on(() => this.ask()),
      options.clock.every(askAfterMs / 2, () => this.watch()),
    ];
  }

  async dispenseWater(volumeMl: number, onProgress: (dispensedMl: number) => void): Promise<number> {
    const { calibration, ids } = this.options;
    this.mustBeFree();
    const portion = waterPortion(volumeMl, calibration);
    const request: DispenseWaterMessage = { name: 'dispenseWater', dispenseId: ids.next(), ...portion };
    const pulses = await this.start(request, portion.capMs, (soFar) => onProgress(volumeOf(soFar, calibration)));
    return volumeOf(pulses, calibration);
  }

  async dispenseSnack(): Promise<void> {
    this.mustBeFree();
    await this.start({ name: 'dispenseSnack', dispenseId: this.options.ids.next() }, snackMs, () => {});
  }

  /** The firmware's report ends the job; without the link its own interlocks have closed the valve. */
  abort(): void {
    if (this.job && this.options.link.ready) this.options.link.request({ name: 'stop' }).catch(ignoreLostLink);
  }

  close(): void {
    for (const cancel of this.timers) cancel();
    this.fail(new LetanError('DISPENSE_INTERRUPTED', 'shutting down'));
  }

  private mustBeFree(): void {
    if (this.job) throw new LetanError('DISPENSE_BUSY', `dispense ${this.job.request.dispenseId} is still under way`);
    if (!this.options.link.ready) throw new LetanError('BOARD_NOT_CONNECTED', 'nothing was dispensed: the control board is not ready');
  }

  private start(request: Job['request'], capMs: number, onPulses: Job['onPulses']): Promise<number> {
    return new Promise((resolve, reject) => {
      const nowMs = this.options.clock.monotonicMs();
      const job: Job = { request, handedOver: false, lastReportMs: nowMs, deadlineMs: nowMs + capMs + graceMs, onPulses, resolve, reject };
      this.job = job;
      this.options.link.request(request).then(
        (result) => this.answered(job, result),
        // Sent, perhaps heard: only the board can tell.
        () => {
          job.handedOver = true;
          this.ask();
        },
      );
    });
  }

  private answered(job: Job, result: AckResult): void {
    if (this.job !== job) return;
    const name = `dispense ${job.request.dispenseId}`;
    switch (result) {
      case 'accepted':
      case 'repeated':
        job.handedOver = true;
        return;
      case 'stopped':
        this.fail(new LetanError('SAFETY_STOP', `${name} was refused: a stop is in force`));
        return;
      case 'interlocked':
        this.fail(new LetanError('DISPENSE_INTERRUPTED', `${name} was refused: the wheels are not at rest`));
        return;
      case 'busy':
        this.fail(new LetanError('DISPENSE_BUSY', `${name} was refused: the board is dispensing`));
        return;
      case 'outOfRange':
      case 'unknownMessage':
      case 'retreatOnly':
        this.fail(new LetanError('DISPENSE_INTERRUPTED', `${name} was refused: ${result}`));
        return;
      default:
        assertNever(result);
    }
  }

  private take(report: DispenseReportMessage): void {
    const { job } = this;
    if (job?.request.dispenseId !== report.dispenseId) return;
    job.handedOver = true;
    job.lastReportMs = this.options.clock.monotonicMs();
    const outcome = outcomes[report.result];
    if (outcome !== 'running' && outcome !== 'done') {
      this.fail(failureOf(report, outcome));
      return;
    }
    job.onPulses(report.pulses);
    if (outcome === 'running') return;
    this.job = null;
    job.resolve(report.pulses);
  }

  /** After a lost answer, a reconnection, or silence in the middle. */
  private ask(): void {
    if (this.job?.handedOver) this.options.link.send({ name: 'queryDispense', dispenseId: this.job.request.dispenseId });
  }

  private watch(): void {
    const { job } = this;
    if (!job) return;
    const nowMs = this.options.clock.monotonicMs();
    if (nowMs >= job.deadlineMs) {
      this.abort();
      this.fail(this.lateError(job));
    } else if (nowMs - job.lastReportMs >= askAfterMs) this.ask();
  }

  private lateError(job: Job): LetanError {
    const name = `dispense ${job.request.dispenseId}`;
    if (!this.options.link.ready)
      return new LetanError('BOARD_NOT_CONNECTED', `${name}: the control board went away and did not come back`);
    return new LetanError('DISPENSE_TIMEOUT', `${name}: the control board never reported an end`);
  }

  private fail(error: LetanError): void {
    const { job } = this;
    this.job = null;
    job?.reject(error);
  }
}

/** The link's own status tells that the board is gone; the valve is closed by the missing heartbeat. */
const ignoreLostLink = (): void => {};
