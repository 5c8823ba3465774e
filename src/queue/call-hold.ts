import type { Clock } from '../core/clock.ts';
import { type ServerClock, standstillMs } from './server-clock.ts';
import type { TransportMessage } from './transport.ts';

export interface CallHoldOptions {
  clock: Clock;
  serverClock: Pick<ServerClock, 'known'>;
  /** The broker says that the queue server is there. */
  serverThere: () => boolean;
  pass: (message: TransportMessage) => void;
}

/** More than a broker keeps of an hour of calls while a robot restarts. */
const mostHeld = 200;

/**
 * Keeps what expires until the queue server's time is known: a robot that starts with a wrong clock would speak calls of long ago, or none
 * at all. A queue server that never answers must not silence its calls, though: what comes while the connection has stood for 30 s is none
 * of what the broker kept for this robot, so it was sent no longer ago than that, and {@link ServerClock.expiryMs} can judge it by its own
 * two dates. What came earlier stays held for an answer. Policy when full: the oldest goes, it is the one most likely expired.
 */
export class CallHold {
  private readonly options: CallHoldOptions;
  private held: TransportMessage[] = [];
  private connectedAtMs = Number.POSITIVE_INFINITY;

  constructor(options: CallHoldOptions) {
    this.options = options;
  }

  onConnected(): void {
    this.connectedAtMs = this.options.clock.monotonicMs();
  }

  onLost(): void {
    this.connectedAtMs = Number.POSITIVE_INFINITY;
  }

  offer(message: TransportMessage): void {
    this.release();
    if (this.options.serverClock.known || this.isFresh()) this.options.pass(message);
    else this.held = [...this.held, message].slice(-mostHeld);
  }

  /** The time may be known now. */
  release(): void {
    if (!this.options.serverClock.known) return;
    for (const message of this.held.splice(0)) this.options.pass(message);
  }

  private isFresh(): boolean {
    const { clock, serverThere } = this.options;
    return serverThere() && clock.monotonicMs() - this.connectedAtMs >= standstillMs;
  }
}
