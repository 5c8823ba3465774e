export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** Null: told for information only. */
  goal: { op: '<=' | '>='; value: number } | null;
}

export interface BenchResult {
  /** What the figures depend on: machine, versions, sizes. */
  conditions: Record<string, string | number>;
  figures: Figure[];
}

/** What `tests/bench/<name>.bench.ts` exports as default. */
export interface Bench {
  name: string;
  run(): Promise<BenchResult>;
}

/** Whether the figure reaches its goal; null without one. */
export function isMet({ value, goal }: Figure): boolean | null {
  if (goal === null) return null;
  return goal.op === '<=' ? value <= goal.value : value >= goal.value;
}
