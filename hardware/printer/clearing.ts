import type { Clock } from '../../src/core/clock.ts';
import { LetanError } from '../../src/core/errors.ts';
import { Signal } from '../../src/core/signal.ts';
import type { SerialLink } from '../serial/serial-link.ts';
import { compilePaper, cutOff, setUp } from './compile.ts';
import { clearBuffer, concat } from './escpos.ts';
import type { Flow } from './flow.ts';
import { nextValue } from './next-value.ts';
import type { Piece } from './paper-writer.ts';
import { faultOf, type PrinterMonitor } from './printer.monitor.ts';
import type { PrinterProfile } from './profiles.ts';
import { answerMs, wireMs } from './transmission.ts';
import { voidMark } from './void-mark.ts';

/** Clearing waits for the line that is being printed; draining for a scrap, its mark and the cut. */
const answerTimeoutMs = 2000;
const drainTimeoutMs = 4000;
/** After answers of an earlier paper may still come: this long without one means that there are no more. */
const quietMs = 1000;
/** More answers than this were never under way. */
const strayLimit = 20;
/** A picture torn in the middle waits for its rest and would swallow what comes next: 48 rows of 72 bytes, of nothing. */
const restOfPicture = new Uint8Array(48 * 72);
/** With the mark, about. */
const drainBytes = 5000;

interface ClearingContext {
  link: SerialLink;
  clock: Clock;
  profile: PrinterProfile;
  monitor: PrinterMonitor;
  flow: Flow;
  ended: Signal<void>;
  baudRate: number;
}

/** Gets what an earlier job or an earlier run of the program left out of the printer. Nothing is printed before this has succeeded. */
export class Clearing {
  /** The printer may hold old bytes. */
  isDue = true;
  /** Paper of a failed job hangs out of the printer, uncut. */
  private hangsOut = false;
  /** The paper has ended since: whoever put in a new roll tore off what hung out. */
  private rollChanged = false;
  /** What the printer may hold is part of a paper. */
  private holdsPaper = false;
  /** The last bytes may have got lost on the way, in the middle of a picture. */
  private isTorn = false;
  /** The drain is on its way, its answer is not. */
  private drainSent = false;
  private readonly context: ClearingContext;

  constructor(context: ClearingContext) {
    this.context = context;
    // The monitor ends with the driver, and its listeners with it.
    context.monitor.conditionChanged.on(({ paperEnd }) => {
      this.rollChanged ||= paperEnd;
    });
  }

  /** `isTorn`: not all that was sent need have arrived. */
  jobFailed(isTorn: boolean): void {
    this.isTorn ||= isTorn;
    this.isDue = true;
    this.hangsOut = true;
    this.rollChanged = this.context.monitor.condition?.paperEnd ?? false;
    this.holdsPaper = true;
    this.drainSent = false;
  }

  jobDone(): void {
    this.hangsOut = false;
  }

  /** What stands before the next paper, so that nobody takes the rest of a failed one for good. */
  async separation(): Promise<Piece[]> {
    if (!this.hangsOut) return [];
    return this.rollChanged ? [cutOff(this.context.profile)] : compilePaper(voidMark, this.context.profile);
  }

  /** Plugged in, switched on, or back after silence. One that reports a fault may hold the paper that it stopped at. */
  printerAppeared(): void {
    const { condition } = this.context.monitor;
    this.isDue = true;
    this.drainSent = false;
    if (condition === null || faultOf(condition) === null) return;
    this.holdsPaper = true;
    this.isTorn = true;
  }

  /** Rejects with `PRINTER_OFFLINE` when the printer cannot be emptied now. */
  async run(): Promise<void> {
    if (this.context.profile.clearing === 'realTime') await this.empty();
    else await this.drain();
    this.isDue = false;
    this.holdsPaper = false;
    this.isTorn = false;
  }

  private async empty(): Promise<void> {
    const { link, monitor, flow } = this.context;
    const cleared = new Signal<void>();
    const stop = monitor.answered.on((answer) => answer.kind === 'bufferCleared' && cleared.emit());
    const answer = nextValue(cleared, this.context, answerTimeoutMs).finally(stop);
    await link.write(clearBuffer()).catch(() => {});
    if ((await answer) === null) throw new LetanError('PRINTER_OFFLINE', 'the printer does not answer');
    flow.reset();
  }

  /** Lets the printer print what it holds, marks that void, cuts it off, and waits until all of it is on paper. */
  private async drain(): Promise<void> {
    const { monitor, flow } = this.context;
    if (!monitor.condition) throw new LetanError('PRINTER_OFFLINE', 'the printer does not answer');
    const fault = faultOf(monitor.condition);
    if (fault) throw new LetanError('PRINTER_OFFLINE', `the printer cannot be emptied: ${fault.detail}`);
    const oldAnswersMayCome = !flow.isEmpty || this.holdsPaper;
    if (!this.drainSent) await this.sendDrain();
    if (
      !flow.isEmpty &&
      (await nextValue(flow.progressed, this.context, drainTimeoutMs + wireMs(drainBytes, this.context.baudRate))) === null &&
      !flow.isEmpty
    ) {
      this.drainSent = false;
      throw new LetanError('PRINTER_OFFLINE', 'the printer has not printed out what it held');
    }
    if (oldAnswersMayCome) await this.untilQuiet();
    this.drainSent = false;
    if (this.holdsPaper) this.hangsOut = false;
  }

  private async untilQuiet(): Promise<void> {
    for (let stray = 0; stray < strayLimit; stray += 1) {
      if ((await nextValue(this.context.monitor.answered, this.context, quietMs)) === null) return;
    }
    throw new LetanError('PRINTER_OFFLINE', 'the printer answers what nobody asked');
  }

  private async sendDrain(): Promise<void> {
    const { link, profile, flow, monitor, baudRate } = this.context;
    const rest = this.isTorn ? [{ bytes: restOfPicture, dots: 0 }] : [];
    const mark = this.holdsPaper ? [setUp(profile), ...(await compilePaper(voidMark, profile))] : [];
    const bytes = concat([...rest, ...mark, setUp(profile)].map((piece) => piece.bytes));
    flow.reset();
    this.drainSent = true;
    const request = flow.open({ bytes, dots: 0 });
    monitor.excuseSilence(wireMs(bytes.length, baudRate) + answerMs);
    await link.write(concat([bytes, request])).catch(() => {});
  }
}
