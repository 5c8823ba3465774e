import type { Clock } from '../../src/core/clock.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import type { ErrorInfo } from '../../src/core/errors.ts';
import { Signal, type Unsubscribe } from '../../src/core/signal.ts';
import type { SerialLink } from '../serial/serial-link.ts';
import { askStatus, concat } from './escpos.ts';
import { conditionFromAnswers, type PrinterCondition, type PrinterMessage, StatusReader } from './status.ts';

/** Asked this often, so that a printer that went silent is known within about two seconds. */
const askEveryMs = 1000;
const allowedMisses = 2;
const askAll = concat([askStatus(1), askStatus(2), askStatus(3), askStatus(4)]);

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

/** Listens to the printer and keeps asking it: what is its condition, does it answer at all? */
export class PrinterMonitor {
  readonly statusChanged = new Signal<DeviceStatus>();
  readonly conditionChanged = new Signal<PrinterCondition>();
  /** Answers that belong to a job. */
  readonly answered = new Signal<Extract<PrinterMessage, { kind: 'confirmed' | 'bufferCleared' }>>();
  /** Null until the printer has spoken on the present line. */
  condition: PrinterCondition | null = null;
  status: DeviceStatus;
  /** While a long job is on its way, answers queue up behind it: silence then means nothing. */
  jobRunning = false;
  private readonly link: SerialLink;
  private readonly reader = new StatusReader();
  private readonly stops: Unsubscribe[];
  private answers: number[] = [];
  private asked = false;
  private misses = 0;
  private rejectedBefore = 0;

  constructor(link: SerialLink, clock: Clock) {
    this.link = link;
    this.status = offline('not connected');
    this.stops = [
      link.received.on((bytes) => this.read(bytes)),
      link.opened.on(() => this.restart()),
      link.closed.on((reason) => this.forget(reason)),
      clock.every(askEveryMs, () => this.ask()),
    ];
    if (link.isOpen) this.restart();
  }

  /** Asks all four status questions at once. Answers come as `conditionChanged`, even when nothing changed. */
  ask(): void {
    if (!this.link.isOpen) return;
    if (this.asked && this.jobRunning) return;
    if (this.asked) this.countMiss();
    this.asked = true;
    this.answers = [];
    // A line that breaks during the write reports it through `closed`.
    void this.link.write(askAll).catch(() => {});
  }

  close(): void {
    for (const stop of this.stops) stop();
  }

  private restart(): void {
    this.reader.reset();
    this.asked = false;
    this.misses = 0;
    this.rejectedBefore = this.reader.rejectedBytes;
    this.ask();
  }

  private forget(reason: string): void {
    this.condition = null;
    this.setStatus(offline(reason));
  }

  /** No complete answer since the last question. */
  private countMiss(): void {
    this.misses += 1;
    if (this.misses < allowedMisses) return;
    this.condition = null;
    const babbles = this.reader.rejectedBytes > this.rejectedBefore;
    this.setStatus(
      babbles
        ? { status: 'faulty', error: { code: 'DEVICE_FAULTY', detail: 'the printer answers nonsense (baud rate?)' } }
        : offline('the printer does not answer'),
    );
    this.rejectedBefore = this.reader.rejectedBytes;
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
    this.condition = condition;
    const fault = faultOf(condition);
    if (fault) this.setStatus({ status: fault.code === 'PRINTER_OFFLINE' ? 'offline' : 'faulty', error: fault });
    else if (condition.paperNearEnd) {
      this.setStatus({ status: 'degraded', error: { code: 'PRINTER_PAPER_NEAR_END', detail: 'the paper roll is nearly used up' } });
    } else this.setStatus({ status: 'ready' });
    this.conditionChanged.emit(condition);
  }

  private setStatus(next: DeviceStatus): void {
    const key = (state: DeviceStatus) => (state.status === 'ready' ? 'ready' : `${state.status} ${state.error.code} ${state.error.detail}`);
    if (key(next) === key(this.status)) return;
    this.status = next;
    this.statusChanged.emit(next);
  }
}

const offline = (detail: string): DeviceStatus => ({ status: 'offline', error: { code: 'PRINTER_OFFLINE', detail } });
