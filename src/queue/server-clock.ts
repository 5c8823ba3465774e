import type { Cancel, Clock } from '../core/clock.ts';

/** Two cheap quartz clocks drift apart by up to 200 parts in a million: an estimate grows so much less certain with its age. */
const driftPpm = 200;

/**
 * How long a message may be on its way over a connection that stands: both ends give up one that is silent for 22.5 s (keep-alive of 15 s,
 * half as much again); the rest is for what the broker and this program take.
 */
export const standstillMs = 30_000;

interface Estimate {
  /** Queue server's clock minus the robot's monotonic one, ms. */
  offsetMs: number;
  /** It is no further off than this, ms, when made. */
  uncertaintyMs: number;
  madeAtMs: number;
}

/**
 * The queue server's time as its answers tell it. A {@link Clock} whose dates are the server's: an expiry means the same on both sides
 * then. It is counted on the monotonic clock, so that a jump of the robot's own (NTP sets it by hours) changes nothing.
 */
export class ServerClock implements Clock {
  private readonly clock: Clock;
  private estimate: Estimate | null = null;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** True once an answer has told the time; before, {@link nowMs} is the robot's own. */
  get known(): boolean {
    return this.estimate !== null;
  }

  /** Queue server's clock minus the robot's, ms; null before the first answer. */
  get skewMs(): number | null {
    return this.estimate ? this.nowMs() - this.clock.nowMs() : null;
  }

  nowMs(): number {
    return this.estimate ? Math.round(this.clock.monotonicMs() + this.estimate.offsetMs) : this.clock.nowMs();
  }

  /**
   * When what the queue server sent expires, by {@link nowMs}; never later than it truly does. Once an answer told the time, that is
   * `expiresAt` less what the estimate may be off. Before, the two clocks cannot be compared, but both dates of a message are of one clock:
   * it lives from `sentAt` to `expiresAt`, and of that it has lost at most {@link standstillMs} if it came just now over a connection
   * that had nothing old to deliver. The caller sees to that ({@link CallHold}).
   */
  expiryMs({ sentAt, expiresAt }: { sentAt: string; expiresAt: string }): number {
    const expiresAtMs = Date.parse(expiresAt);
    if (this.estimate) return Math.floor(expiresAtMs - this.uncertaintyMs(this.estimate));
    return this.clock.nowMs() + expiresAtMs - Date.parse(sentAt) - standstillMs;
  }

  monotonicMs(): number {
    return this.clock.monotonicMs();
  }

  after(delayMs: number, run: () => void): Cancel {
    return this.clock.after(delayMs, run);
  }

  every(periodMs: number, run: () => void): Cancel {
    return this.clock.every(periodMs, run);
  }

  /**
   * An answer that was made at `serverMs` of the server's clock came just now to what was asked at `askedAtMs` (monotonic). Of two
   * estimates the surer one stays (Cristian), unless they contradict each other: then the server's clock was set.
   */
  learn(serverMs: number, askedAtMs: number): void {
    const nowMs = this.clock.monotonicMs();
    const uncertaintyMs = (nowMs - askedAtMs) / 2;
    const heard: Estimate = { offsetMs: serverMs - (askedAtMs + nowMs) / 2, uncertaintyMs, madeAtMs: nowMs };
    const known = this.estimate;
    if (!known) {
      this.estimate = heard;
      return;
    }
    const knownUncertaintyMs = this.uncertaintyMs(known);
    // Dates have whole milliseconds, so each side may be one off.
    const contradicts = Math.abs(heard.offsetMs - known.offsetMs) > uncertaintyMs + knownUncertaintyMs + 1;
    if (contradicts || uncertaintyMs <= knownUncertaintyMs) this.estimate = heard;
  }

  private uncertaintyMs({ uncertaintyMs, madeAtMs }: Estimate): number {
    return uncertaintyMs + ((this.clock.monotonicMs() - madeAtMs) * driftPpm) / 1e6;
  }
}
