import type { TransportMessage } from './transport.ts';

/** More than a broker keeps of an hour of calls while a robot restarts. */
const mostHeld = 200;

/**
 * Keeps what expires until the queue server's time is known: a robot that starts with a wrong clock would speak calls of long ago, or none
 * at all. A queue server that answers nothing keeps them held: its calls are on the screens at the counters. Policy when full: the
 * oldest goes, it is the one most likely expired.
 */
export class CallHold {
  private readonly pass: (message: TransportMessage) => void;
  private held: TransportMessage[] = [];
  private open = false;

  constructor(pass: (message: TransportMessage) => void) {
    this.pass = pass;
  }

  offer(message: TransportMessage): void {
    if (this.open) this.pass(message);
    else this.held = [...this.held, message].slice(-mostHeld);
  }

  /** The time is known. */
  release(): void {
    this.open = true;
    for (const message of this.held.splice(0)) this.pass(message);
  }
}
