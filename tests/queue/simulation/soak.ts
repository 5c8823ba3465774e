import { type ChildProcess, fork } from 'node:child_process';
import type { RangeReport, SeedRange } from './soak-worker.ts';
import { coverageTable, emptyTally, mergeTally } from './tally.ts';

/** Runs between two reports of a worker. */
const rangeSize = 50;
const progressEveryRuns = 1_000;
/** The whole table now and then, for whoever looks into a log that ended early. */
const tableEveryRuns = 10_000;
/** Failing seeds named; further ones are only counted. */
const shownFailures = 20;

/** Many seeds on some processes, handed out in order, so that what is done is always a first part and what is left can be run later. */
export class Soak {
  private readonly total = emptyTally();
  private readonly seeds: SeedRange;
  private readonly startedMs = performance.now();
  private readonly underWay = new Map<ChildProcess, SeedRange>();
  /** Ranges whose worker died. */
  private readonly lost: SeedRange[] = [];
  private next: number;
  private stopping = false;

  constructor(seeds: SeedRange) {
    this.seeds = seeds;
    this.next = seeds.first;
  }

  /** True when every seed ran and nothing broke. */
  async run(workers: number): Promise<boolean> {
    const onStop = () => {
      this.stopping = true;
    };
    process.once('SIGINT', onStop).once('SIGTERM', onStop);
    await Promise.all(Array.from({ length: workers }, () => this.work()));
    console.log(coverageTable(this.total));
    console.log(this.progress());
    for (const { first, last } of this.lost) console.log(`NOT RUN, its worker died: seeds ${first} to ${last}`);
    if (this.firstUndone <= this.seeds.last) console.log(`to go on: npm run soak -- ${this.rest()}`);
    const { runs, failures } = this.total;
    return runs === this.seeds.last - this.seeds.first + 1 && failures.length === 0;
  }

  /** One worker after the other for as long as seeds are left: one that died is replaced. */
  private async work(): Promise<void> {
    while (!this.stopping && this.next <= this.seeds.last) await this.lifeOfWorker();
  }

  private lifeOfWorker(): Promise<void> {
    const child = fork(new URL('./soak-worker.ts', import.meta.url), [], { serialization: 'advanced' });
    const handOut = () => {
      const { next: first } = this;
      if (this.stopping || first > this.seeds.last) {
        child.disconnect();
        return;
      }
      const range = { first, last: Math.min(this.seeds.last, first + rangeSize - 1) };
      this.next = range.last + 1;
      this.underWay.set(child, range);
      child.send(range);
    };
    child.on('message', (message) => {
      this.underWay.delete(child);
      // The other end is soak-worker.ts, which sends nothing else.
      this.onReport(message as RangeReport);
      handOut();
    });
    handOut();
    return new Promise((resolve) => {
      child.on('exit', () => {
        const range = this.underWay.get(child);
        if (range) this.lost.push(range);
        this.underWay.delete(child);
        resolve();
      });
    });
  }

  private onReport({ tally }: RangeReport): void {
    const { total } = this;
    const [runsBefore, shown] = [total.runs, total.failures.length];
    mergeTally(total, tally);
    for (const { seed, invariant, detail } of tally.failures.slice(0, Math.max(0, shownFailures - shown)))
      console.log(`FAILED seed ${seed}: ${invariant}: ${detail}\n  again: npm run soak -- --only ${seed} --verbose`);
    const passed = (every: number) => Math.floor(total.runs / every) > Math.floor(runsBefore / every);
    if (passed(tableEveryRuns)) console.log(coverageTable(total));
    if (passed(progressEveryRuns)) console.log(this.progress());
  }

  private progress(): string {
    const { runs, failures, cpuMs } = this.total;
    const wallS = (performance.now() - this.startedMs) / 1000;
    const wanted = this.seeds.last - this.seeds.first + 1;
    const done = this.firstUndone > this.seeds.first ? `every seed from ${this.seeds.first} to ${this.firstUndone - 1}` : 'no seed yet';
    const speed = `${(runs / wallS).toFixed(1)} runs/s, ${(cpuMs / Math.max(1, runs)).toFixed(1)} ms CPU a run`;
    return `${runs} of ${wanted} runs, ${failures.length} failed, ${wallS.toFixed(0)} s, ${speed}; done: ${done}`;
  }

  private get firstUndone(): number {
    return Math.min(this.next, ...[...this.underWay.values(), ...this.lost].map(({ first }) => first));
  }

  private rest(): string {
    return `--seed ${this.firstUndone} --runs ${this.seeds.last - this.firstUndone + 1}`;
  }
}
