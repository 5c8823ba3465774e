import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import type { ErrorInfo } from '../../src/core/errors.ts';
import { Signal, type Unsubscribe } from '../../src/core/signal.ts';
import type { SerialLink } from '../serial/serial-link.ts';
import { askStatus, concat } from './escpos.ts';
import { conditionFromAnswers, type PrinterCondition, type PrinterMessage, type StatusDialect, StatusReader } from './status.ts';

/**
 * Asked this often also while idle, because a hang-up can go unreported (serialport 13). After two questions without an answer the
 * printer counts as gone: 0.9 s after an unplug at the latest.
 */
const askEveryMs = 300;
const allowedMisses = 2;
const askAll = concat([askStatus(1), askStatus(2), askStatus(3), askStatus(4)]);
/** The near-end lever bounces on an uneven roll. With the cover closed, only this much of "plenty" in a row means another roll. */
const plentyMs = 30_000;

/** What stands against printing, worst first; null when nothing does. Only the codes of {@link Printer}. */
export function faultOf(condition: PrinterCondition): ErrorInfo | null {
  if (condition.coverOpen) return { code: 'PRINTER_COVER_OPEN', detail: 'the cover is open' };
  if (condition.paperEnd) return { code: 'PRINTER_PAPER_END', detail: 'the paper has ended' };
  if (condition.cutterError) return { code: 'PRINTER_CUTTER', detail: 'the cutter is jammed' };
  if (condition.unrecoverableError) return { code: 'PRINTER_OFFLINE', detail: 'the printer reports an error it cannot recover from' };
  if (condition.selfRecoveringError) return { code: 'PRINTER_OVERHEAT', detail: 'the print head is too hot or its supply is wrong' };
  // Somebody holds the feed button: it passes.
  if (condition.offline && !condition.feeding) return { code: 'PRINTER_OFFLINE', detail: 'the printer reports itself offline' };
  return null;
}

/** Answers that belong to a job. */
export type JobAnswer = Extract<PrinterMessage, { kind: 'confirmed' | 'paperStatus' | 'bufferCleared' }>;

/** Listens to the printer and keeps asking it: what is its condition, does it answer at all? */
export class PrinterMonitor {
  readonly statusChanged = new Signal<DeviceStatus>();
  readonly conditionChanged = new Signal<PrinterCondition>();
  readonly answered = new Signal<JobAnswer>();
  /** The printer has begun to answer: plugged in, switched on, or back from a long silence. */
  readonly appeared = new Signal<void>();
  /** It answered and does so no more. */
  readonly fellSilent = new Signal<void>();
  /** Null until the printer has spoken on the present line. */
  condition: PrinterCondition | null = null;
  status: DeviceStatus;
  /** The roll is nearly used up, until it was changed. */
  paperNearEnd = false;
  /** What the driver found wrong with a printer that reports itself well; null: nothing. */
  private objection: ErrorInfo | null = null;
  private readonly link: SerialLink;
  private readonly clock: Clock;
  private readonly reader: StatusReader;
  private readonly stops: (Unsubscribe | Cancel)[];
  private answers: number[] = [];
  private asked = false;
  private misses = 0;
  private rejectedBefore = 0;
  private plentySinceMs: number | null = null;
  private silenceExcusedUntilMs = 0;

  constructor(link: SerialLink, clock: Clock, dialect: StatusDialect) {
    this.link = link;
    this.clock = clock;
    this.reader = new StatusReader(dialect);
    this.status = offline('not connected');
    this.stops = [
      link.received.on((bytes) => this.read(bytes)),
      link.opened.on(() => this.restart()),
      link.closed.on((reason) => this.forget(offline(reason))),
      clock.every(askEveryMs, () => this.ask()),
    ];
    if (link.isOpen) this.restart();
  }

  /** A question is under way. */
  get isAsked(): boolean {
    return this.asked;
  }

  /** Asks all four status questions at once. Answers come as `conditionChanged`, even when nothing changed. */
  ask(): void {
    if (!this.link.isOpen) return;
    if (this.asked && this.clock.monotonicMs() < this.silenceExcusedUntilMs) return;
    if (this.asked) this.countMiss();
    this.asked = true;
    this.answers = [];
    // A line that breaks during the write reports it through `closed`.
    void this.link.write(askAll).catch(() => {});
  }

  /** Questions queue up behind what is on the wire for the next `ms`: silence then means nothing. */
  excuseSilence(ms: number): void {
    this.silenceExcusedUntilMs = Math.max(this.silenceExcusedUntilMs, this.clock.monotonicMs() + ms);
  }

  object(objection: ErrorInfo | null): void {
    this.objection = objection;
    if (this.condition) this.setStatus(this.statusOf(this.condition));
  }

  close(): void {
    for (const stop of this.stops) stop();
  }

  private restart(): void {
    this.reader.reset();
    this.asked = false;
    this.misses = 0;
    this.rejectedBefore = this.reader.rejectedBytes;
    this.silenceExcusedUntilMs = 0;
    this.ask();
  }

  private forget(status: DeviceStatus): void {
    this.condition = null;
    this.objection = null;
    this.paperNearEnd = false;
    this.setStatus(status);
  }

  /** No complete answer since the last question. */
  private countMiss(): void {
    this.misses += 1;
    if (this.misses < allowedMisses) return;
    const spoke = this.condition !== null;
    const babbles = this.reader.rejectedBytes > this.rejectedBefore;
    this.rejectedBefore = this.reader.rejectedBytes;
    this.forget(babbles ? faulty('the printer answers nonsense (baud rate?)') : offline('the printer does not answer'));
    if (spoke) this.fellSilent.emit();
  }

  private read(bytes: Uint8Array): void {
    for (const message of this.reader.push(bytes)) this.handle(message);
  }

  private handle(message: PrinterMessage): void {
    switch (message.kind) {
      case 'automaticStatus':
        this.setCondition(message.condition);
        break;
      case 'statusByte':
        this.takeAnswer(message.value);
        break;
      case 'confirmed':
      case 'paperStatus':
      case 'bufferCleared':
        this.answered.emit(message);
        break;
      case 'otherBlock':
        break;
    }
  }

  /** The four answers are used only together: after a lost byte the others could be taken for each other. */
  private takeAnswer(value: number): void {
    if (!this.asked) return;
    this.answers.push(value);
    const [one, two, three, four] = this.answers;
    if (one === undefined || two === undefined || three === undefined || four === undefined) return;
    this.asked = false;
    this.answers = [];
    this.misses = 0;
    this.rejectedBefore = this.reader.rejectedBytes;
    this.setCondition(conditionFromAnswers([one, two, three, four]));
  }

  private setCondition(condition: PrinterCondition): void {
    const isNew = this.condition === null;
    this.condition = condition;
    this.followRoll(condition);
    this.setStatus(this.statusOf(condition));
    if (isNew) this.appeared.emit();
    this.conditionChanged.emit(condition);
  }

  /** A roll once nearly used up stays so until it can have been changed. */
  private followRoll(condition: PrinterCondition): void {
    const nowMs = this.clock.monotonicMs();
    if (condition.paperNearEnd || condition.paperEnd) {
      this.paperNearEnd = true;
      this.plentySinceMs = null;
      return;
    }
    this.plentySinceMs ??= nowMs;
    if (condition.coverOpen || this.opened || nowMs - this.plentySinceMs >= plentyMs) this.paperNearEnd = false;
  }

  /** The paper can have been changed since the last look: cover or paper end were seen. */
  private get opened(): boolean {
    return this.status.status === 'faulty' && ['PRINTER_COVER_OPEN', 'PRINTER_PAPER_END'].includes(this.status.error.code);
  }

  private statusOf(condition: PrinterCondition): DeviceStatus {
    const fault = faultOf(condition);
    if (fault) return { status: fault.code === 'PRINTER_OFFLINE' ? 'offline' : 'faulty', error: fault };
    if (this.objection) return { status: 'faulty', error: this.objection };
    if (!this.paperNearEnd) return { status: 'ready' };
    return { status: 'degraded', error: { code: 'PRINTER_PAPER_NEAR_END', detail: 'the paper roll is nearly used up' } };
  }

  private setStatus(next: DeviceStatus): void {
    const key = (state: DeviceStatus) => (state.status === 'ready' ? 'ready' : `${state.status} ${state.error.code} ${state.error.detail}`);
    if (key(next) === key(this.status)) return;
    this.status = next;
    this.statusChanged.emit(next);
  }
}

const offline = (detail: string): DeviceStatus => ({ status: 'offline', error: { code: 'PRINTER_OFFLINE', detail } });
const faulty = (detail: string): DeviceStatus => ({ status: 'faulty', error: { code: 'DEVICE_FAULTY', detail } });
