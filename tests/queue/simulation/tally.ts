import type { Outcome } from './simulation.ts';

export interface Failure {
  seed: number;
  invariant: string;
  detail: string;
}

/** Sum of many runs. */
export interface Tally {
  runs: number;
  counts: Map<string, number>;
  /** Runs in which it happened at all. */
  inRuns: Map<string, number>;
  longestSettleMs: number;
  /** User and system time of the processes that ran them, ms; 0 where nobody measured. */
  cpuMs: number;
  failures: Failure[];
}

export const emptyTally = (): Tally => ({ runs: 0, counts: new Map(), inRuns: new Map(), longestSettleMs: 0, cpuMs: 0, failures: [] });

export function tallyRun(tally: Tally, { seed, counts, violations, settledAfterMs }: Outcome): void {
  tally.runs++;
  for (const [kind, count] of counts) {
    add(tally.counts, kind, count);
    add(tally.inRuns, kind, 1);
  }
  tally.longestSettleMs = Math.max(tally.longestSettleMs, settledAfterMs);
  const [first] = violations;
  if (first) tally.failures.push({ seed, ...first });
}

/** Adds what another process counted. */
export function mergeTally(tally: Tally, other: Tally): void {
  tally.runs += other.runs;
  for (const [kind, count] of other.counts) add(tally.counts, kind, count);
  for (const [kind, count] of other.inRuns) add(tally.inRuns, kind, count);
  tally.longestSettleMs = Math.max(tally.longestSettleMs, other.longestSettleMs);
  tally.cpuMs += other.cpuMs;
  tally.failures.push(...other.failures);
}

/** What the runs met: how often, and in how many of them. */
export function coverageTable({ runs, counts, inRuns, longestSettleMs }: Tally): string {
  const rows = [...counts]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([kind, count]) => {
      const share = (100 * (inRuns.get(kind) ?? 0)) / runs;
      return `${kind.padEnd(50)} ${String(count).padStart(10)}   in ${share.toFixed(1).padStart(5)} % of runs`;
    });
  return [...rows, `longest time from healing to all delivered: ${(longestSettleMs / 1000).toFixed(1)} virtual s`].join('\n');
}

function add(counts: Map<string, number>, kind: string, by: number): void {
  counts.set(kind, (counts.get(kind) ?? 0) + by);
}
