import { type ResultLine, resultMark } from '../report.ts';

/** A kernel in a process is slow; nothing here takes more than some seconds on a quiet machine. */
const testTimeoutMs = 90_000;

/** Time in which a driver must notice a plug: 1 s on a quiet machine, and as much again four times for a guest on a busy one. */
export const noticeLimitMs = 5000;

interface Test {
  name: string;
  body: () => Promise<void>;
}

const tell = (line: ResultLine) => process.stdout.write(`${resultMark}${JSON.stringify(line)}\n`);

function withTimeout(work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not done after ${testTimeoutMs} ms`)), testTimeoutMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));

/** Tests of one process, run in order; told as result lines on stdout. No test runner fits: in User-Mode Linux every fork costs seconds. */
export class Suite {
  private readonly tests: Test[] = [];
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  test(name: string, body: () => Promise<void>): void {
    this.tests.push({ name, body });
  }

  /** Ends the process: 0 when every test passed. */
  async run(): Promise<never> {
    let failures = 0;
    for (const { name, body } of this.tests) {
      const startMs = performance.now();
      const failure = await withTimeout(body()).then(() => null, reasonOf);
      if (failure !== null) failures += 1;
      tell({ kind: 'test', suite: this.name, test: name, durationMs: Math.round(performance.now() - startMs), failure });
    }
    tell({ kind: 'end', suite: this.name, testCount: this.tests.length });
    process.exit(failures === 0 ? 0 : 1);
  }
}

/** Waits until `probe` gives something other than null, false or undefined; asks every few ms. */
export async function until<T>(what: string, probe: () => T | null | undefined | false, timeoutMs = 20_000): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const found = probe();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > endMs) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await pause(5);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
