/** Cancels a pending timer; calling it twice is harmless. */
export type Cancel = () => void;

/**
 * The only source of time in the house. Everything that waits or dates something takes a `Clock`, so that tests run on
 * {@link SimulatedClock} and never sleep.
 */
export interface Clock {
  /** Wall clock, ms since the Unix epoch. May jump; for dates only. */
  nowMs(): number;
  /** Monotonic ms from an arbitrary origin; for durations and deadlines. */
  monotonicMs(): number;
  /** Calls `run` once after `delayMs` (>= 0). */
  after(delayMs: number, run: () => void): Cancel;
  /** Calls `run` every `periodMs` (> 0), first after one period. */
  every(periodMs: number, run: () => void): Cancel;
}

export class SystemClock implements Clock {
  nowMs(): number {
    return Date.now();
  }
  monotonicMs(): number {
    return performance.now();
  }
  after(delayMs: number, run: () => void): Cancel {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  }
  every(periodMs: number, run: () => void): Cancel {
    const timer = setInterval(run, periodMs);
    return () => clearInterval(timer);
  }
}

interface Pending {
  dueMs: number;
  order: number;
  run: () => void;
}

/** A clock that moves only when told to. Timers fire in order of due time, then of creation. */
export class SimulatedClock implements Clock {
  private elapsedMs = 0;
  private order = 0;
  private readonly pending = new Set<Pending>();

  private readonly epochMs: number;

  constructor(epochMs = Date.UTC(2026, 0, 5, 1, 0, 0)) {
    this.epochMs = epochMs;
  }

  nowMs(): number {
    return this.epochMs + this.elapsedMs;
  }
  monotonicMs(): number {
    return this.elapsedMs;
  }
  after(delayMs: number, run: () => void): Cancel {
    const entry: Pending = { dueMs: this.elapsedMs + Math.max(0, delayMs), order: this.order++, run };
    this.pending.add(entry);
    return () => this.pending.delete(entry);
  }
  every(periodMs: number, run: () => void): Cancel {
    let cancel: Cancel = () => {};
    const arm = () => {
      cancel = this.after(periodMs, () => {
        arm();
        run();
      });
    };
    arm();
    return () => cancel();
  }
  /** Moves time forward by `ms`, firing what falls due on the way. */
  advance(ms: number): void {
    const endMs = this.elapsedMs + ms;
    for (let next = this.earliest(endMs); next; next = this.earliest(endMs)) {
      this.pending.delete(next);
      this.elapsedMs = Math.max(this.elapsedMs, next.dueMs);
      next.run();
    }
    this.elapsedMs = endMs;
  }
  /** Like {@link advance}, in steps of `stepMs`, letting promises settle between steps. */
  async advanceAsync(ms: number, stepMs = 10): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      this.advance(Math.min(stepMs, left));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  /** Number of timers waiting; a leak check for tests. */
  get pendingCount(): number {
    return this.pending.size;
  }

  private earliest(endMs: number): Pending | undefined {
    let best: Pending | undefined;
    for (const entry of this.pending) {
      if (entry.dueMs > endMs) continue;
      if (!best || entry.dueMs < best.dueMs || (entry.dueMs === best.dueMs && entry.order < best.order)) best = entry;
    }
    return best;
  }
}
