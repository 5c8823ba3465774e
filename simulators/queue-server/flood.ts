import type { Clock } from '../../src/core/clock.ts';

/** How much work one robot may make. */
export interface FloodRule {
  /** Requests at once: a whole outbox that is drained after an outage. */
  burst: number;
  /** Requests a second after that, on the average. */
  perS: number;
}

export const usualFloodRule: FloodRule = { burst: 3_000, perS: 100 };
/** Robots kept account of; the one not heard of for longest is forgotten, and begins with a full bucket again. */
const mostRobots = 5_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

/** A token bucket per robot: beyond it requests are answered `TRY_LATER` and cost no transaction. */
export class Flood {
  private readonly clock: Clock;
  private readonly rule: FloodRule;
  private readonly buckets = new Map<string, Bucket>();

  constructor(clock: Clock, rule: FloodRule) {
    this.clock = clock;
    this.rule = rule;
  }

  /** Whether `robotId` may make one more request now. */
  admits(robotId: string): boolean {
    const nowMs = this.clock.monotonicMs();
    const bucket = this.buckets.get(robotId) ?? { tokens: this.rule.burst, atMs: nowMs };
    const tokens = Math.min(this.rule.burst, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * this.rule.perS);
    const admitted = tokens >= 1;
    // Deleted first, so that the map stays in order of use.
    this.buckets.delete(robotId);
    this.buckets.set(robotId, { tokens: admitted ? tokens - 1 : tokens, atMs: nowMs });
    const oldest = this.buckets.keys().next();
    if (this.buckets.size > mostRobots && !oldest.done) this.buckets.delete(oldest.value);
    return admitted;
  }
}
