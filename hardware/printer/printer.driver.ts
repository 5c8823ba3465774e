import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import { LetanError, toErrorInfo } from '../../src/core/errors.ts';
import type { Language } from '../../src/core/language.ts';
import type { Logger } from '../../src/core/logger.ts';
import { Signal, type Unsubscribe } from '../../src/core/signal.ts';
import { SerialDevice } from '../serial/serial-device.ts';
import type { SerialLink } from '../serial/serial-link.ts';
import { Clearing } from './clearing.ts';
import { compilePaper, setUp, warmUp } from './compile.ts';
import { isProcessId, recoverFromError } from './escpos.ts';
import { Flow } from './flow.ts';
import { nextValue } from './next-value.ts';
import type { Piece } from './paper-writer.ts';
import { faultOf, PrinterMonitor } from './printer.monitor.ts';
import type { Printer, PrintJob, UnknownOutcomePolicy } from './printer.ts';
import { type PrinterProfile, type PrinterProfileName, printerProfiles } from './profiles.ts';
import { transmissionLimitMs, transmit } from './transmission.ts';

/** Jobs waiting or printing; one more is refused with `PRINTER_BUSY`. */
const queueLimit = 4;
/** A fresh condition takes milliseconds. */
const answerTimeoutMs = 2000;
/** A jammed cutter stays an error until the printer is told to try again; one that could not be emptied is tried again as well. */
const retryMs = 5000;
/** Two heartbeats to the control board fit in. */
const warmUpPauseMs = 50;
/** The machine gives a ticket up after 20 s; a second paper after that would be a valid-looking one of a void ticket. */
const settleWithinMs = 18_000;

export interface EscposPrinterOptions {
  link: SerialLink;
  profile: PrinterProfile;
  clock: Clock;
  logger: Logger;
  /** Of the line, for deadlines; 115200 if not given. */
  baudRate?: number;
  /** `void` if not given. */
  onUnknown?: UnknownOutcomePolicy;
}

/** A ticket printer on an ESC/POS line. One job at a time; printed means that the printer has said so. */
export class EscposPrinter implements Printer {
  readonly statusChanged: Signal<DeviceStatus>;
  private readonly options: EscposPrinterOptions;
  private readonly baudRate: number;
  private readonly monitor: PrinterMonitor;
  private readonly flow: Flow;
  private readonly clearing: Clearing;
  private readonly ended = new Signal<void>();
  private readonly stops: (Unsubscribe | Cancel)[];
  private tail: Promise<void> = Promise.resolve();
  private queued = 0;
  private recovering = false;
  private wasWell = false;

  constructor(options: EscposPrinterOptions) {
    const { link, clock, profile } = options;
    this.options = options;
    this.baudRate = options.baudRate ?? 115_200;
    this.monitor = new PrinterMonitor(link, clock, profile.automaticStatus ? 'epson' : 'clone');
    this.flow = new Flow(profile);
    this.clearing = new Clearing({
      link,
      clock,
      profile,
      monitor: this.monitor,
      flow: this.flow,
      ended: this.ended,
      baudRate: this.baudRate,
    });
    this.statusChanged = this.monitor.statusChanged;
    this.stops = [
      this.monitor.answered.on((answer) => this.flow.take(answer)),
      this.monitor.appeared.on(() => this.takeOver()),
      this.monitor.conditionChanged.on((condition) => this.watchRecovery(faultOf(condition) === null)),
      clock.every(retryMs, () => this.retry()),
    ];
  }

  get status(): DeviceStatus {
    return this.monitor.status;
  }

  get paperNearEnd(): boolean {
    return this.monitor.paperNearEnd;
  }

  prepare(language: Language): void {
    const { clock, profile } = this.options;
    const pause = () => new Promise<void>((resolve) => void clock.after(warmUpPauseMs, resolve));
    // A failed load is told by the job that needs it.
    void warmUp(language, profile, pause).catch(() => {});
  }

  print(job: PrintJob): Promise<void> {
    if (!isProcessId(job.processId)) return Promise.reject(new RangeError('a process id is four printable ASCII characters'));
    if (this.queued >= queueLimit) return Promise.reject(new LetanError('PRINTER_BUSY', `${queueLimit} jobs are already waiting`));
    this.queued += 1;
    const result = this.tail.then(() => this.run(job));
    this.tail = result
      .catch(() => {})
      .then(() => {
        this.queued -= 1;
      });
    return result;
  }

  async close(): Promise<void> {
    for (const stop of this.stops) stop();
    this.ended.emit();
    this.monitor.close();
    await this.options.link.close();
  }

  private async run(job: PrintJob): Promise<void> {
    const startMs = this.options.clock.monotonicMs();
    const [paper] = await Promise.all([compilePaper(job.lines, this.options.profile), this.makeReady()]);
    try {
      await this.attempt(paper, job.processId);
    } catch (error) {
      const mark = job.reprintMark;
      const spentMs = this.options.clock.monotonicMs() - startMs;
      const inTime = spentMs + transmissionLimitMs(paper, this.baudRate) < settleWithinMs;
      if (!mark || !inTime || !this.mayReprint(error)) throw error;
      this.options.logger.warn(
        { error: toErrorInfo(error, 'PRINTER_UNKNOWN_OUTCOME') },
        'outcome unknown, printer emptied: printing once more',
      );
      const marked = await compilePaper([...mark, ...job.lines], this.options.profile);
      await this.makeReady();
      await this.attempt(marked, reprintId(job.processId));
    }
  }

  /** Only where nobody knows whether a paper came out, and no more of the first one can. */
  private mayReprint(error: unknown): boolean {
    return isUnknown(error) && this.options.onUnknown === 'reprintOnce' && !this.clearing.isDue;
  }

  private async makeReady(): Promise<void> {
    if (this.clearing.isDue) await this.clear();
    await this.checkCondition();
  }

  /** One paper. After a failure the printer is emptied as far as that is possible now. */
  private async attempt(paper: readonly Piece[], processId: string): Promise<void> {
    const { link, clock, profile } = this.options;
    const { monitor, flow, ended, baudRate } = this;
    const pieces = [setUp(profile), ...(await this.clearing.separation()), ...paper];
    try {
      await transmit({ link, clock, monitor, flow, ended, baudRate }, pieces, processId);
      if (profile.confirmation === 'paperStatus') await this.checkCondition();
      this.clearing.jobDone();
    } catch (error) {
      this.clearing.jobFailed(isUnknown(error));
      // One that fell silent is emptied when it answers again.
      if (monitor.condition) await this.clear().catch(() => {});
      throw error;
    }
  }

  /** Asks afresh and throws what stands against printing. */
  private async checkCondition(): Promise<void> {
    const { link } = this.options;
    if (this.monitor.condition?.cutterError) await link.write(recoverFromError()).catch(() => {});
    // An answer under way may be older than what is to be checked.
    if (this.monitor.isAsked) await this.nextCondition();
    const fresh = this.nextCondition();
    this.monitor.ask();
    const condition = await fresh;
    if (!condition) throw new LetanError('PRINTER_OFFLINE', 'the printer does not answer');
    const fault = faultOf(condition);
    if (fault) throw new LetanError(fault.code, fault.detail);
  }

  private nextCondition() {
    return nextValue(this.monitor.conditionChanged, { ...this.options, ended: this.ended }, answerTimeoutMs);
  }

  /** Empties the printer; one that cannot be emptied though it reports itself well is faulty. */
  private async clear(): Promise<void> {
    try {
      await this.clearing.run();
      this.monitor.object(null);
    } catch (error) {
      const { condition } = this.monitor;
      if (condition && faultOf(condition) === null)
        this.monitor.object({ code: 'DEVICE_FAULTY', detail: `the printer does not confirm (profile ${this.options.profile.name}?)` });
      throw error;
    }
  }

  /** A printer that has just appeared may hold an old job: empty it, then let it report changes by itself. */
  private takeOver(): void {
    this.flow.reset();
    this.clearing.printerAppeared();
    this.wasWell = false;
    this.recover();
  }

  /** The fault is gone: what was stopped by it must not wait for the next job. */
  private watchRecovery(isWell: boolean): void {
    if (isWell && !this.wasWell && this.clearing.isDue) this.recover();
    this.wasWell = isWell;
  }

  private recover(): void {
    if (this.recovering) return;
    this.recovering = true;
    const work = async () => {
      if (this.clearing.isDue) await this.clear();
      await this.options.link.write(setUp(this.options.profile).bytes);
    };
    this.tail = this.tail
      .then(work)
      .catch((error: unknown) => {
        this.options.logger.warn({ error: toErrorInfo(error, 'PRINTER_OFFLINE') }, 'printer could not be set up');
      })
      .then(() => {
        this.recovering = false;
      });
  }

  private retry(): void {
    const { condition } = this.monitor;
    if (this.queued > 0 || !condition) return;
    if (condition.cutterError) void this.options.link.write(recoverFromError()).catch(() => {});
    if (this.wasWell && this.clearing.isDue) this.recover();
  }
}

const isUnknown = (error: unknown): boolean => error instanceof LetanError && error.code === 'PRINTER_UNKNOWN_OUTCOME';

/** Another id than the first paper's, so that a late answer for that one counts for nothing. */
const reprintId = (processId: string) => `${processId.startsWith('*') ? '#' : '*'}${processId.slice(1)}`;

/** A printer at `path`; reconnects by itself after an unplug. */
export function openPrinter(options: {
  path: string;
  baudRate: number;
  profile: PrinterProfileName;
  onUnknown?: UnknownOutcomePolicy;
  clock: Clock;
  logger: Logger;
}): EscposPrinter {
  const { clock, logger, baudRate, onUnknown = 'void' } = options;
  const link = new SerialDevice({ path: options.path, baudRate, clock, logger });
  return new EscposPrinter({ link, profile: printerProfiles[options.profile], clock, logger, baudRate, onUnknown });
}
