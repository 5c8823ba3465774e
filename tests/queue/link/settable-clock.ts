import type { Clock, SimulatedClock } from '../../../src/core/clock.ts';

/** A robot's clock that somebody may set: its dates are `offMs` off, its durations are not. */
export class SettableClock implements Clock {
  offMs = 0;
  private readonly inner: SimulatedClock;
  constructor(inner: SimulatedClock) {
    this.inner = inner;
  }
  nowMs(): number {
    return this.inner.nowMs() + this.offMs;
  }
  monotonicMs(): number {
    return this.inner.monotonicMs();
  }
  after(delayMs: number, run: () => void) {
    return this.inner.after(delayMs, run);
  }
  every(periodMs: number, run: () => void) {
    return this.inner.every(periodMs, run);
  }
}
