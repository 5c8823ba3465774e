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

export interface BenchOptions {
  /** Shortens benches that run for simulated minutes; null = as long as their goal asks. */
  minutes: number | null;
  /** Shortens benches that send frames. */
  frames: number | null;
  /** Shortens benches that do the same again and again. */
  cycles: number | null;
  /** Another firmware than the released one: an Intel HEX file. */
  hex: string | null;
}

/** What `tests/bench/<name>.bench.ts` exports as default. */
export interface Bench {
  name: string;
  run(options: BenchOptions): Promise<BenchResult>;
}

/** Whether the figure reaches its goal; null without one. */
export function isMet({ value, goal }: Figure): boolean | null {
  if (goal === null) return null;
  return goal.op === '<=' ? value <= goal.value : value >= goal.value;
}
