import type { Random } from '../core/random.ts';

/**
 * Exponential back-off with full jitter: the n-th wait is uniform in [0, min(cap, base * 2^n)], so that the robots of a ward do not
 * come back in step after a broker restart.
 */
export class Backoff {
  private readonly random: Random;
  private readonly baseMs: number;
  private readonly capMs: number;
  private attempts = 0;

  constructor(random: Random, baseMs: number, capMs: number) {
    this.random = random;
    this.baseMs = baseMs;
    this.capMs = capMs;
  }

  /** ms to wait before the next attempt. */
  next(): number {
    const ceilingMs = Math.min(this.capMs, this.baseMs * 2 ** Math.min(this.attempts, 30));
    this.attempts++;
    return Math.round(this.random.next() * ceilingMs);
  }

  reset(): void {
    this.attempts = 0;
  }
}
