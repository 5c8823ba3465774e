import { SerialDevice } from '../../../hardware/serial/serial-device.ts';
import type { SerialLink } from '../../../hardware/serial/serial-link.ts';
import type { Cancel, Clock } from '../../../src/core/clock.ts';
import type { DeviceStatus } from '../../../src/core/device.ts';
import type { Logger } from '../../../src/core/logger.ts';
import { Signal, type Unsubscribe } from '../../../src/core/signal.ts';
import type { PeopleCounterConfig } from './people-counter.config.ts';
import type { PeopleCount, PeopleCounter } from './people-counter.ts';
import { CountReader, question } from './people-counter.wire.ts';

/** One question at a time; with the deadline, a dead counter behind a live cable is known within a second. */
const askEveryMs = 300;
/** An answer takes 25 ms at 9600 baud. */
const answerWithinMs = 200;
/** One lost answer is noise. */
const allowedMisses = 2;

/** A people counter on a serial line. */
export class SerialPeopleCounter implements PeopleCounter {
  readonly statusChanged = new Signal<DeviceStatus>();
  readonly countChanged = new Signal<PeopleCount>();
  status: DeviceStatus = offline('not connected');
  count: PeopleCount | null = null;
  private readonly link: SerialLink;
  private readonly clock: Clock;
  private readonly reader = new CountReader();
  private readonly stops: (Unsubscribe | Cancel)[];
  private cancelDeadline: Cancel = () => {};
  private misses = 0;
  /** Bytes came since the last count. */
  private babbles = false;

  constructor({ link, clock }: { link: SerialLink; clock: Clock }) {
    this.link = link;
    this.clock = clock;
    this.stops = [
      link.opened.on(() => this.begin()),
      link.closed.on((reason) => this.forget(offline(reason))),
      link.received.on((bytes) => this.read(bytes)),
      clock.every(askEveryMs, () => this.ask()),
    ];
    if (link.isOpen) this.begin();
  }

  async close(): Promise<void> {
    for (const stop of this.stops) stop();
    this.cancelDeadline();
    await this.link.close();
  }

  private begin(): void {
    this.reader.reset();
    this.misses = 0;
    this.babbles = false;
    this.ask();
  }

  private ask(): void {
    if (!this.link.isOpen) return;
    this.cancelDeadline();
    this.cancelDeadline = this.clock.after(answerWithinMs, () => this.miss());
    // A line that breaks during the write reports it through `closed`.
    void this.link.write(question).catch(() => {});
  }

  private miss(): void {
    this.misses += 1;
    if (this.misses < allowedMisses) return;
    this.forget(this.babbles ? faulty('the people counter answers nonsense (baud rate?)') : offline('the people counter does not answer'));
    this.babbles = false;
  }

  private read(bytes: Uint8Array): void {
    this.babbles = true;
    for (const count of this.reader.push(bytes)) this.take(count);
  }

  private take(count: PeopleCount): void {
    this.cancelDeadline();
    this.misses = 0;
    this.babbles = false;
    const before = this.count;
    this.count = count;
    this.setStatus({ status: 'ready' });
    if (count.entered !== before?.entered || count.left !== before.left) this.countChanged.emit(count);
  }

  private forget(status: DeviceStatus): void {
    this.cancelDeadline();
    this.count = null;
    this.setStatus(status);
  }

  private setStatus(next: DeviceStatus): void {
    const key = (state: DeviceStatus) => (state.status === 'ready' ? 'ready' : `${state.status} ${state.error.detail}`);
    if (key(next) === key(this.status)) return;
    this.status = next;
    this.statusChanged.emit(next);
  }
}

function offline(detail: string): DeviceStatus {
  return { status: 'offline', error: { code: 'DEVICE_OFFLINE', detail } };
}
function faulty(detail: string): DeviceStatus {
  return { status: 'faulty', error: { code: 'DEVICE_FAULTY', detail } };
}

/** The unit's counter; it is waited for and found again after an unplug. */
export function openPeopleCounter(config: PeopleCounterConfig, parts: { clock: Clock; logger: Logger }): PeopleCounter {
  return new SerialPeopleCounter({ link: new SerialDevice({ ...config, ...parts }), clock: parts.clock });
}
