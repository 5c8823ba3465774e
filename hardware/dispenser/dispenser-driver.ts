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

/** Numbers for dispenses (1..4294967295), each higher than all before in the robot's life: the firmware serves no other. */
export interface DispenseIds {
  /** A new number, `atLeast` or more. */
  next(atLeast: number): number;
}

export interface DispenserOptions {
  link: BoardLink;
  calibration: FlowCalibration;
  ids: DispenseIds;
  clock: Clock;
}

/** Beyond the portion's own time cap: the run-on after closing, three reports, and a short unplug with its reconnection. */
const graceMs = 8000;
/** Ids are at least the seconds since then: a store that was lost does not begin anew with numbers that the board has seen. */
const idsBeginMs = Date.UTC(2025, 0, 1);
/** A wall clock that is centuries off must not use up the numbers. */
const timedIdMax = 2 ** 31;
/** An outcome cannot have taken longer than the time since the request; the board's resonator is 1 % off at most. */
const clockTolerance = 1.02;
const clockToleranceMs = 100;
/** A spiral's four turns and falls by the firmware's own limits. */
const snackMs = 25_000;
/** Reports come every 100 ms; after this long without one the board is asked. */
const askAfterMs = 400;

interface Job {
  request: DispenseWaterMessage | DispenseSnackMessage;
  /** Whether the firmware may have it: after that only its own report ends the job. */
  handedOver: boolean;
  startedMs: number;
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
    const { calibration } = this.options;
    this.mustBeFree();
    const portion = waterPortion(volumeMl, calibration);
    const request: DispenseWaterMessage = { name: 'dispenseWater', dispenseId: this.newId(), ...portion };
    const pulses = await this.start(request, portion.capMs, (soFar) => onProgress(volumeOf(soFar, calibration)));
    return volumeOf(pulses, calibration);
  }

  async dispenseSnack(): Promise<void> {
    this.mustBeFree();
    await this.start({ name: 'dispenseSnack', dispenseId: this.newId() }, snackMs, () => {});
  }

  /** The firmware's report ends the job; without the link its own interlocks have closed the valve. */
  abort(): void {
    if (this.job && this.options.link.ready) this.options.link.request({ name: 'stop' }).catch(ignoreLostLink);
  }

  close(): void {
    for (const cancel of this.timers) cancel();
    this.fail(new LetanError('DISPENSE_INTERRUPTED', 'shutting down'));
  }

  private newId(): number {
    const { ids, clock } = this.options;
    const seconds = Math.floor((clock.nowMs() - idsBeginMs) / 1000);
    return ids.next(Math.min(Math.max(1, seconds), timedIdMax));
  }

  private mustBeFree(): void {
    if (this.job) throw new LetanError('DISPENSE_BUSY', `dispense ${this.job.request.dispenseId} is still under way`);
    if (!this.options.link.ready) throw new LetanError('BOARD_NOT_CONNECTED', 'nothing was dispensed: the control board is not ready');
  }

  private start(request: Job['request'], capMs: number, onPulses: Job['onPulses']): Promise<number> {
    return new Promise((resolve, reject) => {
      const nowMs = this.options.clock.monotonicMs();
      const deadlineMs = nowMs + capMs + graceMs;
      const job: Job = { request, handedOver: false, startedMs: nowMs, lastReportMs: nowMs, deadlineMs, onPulses, resolve, reject };
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
        this.fail(
          new LetanError(
            'DISPENSE_INTERRUPTED',
            `${name} was refused: the board knows a newer id (it forgets when its power is cut), or the portion is too large`,
          ),
        );
        return;
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
    const nowMs = this.options.clock.monotonicMs();
    job.handedOver = true;
    job.lastReportMs = nowMs;
    if (report.elapsedMs > (nowMs - job.startedMs) * clockTolerance + clockToleranceMs) {
      this.fail(new LetanError('DISPENSE_INTERRUPTED', `dispense ${report.dispenseId}: the board knows this id from another dispense`));
      return;
    }
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
