import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import { LetanError, toErrorInfo } from '../../src/core/errors.ts';
import type { Logger } from '../../src/core/logger.ts';
import { Signal, type Unsubscribe } from '../../src/core/signal.ts';
import { SerialDevice } from '../serial/serial-device.ts';
import type { SerialLink } from '../serial/serial-link.ts';
import { compileJob, setUp } from './compile.ts';
import { clearBuffer, isProcessId, recoverFromError } from './escpos.ts';
import { faultOf, PrinterMonitor } from './printer.monitor.ts';
import type { Printer, PrintJob } from './printer.ts';
import { type PrinterProfile, type PrinterProfileName, printerProfiles } from './profiles.ts';

/** Jobs waiting or printing; one more is refused with `PRINTER_BUSY`. */
const queueLimit = 4;
/** A fresh condition takes milliseconds; clearing waits for the line that is being printed. */
const answerTimeoutMs = 2000;
/** A ticket takes about a second; a printer that is silent for this long leaves its outcome unknown. */
const defaultJobTimeoutMs = 10_000;
/** A jammed cutter stays an error until the printer is told to try again. */
const cutterRetryMs = 5000;

export interface EscposPrinterOptions {
  link: SerialLink;
  profile: PrinterProfile;
  clock: Clock;
  logger: Logger;
  jobTimeoutMs?: number;
}

/** A ticket printer on an ESC/POS line. One job at a time; printed means that the printer has said so. */
export class EscposPrinter implements Printer {
  readonly statusChanged: Signal<DeviceStatus>;
  private readonly options: EscposPrinterOptions;
  private readonly monitor: PrinterMonitor;
  private readonly ended = new Signal<void>();
  private readonly stops: (Unsubscribe | Cancel)[];
  private tail: Promise<void> = Promise.resolve();
  private queued = 0;
  /** The printer may still hold bytes of an earlier job or of an earlier run. */
  private needsClear = true;
  /** Paper of a failed job hangs out of the printer, uncut. */
  private needsCut = false;

  constructor(options: EscposPrinterOptions) {
    this.options = options;
    this.monitor = new PrinterMonitor(options.link, options.clock);
    this.statusChanged = this.monitor.statusChanged;
    this.stops = [options.link.opened.on(() => this.takeOver()), options.clock.every(cutterRetryMs, () => this.retryCutter())];
    if (options.link.isOpen) this.takeOver();
  }

  get status(): DeviceStatus {
    return this.monitor.status;
  }

  get paperNearEnd(): boolean {
    return this.monitor.condition?.paperNearEnd ?? false;
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
    const bytes = await compileJob(job, this.options.profile, this.needsCut);
    if (this.needsClear) await this.clear();
    await this.checkCondition();
    this.monitor.jobRunning = true;
    try {
      await this.send(job.processId, bytes);
      this.needsCut = false;
    } catch (error) {
      this.needsClear = true;
      this.needsCut = true;
      await this.clear().catch(() => {});
      throw error;
    } finally {
      this.monitor.jobRunning = false;
    }
  }

  /** Writes the job and waits for its confirmation, a fault, a lost line or the deadline, whichever is first. */
  private send(processId: string, bytes: Uint8Array): Promise<void> {
    const { link, clock, jobTimeoutMs = defaultJobTimeoutMs } = this.options;
    return new Promise((resolve, reject) => {
      const unknown = (why: string) => finish(new LetanError('PRINTER_UNKNOWN_OUTCOME', why));
      const stops: (Unsubscribe | Cancel)[] = [
        clock.after(jobTimeoutMs, () => unknown(`no confirmation within ${jobTimeoutMs} ms`)),
        link.closed.on((reason) => unknown(`the line was lost while printing: ${reason}`)),
        this.ended.on(() => unknown('closed while printing')),
        this.monitor.conditionChanged.on((condition) => {
          const fault = faultOf(condition);
          if (fault) finish(new LetanError(fault.code, fault.detail));
        }),
        this.monitor.answered.on((answer) => {
          if (answer.kind === 'confirmed' && answer.processId === processId) finish(null);
        }),
      ];
      const finish = (error: LetanError | null) => {
        for (const stop of stops) stop();
        if (error) reject(error);
        else resolve();
      };
      link.write(bytes).catch((error: unknown) => unknown(`writing failed: ${toErrorInfo(error, 'PRINTER_OFFLINE').detail}`));
    });
  }

  /** Asks afresh and throws what stands against printing. */
  private async checkCondition(): Promise<void> {
    if (this.monitor.condition?.cutterError) await this.options.link.write(recoverFromError()).catch(() => {});
    const fresh = this.next(this.monitor.conditionChanged, () => true);
    this.monitor.ask();
    const condition = await fresh;
    if (!condition) throw new LetanError('PRINTER_OFFLINE', 'the printer does not answer');
    const fault = faultOf(condition);
    if (fault) throw new LetanError(fault.code, fault.detail);
  }

  /** Empties the printer's buffers. Nothing is sent to be printed before this has succeeded. */
  private async clear(): Promise<void> {
    const cleared = this.next(this.monitor.answered, (answer) => answer.kind === 'bufferCleared');
    await this.options.link.write(clearBuffer()).catch(() => {});
    if (!(await cleared)) throw new LetanError('PRINTER_OFFLINE', 'the printer does not answer');
    this.needsClear = false;
  }

  /** A printer just plugged in may hold an old job: empty it, then let it report changes by itself. */
  private takeOver(): void {
    this.needsClear = true;
    const work = async () => {
      if (this.needsClear) await this.clear();
      await this.options.link.write(setUp());
    };
    this.tail = this.tail.then(work).catch((error: unknown) => {
      this.options.logger.warn({ error: toErrorInfo(error, 'PRINTER_OFFLINE') }, 'printer could not be set up');
    });
  }

  private retryCutter(): void {
    if (this.queued > 0 || !this.monitor.condition?.cutterError) return;
    void this.options.link.write(recoverFromError()).catch(() => {});
  }

  /** The next value that `fits`; null after the deadline, at once when the line is or gets lost. */
  private next<T>(signal: Signal<T>, fits: (value: T) => boolean): Promise<T | null> {
    const { link, clock } = this.options;
    if (!link.isOpen) return Promise.resolve(null);
    return new Promise((resolve) => {
      const finish = (value: T | null) => {
        for (const stop of stops) stop();
        resolve(value);
      };
      const stops: (Unsubscribe | Cancel)[] = [
        clock.after(answerTimeoutMs, () => finish(null)),
        link.closed.on(() => finish(null)),
        this.ended.on(() => finish(null)),
        signal.on((value) => {
          if (fits(value)) finish(value);
        }),
      ];
    });
  }
}

/** A printer at `path`; reconnects by itself after an unplug. */
export function openPrinter(options: {
  path: string;
  baudRate: number;
  profile: PrinterProfileName;
  clock: Clock;
  logger: Logger;
}): EscposPrinter {
  const { clock, logger } = options;
  const link = new SerialDevice({ path: options.path, baudRate: options.baudRate, clock, logger });
  return new EscposPrinter({ link, profile: printerProfiles[options.profile], clock, logger });
}
