import { Pn532Reader } from '../../../hardware/card-reader/pn532.driver.ts';
import type { SerialLink } from '../../../hardware/serial/serial-link.ts';
import type { ContactlessCard } from '../../../simulators/cards/reader/contactless-card.ts';
import { Pn532Simulator, type ReaderTransport } from '../../../simulators/cards/reader/pn532-simulator.ts';
import { type Clock, SimulatedClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { Signal } from '../../../src/core/signal.ts';

/** A serial line in memory, 115200 baud being 11.5 bytes/ms: what is sent arrives 1 ms later, in pieces. */
export class MemoryLine implements SerialLink, ReaderTransport {
  readonly opened = new Signal<void>();
  readonly closed = new Signal<string>();
  readonly received = new Signal<Uint8Array>();
  readonly sent: Uint8Array[] = [];
  reopenings = 0;
  /** The far end is gone and the driver was not told. */
  deaf = false;
  pieceBytes: number;
  private readonly clock: Clock;
  private readonly toPart = new Signal<Uint8Array>();
  private plugged = false;
  private ended = false;

  constructor(clock: Clock, pieceBytes = 4096) {
    this.clock = clock;
    this.pieceBytes = pieceBytes;
  }
  /** The reader's end. */
  readonly far: ReaderTransport = {
    onData: (listener) => this.toPart.on(listener),
    write: (bytes) => this.carry(bytes, this.received),
    plug: () => this.plug(),
    unplug: () => this.unplug(),
  };
  get isOpen(): boolean {
    return this.plugged && !this.ended;
  }
  onData(listener: (bytes: Uint8Array) => void): unknown {
    return this.toPart.on(listener);
  }
  plug(): void {
    this.plugged = true;
    if (!this.ended) this.opened.emit();
  }
  unplug(): void {
    this.plugged = false;
    this.closed.emit('cable pulled');
  }
  write(bytes: Uint8Array): Promise<void> {
    if (!this.isOpen) return Promise.reject(new Error('not plugged in'));
    this.sent.push(bytes);
    if (!this.deaf) this.carry(bytes, this.toPart);
    return Promise.resolve();
  }
  reopen(reason: string): void {
    this.reopenings += 1;
    this.plugged = false;
    this.closed.emit(reason);
    this.clock.after(100, () => this.plug());
  }
  close(): Promise<void> {
    this.ended = true;
    return Promise.resolve();
  }
  private carry(bytes: Uint8Array, to: Signal<Uint8Array>): void {
    for (let at = 0; at < bytes.length; at += this.pieceBytes) {
      const piece = bytes.slice(at, at + this.pieceBytes);
      this.clock.after(1, () => {
        if (this.plugged && !this.deaf) to.emit(piece);
      });
    }
  }
}

/** Answers every APDU with itself and 9000, and remembers its powering and what it was sent. */
export class EchoCard implements ContactlessCard {
  readonly ats = Uint8Array.of(0x05, 0x78, 0x77, 0x80, 0x02);
  readonly heard: Uint8Array[] = [];
  powered = false;
  resets = 0;
  /** What it answers instead, when told. */
  answer: ((command: Uint8Array) => Uint8Array | Promise<Uint8Array>) | null = null;

  powerOn(): void {
    this.powered = true;
    this.resets += 1;
  }
  powerOff(): void {
    this.powered = false;
  }
  process(command: Uint8Array): Uint8Array | Promise<Uint8Array> {
    this.heard.push(command);
    return this.answer ? this.answer(command) : Uint8Array.from([...command, 0x90, 0x00]);
  }
}

/** A driver and a simulated PN532 on one line, under simulated time; ready unless `plugged` is false. */
export async function setUpReader({ pieceBytes = 4096, plugged = true, seed = 1 } = {}) {
  const clock = new SimulatedClock();
  const line = new MemoryLine(clock, pieceBytes);
  const simulator = new Pn532Simulator({ transport: line.far, clock, random: new SeededRandom(seed) });
  const reader = new Pn532Reader({ link: line, clock, logger: silentLogger });
  if (plugged) simulator.plug();
  await clock.advanceAsync(100);
  return { clock, line, simulator, reader };
}

/** Runs simulated time until `work` has settled. */
export async function settle<T>(clock: SimulatedClock, work: Promise<T>, limitMs = 10_000): Promise<T> {
  const outcome: { value?: T; done: boolean } = { done: false };
  const watched = work.then((value) => {
    outcome.done = true;
    return value;
  });
  for (let spentMs = 0; !outcome.done && spentMs < limitMs; spentMs += 5) await clock.advanceAsync(5, 5);
  if (!outcome.done) throw new Error(`not settled within ${limitMs} simulated ms`);
  return watched;
}

/** The card on the reader; throws if there is none. */
export function cardOn(reader: Pn532Reader) {
  if (reader.presence.kind !== 'card') throw new Error(`no card on the reader, but ${reader.presence.kind}`);
  return reader.presence.card;
}

/** Resolves at the first value that fits; the test's own time limit is the deadline. */
export function when<T>(signal: Signal<T>, fits: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    const stop = signal.on((value) => {
      if (!fits(value)) return;
      stop();
      resolve(value);
    });
  });
}
