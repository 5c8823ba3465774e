import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { simulate } from './simulation.ts';
import { Soak } from './soak.ts';

/**
 * `npm run soak -- --runs 100000 --seed 1 [--workers 2]`: many runs; what they met and how long they took. Exit code 1 when an invariant
 * broke. Stopped early (SIGTERM, Ctrl-C) it tells with which seed to go on.
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

const number = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new RangeError(`not a whole number: ${text}`);
  return value;
};

async function one(seed: number, verbose: boolean): Promise<boolean> {
  const outcome = await simulate(seed, verbose ? { print: (line) => console.log(line) } : { recording: true });
  for (const { invariant, detail } of outcome.violations) console.log(`BROKEN ${invariant}: ${detail}`);
  console.log(`seed ${seed}: ${outcome.violations.length} violations, digest ${outcome.digest}`);
  return outcome.violations.length === 0;
}

function many(first: number, runs: number, workers: number): Promise<boolean> {
  return new Soak({ first, last: first + runs - 1 }).run(workers);
}

const good =
  values.only === undefined
    ? await many(number(values.seed), number(values.runs), Math.max(1, number(values.workers)))
    : await one(number(values.only), values.verbose);
process.exitCode = good ? 0 : 1;
