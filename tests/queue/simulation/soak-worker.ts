import { simulate } from './simulation.ts';
import { emptyTally, type Tally, tallyRun } from './tally.ts';

/** Seeds from `first` to `last`, both included. */
export interface SeedRange {
  first: number;
  last: number;
}

/** What a worker met in one range. */
export interface RangeReport {
  range: SeedRange;
  tally: Tally;
}

let running = 0;
let tally = emptyTally();

function failed(detail: unknown): void {
  const text = detail instanceof Error ? (detail.stack ?? detail.message) : String(detail);
  tally.failures.push({ seed: running, invariant: 'nothing throws', detail: text.split('\n').slice(0, 6).join(' ') });
}

async function run({ first, last }: SeedRange): Promise<Tally> {
  tally = emptyTally();
  const before = process.cpuUsage();
  for (running = first; running <= last; running++) {
    try {
      tallyRun(tally, await simulate(running));
    } catch (error) {
      tally.runs++;
      failed(error);
    }
  }
  const { user, system } = process.cpuUsage(before);
  tally.cpuMs = (user + system) / 1000;
  return tally;
}

process.on('unhandledRejection', (error) => {
  failed(error);
});
// Whoever stops the soak stops the parent, which lets the ranges under way end.
process.on('SIGINT', () => {});
// The other end is run.ts, which sends nothing else.
process.on('message', (message) => {
  const range = message as SeedRange;
  void run(range).then((met) => process.send?.({ range, tally: met } satisfies RangeReport));
});
