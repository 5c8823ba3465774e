import type { Board } from '../../hardware/board/board.ts';
import type { ComputerLines } from '../../hardware/gpio/gpio.ts';
import type { Cancel, Clock } from '../core/clock.ts';
import type { DeviceStatus } from '../core/device.ts';
import type { Logger } from '../core/logger.ts';
import { Signal, type Unsubscribe } from '../core/signal.ts';
import { tendFan } from './fan.ts';

/** Both e-stop inputs hang on one chain: the board tells its state ten times a second, and a contact opens within some 10 ms. */
const disagreementMs = 1000;
/** A board that boots is silent for about 1 s; its link has tried to open the port anew before this is over. */
const resetAfterSilenceMs = 5000;
const resetAgainAfterMs = 60_000;

export interface ComputerOptions {
  lines: ComputerLines;
  board: Pick<Board, 'status' | 'statusChanged' | 'telemetry' | 'telemetryChanged'>;
  clock: Clock;
  logger: Logger;
  readHeatC: () => Promise<number | null>;
}

/** Joins the computer's own lines with the control board: compares their e-stops, cools, and resets a board that fell silent. */
export class Computer {
  readonly statusChanged = new Signal<DeviceStatus>();
  readonly servicePressed: Signal<void>;
  private readonly options: ComputerOptions;
  private readonly endings: (Cancel | Unsubscribe)[];
  private cancelDoubt: Cancel | null = null;
  private disagreement: string | null = null;
  private cancelReset: Cancel | null = null;
  private lastResetMs = Number.NEGATIVE_INFINITY;

  constructor(options: ComputerOptions) {
    this.options = options;
    const { lines, board, clock, readHeatC } = options;
    this.servicePressed = lines.servicePressed;
    this.endings = [
      lines.statusChanged.on(() => this.statusChanged.emit(this.status)),
      lines.eStopChanged.on(() => this.compareEStops()),
      board.telemetryChanged.on(() => this.compareEStops()),
      board.statusChanged.on(() => {
        this.compareEStops();
        this.watchSilence();
      }),
      tendFan({ clock, readHeatC, setFan: (on) => lines.setFan(on) }),
    ];
    this.watchSilence();
  }

  /** `faulty` with `E_STOP_DISAGREES` before whatever the lines say. */
  get status(): DeviceStatus {
    const { lines } = this.options;
    return this.disagreement === null ? lines.status : { status: 'faulty', error: { code: 'E_STOP_DISAGREES', detail: this.disagreement } };
  }

  /** For technicians. */
  get detail(): string {
    const { eStopOpen } = this.options.lines;
    return eStopOpen === null ? 'no e-stop sense' : `e-stop chain ${eStopOpen ? 'open' : 'closed'}`;
  }

  async close(): Promise<void> {
    for (const end of this.endings) end();
    this.cancelDoubt?.();
    this.cancelReset?.();
    await this.options.lines.close();
  }

  /** The board's view; null while it is not heard. */
  private get boardOpen(): boolean | null {
    const { status, telemetry } = this.options.board;
    const isHeard = status.status === 'ready' || status.status === 'degraded';
    return isHeard ? (telemetry?.safety.eStopOpen ?? null) : null;
  }

  /** The firmware stays the authority: a contact that tells otherwise is told to people, and stops or releases nothing. */
  private compareEStops(): void {
    const [sensed, told] = [this.options.lines.eStopOpen, this.boardOpen];
    if (sensed === null || told === null || sensed === told) {
      this.cancelDoubt?.();
      this.cancelDoubt = null;
      if (sensed === told) this.judge(null);
      return;
    }
    this.cancelDoubt ??= this.options.clock.after(disagreementMs, () => {
      const state = (open: boolean) => (open ? 'open' : 'closed');
      this.judge(`the sense contact says the chain is ${state(sensed)}, the board says it is ${state(told)}`);
    });
  }

  private judge(disagreement: string | null): void {
    if (disagreement === this.disagreement) return;
    this.disagreement = disagreement;
    this.statusChanged.emit(this.status);
  }

  private watchSilence(): void {
    const { board, clock } = this.options;
    const isSilent = board.status.status !== 'ready' && board.status.error.code === 'BOARD_SILENT';
    if (!isSilent) {
      this.cancelReset?.();
      this.cancelReset = null;
      return;
    }
    const waitMs = Math.max(resetAfterSilenceMs, this.lastResetMs + resetAgainAfterMs - clock.monotonicMs());
    this.cancelReset ??= clock.after(waitMs, () => this.resetBoard());
  }

  /** Safe at any time: a board boots with everything off and stays stopped until a person releases it. */
  private resetBoard(): void {
    const { lines, clock, logger } = this.options;
    this.cancelReset = null;
    this.lastResetMs = clock.monotonicMs();
    lines.resetBoard().then(
      (done) => done && logger.warn({ code: 'BOARD_SILENT' }, 'the control board was silent: reset by its line'),
      (error: unknown) => logger.error({ error: String(error) }, 'the reset line of the board failed'),
    );
    this.watchSilence();
  }
}
