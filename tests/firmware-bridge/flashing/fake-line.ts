import type { FlashLine } from '../../../firmware-bridge/flashing/line.ts';
import { Signal } from '../../../src/core/signal.ts';

/** A line whose other end is the test. */
export class FakeLine implements FlashLine {
  readonly portName = '/dev/ttyTEST';
  readonly received = new Signal<Uint8Array>();
  readonly closed = new Signal<void>();
  readonly sent: Uint8Array[] = [];
  readonly baudRates: number[] = [];
  resets = 0;
  /** Answers what the host writes. */
  answer: (bytes: Uint8Array) => Uint8Array | null = () => null;

  write(bytes: Uint8Array): void {
    this.sent.push(bytes);
    const reply = this.answer(bytes);
    if (reply) queueMicrotask(() => this.received.emit(reply));
  }
  pulseReset(): Promise<void> {
    this.resets += 1;
    return Promise.resolve();
  }
  setBaudRate(baudRate: number): Promise<void> {
    this.baudRates.push(baudRate);
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}
