import type { Clock } from '../../src/core/clock.ts';
import { Signal } from '../../src/core/signal.ts';
import type { PrinterTransport } from './printer-simulator.ts';

const tickMs = 1;
/** Start bit, eight data bits, stop bit. */
const bitsPerByte = 10;

/** A line that carries bytes at its baud rate, where the line below (a PTY, a test's memory) carries them at once. */
export class PacedLine implements PrinterTransport {
  private readonly below: PrinterTransport;
  private readonly clock: Clock;
  private readonly bytesPerMs: number;
  private readonly arrived = new Signal<Uint8Array>();
  private readonly toPart: Direction;
  private readonly fromPart: Direction;

  constructor(below: PrinterTransport, options: { clock: Clock; baudRate: number }) {
    this.below = below;
    this.clock = options.clock;
    this.bytesPerMs = options.baudRate / bitsPerByte / 1000;
    this.toPart = { waiting: [], running: false, deliver: (bytes) => this.arrived.emit(bytes) };
    this.fromPart = { waiting: [], running: false, deliver: (bytes) => this.below.write(bytes) };
    below.onData((bytes) => this.carry(bytes, this.toPart));
  }

  onData(listener: (bytes: Uint8Array) => void): unknown {
    return this.arrived.on(listener);
  }

  write(bytes: Uint8Array): void {
    this.carry(bytes, this.fromPart);
  }

  private carry(bytes: Uint8Array, direction: Direction): void {
    for (const value of bytes) direction.waiting.push(value);
    if (direction.running) return;
    direction.running = true;
    this.pass(direction, this.clock.monotonicMs(), 0);
  }

  /** `passed` of the bytes since `startMs` are through; timers come late, so the due ones are counted from the start. */
  private pass(direction: Direction, startMs: number, passed: number): void {
    this.clock.after(tickMs, () => {
      const due = Math.floor((this.clock.monotonicMs() - startMs) * this.bytesPerMs) - passed;
      const bytes = direction.waiting.splice(0, Math.max(0, due));
      if (direction.waiting.length > 0) this.pass(direction, startMs, passed + bytes.length);
      else direction.running = false;
      if (bytes.length > 0) direction.deliver(Uint8Array.from(bytes));
    });
  }
}

interface Direction {
  waiting: number[];
  running: boolean;
  deliver: (bytes: Uint8Array) => unknown;
}
