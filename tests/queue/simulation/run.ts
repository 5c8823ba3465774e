import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { simulate } from './simulation.ts';
import { coverageTable, emptyTally, mergeTally, type Tally, tallyRun } from './tally.ts';

/**
 * `npm run soak -- --runs 100000 --seed 1 [--workers 2]`: many runs, what they met, exit code 1 when an invariant broke.
 * `npm run soak -- --only <seed> [--verbose]`: one run again.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    workers: { type: 'string', default: String(Math.min(2, availableParallelism())) },
  },
});

/** Runs between two reports of a worker. */
const batch = 100;
/** Failing seeds named; further ones are only counted. */
const shownFailures = 20;

const number = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new RangeError(`not a whole number: ${text}`);
  return value;
};

async function one(seed: number, verbose: boolean): Promise<number> {
  const outcome = await simulate(seed, verbose ? { print: (line) => console.log(line) } : { recording: true });
  for (const { invariant, detail } of outcome.violations) console.log(`BROKEN ${invariant}: ${detail}`);
  console.log(`seed ${seed}: ${outcome.violations.length} violations, digest ${outcome.digest}`);
  return outcome.violations.length > 0 ? 1 : 0;
}

/** Inside a worker: reports what it met since the last report. */
async function work(first: number, last: number): Promise<void> {
  for (let seed = first; seed <= last; ) {
    const tally = emptyTally();
    for (const end = Math.min(last, seed + batch - 1); seed <= end; seed++) {
      running = seed;
      tallyRun(tally, await simulate(seed));
    }
    process.send?.(tally);
  }
}

async function many(first: number, runs: number, workers: number): Promise<number> {
  const total = emptyTally();
  const startedMs = performance.now();
  let shown = 0;
  const report = (part: Tally) => {
    mergeTally(total, part);
    for (const { seed, invariant, detail } of part.failures) {
      if (shown++ < shownFailures) console.log(`seed ${seed}: ${invariant}: ${detail}\n  again: npm run soak -- --only ${seed} --verbose`);
    }
    const perSecond = (1000 * total.runs) / (performance.now() - startedMs);
    process.stderr.write(`\r${total.runs} of ${runs} runs, ${perSecond.toFixed(0)} runs/s, ${total.failures.length} failed `);
  };
  const share = Math.ceil(runs / workers);
  const ends = Array.from({ length: workers }, (_, index) => {
    const from = first + index * share;
    return from >= first + runs ? null : startWorker(from, Math.min(first + runs, from + share) - 1, report);
  });
  const codes = await Promise.all(ends);
  process.stderr.write('\n');
  console.log(coverageTable(total));
  console.log(`${total.runs} runs, ${total.failures.length} failed, ${((performance.now() - startedMs) / 1000).toFixed(0)} s`);
  return total.failures.length > 0 || total.runs !== runs || codes.some((code) => code !== null && code !== 0) ? 1 : 0;
}

function startWorker(first: number, last: number, report: (tally: Tally) => void): Promise<number | null> {
  const child = fork(import.meta.filename, [], { serialization: 'advanced', env: { ...process.env, SOAK_SEEDS: `${first}-${last}` } });
  // Both ends are this file.
  child.on('message', (message) => report(message as Tally));
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

let running = 0;
process.on('unhandledRejection', (error) => {
  console.error(`seed ${running}: a rejection that nobody handles`, error);
  process.exit(1);
});

const seeds = process.env.SOAK_SEEDS?.split('-').map(number);
if (seeds) {
  await work(seeds[0] ?? 0, seeds[1] ?? 0);
  process.disconnect();
} else if (values.only !== undefined) process.exitCode = await one(number(values.only), values.verbose);
else process.exitCode = await many(number(values.seed), number(values.runs), Math.max(1, number(values.workers)));
