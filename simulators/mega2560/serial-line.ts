import type { EventQueue } from './events.ts';
import type { Usart } from './usart.ts';

/** What the line needs of the machine it leads to. The USART is asked for anew each time: a reset replaces it. */
export interface LineEnd {
  readonly queue: EventQueue;
  nowCycles(): number;
  usart(): Usart;
}

/**
 * The receive wire of a USART: characters go out back to back, at the baud rate the part is set to, whether or not it listens.
 * Holds up to `bound` waiting characters; beyond that the oldest are dropped and counted.
 */
export class SerialLine {
  dropped = 0;
  private readonly end: LineEnd;
  private readonly bound: number;
  private readonly waiting: number[] = [];
  private first = 0;
  private busy = false;

  constructor(end: LineEnd, bound: number) {
    this.end = end;
    this.bound = bound;
  }

  /** Characters not yet on the wire. */
  get backlog(): number {
    return this.waiting.length - this.first;
  }

  send(bytes: Uint8Array): void {
    for (const byte of bytes) this.waiting.push(byte);
    const excess = this.backlog - this.bound;
    if (excess > 0) {
      this.first += excess;
      this.dropped += excess;
    }
    this.startNext();
  }

  private startNext(): void {
    if (this.busy || this.backlog === 0) return;
    const byte = this.waiting[this.first] ?? 0;
    this.first += 1;
    if (this.first === this.waiting.length) {
      this.waiting.length = 0;
      this.first = 0;
    } else if (this.first > 4096) {
      this.waiting.splice(0, this.first);
      this.first = 0;
    }
    const usart = this.end.usart();
    const heard = usart.receives;
    this.busy = true;
    this.end.queue.add(this.end.nowCycles() + usart.characterCycles, 'world', () => {
      this.busy = false;
      if (heard && this.end.usart() === usart) usart.receive(byte);
      this.startNext();
    });
  }
}
