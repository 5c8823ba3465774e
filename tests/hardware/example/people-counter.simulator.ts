import { encodeCount, highestCount } from './people-counter.wire.ts';

/** The robot's end of the line, whatever carries it: a PTY, a test's memory. */
export interface CounterTransport {
  onData(listener: (bytes: Uint8Array) => void): unknown;
  write(bytes: Uint8Array): unknown;
}

/** `silent`: says nothing; `nonsense`: answers as at a wrong baud rate. */
export type CounterHealth = 'well' | 'silent' | 'nonsense';

/** A counter over a door through which the test sends people. */
export class PeopleCounterSimulator {
  health: CounterHealth = 'well';
  private readonly transport: CounterTransport;
  private entered = 0;
  private left = 0;
  private heard = '';

  constructor(transport: CounterTransport) {
    this.transport = transport;
    transport.onData((bytes) => this.listen(bytes));
  }

  enter(): void {
    this.entered = (this.entered + 1) % (highestCount + 1);
    this.tell();
  }

  leave(): void {
    this.left = (this.left + 1) % (highestCount + 1);
    this.tell();
  }

  /** The cable carries its power: it counts from 0 again. */
  loseCounts(): void {
    this.entered = 0;
    this.left = 0;
    this.heard = '';
  }

  private listen(bytes: Uint8Array): void {
    for (const value of bytes) {
      if (value !== 0x0d) this.heard = `${this.heard}${String.fromCharCode(value)}`.slice(-8);
      else {
        if (this.heard === '?C') this.tell();
        this.heard = '';
      }
    }
  }

  private tell(): void {
    const { entered, left } = this;
    const line = encodeCount({ entered, left });
    if (this.health === 'silent') return;
    this.transport.write(this.health === 'well' ? line : line.map((value, at) => (at < line.length - 2 ? value ^ 0x55 : value)));
  }
}
