import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { type Random, SeededRandom } from '../../../src/core/random.ts';
import type { Plan } from './child.ts';
import { type Files, SimulatedDisk } from './disk.ts';
import { difference, Model, textOf } from './model.ts';
import { makeOperations, type Operation } from './operations.ts';
import { openStore, textOfStore } from './perform.ts';
import { buildShim, makeScratch, record, writeFolder } from './recorder.ts';
import type { DiskRecord } from './trace.ts';

export interface CampaignOptions {
  /** Cuts to try in all. */
  cuts: number;
  seed: number;
  synchronous: Plan['synchronous'];
  /** Cuts tried on one recorded run; default 500. */
  cutsPerRun?: number;
  /** Operations of one run; default 250. */
  operations?: number;
  progress?: (tally: Tally) => void;
}

export interface Tally {
  cuts: number;
  runs: number;
  /** Operations acknowledged before the cuts, summed over them. */
  acknowledged: number;
  /** Of these, how many the opened store did not know any more, and in how many cuts. */
  lost: number;
  cutsThatLost: number;
  /** Cuts in the middle of an operation after which it had happened although nobody was told. */
  ahead: number;
  /** States that no sequence of whole operations gives, and stores that did not open: seed, run, cut and what was found. */
  broken: string[];
}

/** Opened stores between two collections: three files each, of the 1024 that a process may have open at the least. */
const collectEvery = 150;

/** libsql keeps a closed database's files open until its objects are collected and the loop has turned. */
export function collector(): () => Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  return () => {
    if (typeof collect === 'function') collect();
    return new Promise((resolve) => setImmediate(resolve));
  };
}

/** The states through which a run goes: `texts[n]` after n operations. */
function historyOf(before: readonly Operation[], operations: readonly Operation[]): { texts: string[]; results: unknown[] } {
  const model = new Model();
  for (const operation of before) model.apply(operation);
  const texts = [textOf(model.contents())];
  const results = operations.map((operation) => {
    const result = model.apply(operation);
    texts.push(textOf(model.contents()));
    return result;
  });
  return { texts, results };
}

/** Tries `options.cuts` power cuts and tells what became of the store. Seeded: the same options give the same tally. */
export async function campaign(options: CampaignOptions): Promise<Tally> {
  const tally: Tally = { cuts: 0, runs: 0, acknowledged: 0, lost: 0, cutsThatLost: 0, ahead: 0, broken: [] };
  const random = new SeededRandom(options.seed);
  const scratch = makeScratch();
  try {
    const shim = buildShim(scratch);
    let start: Start = { files: new Map(), operations: [] };
    while (tally.cuts < options.cuts) {
      start = await new Run(options, tally, scratch, shim, random, start).go();
      tally.runs++;
      options.progress?.(tally);
    }
    return tally;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A disk that a run begins with, and the operations that made it. */
interface Start {
  files: Files;
  operations: Operation[];
}

/** One recorded run and the cuts tried on it. */
class Run {
  private readonly options: CampaignOptions;
  private readonly tally: Tally;
  private readonly scratch: string;
  private readonly shim: string;
  private readonly random: Random;
  private readonly start: Start;
  private readonly collect = collector();

  constructor(options: CampaignOptions, tally: Tally, scratch: string, shim: string, random: Random, start: Start) {
    this.options = options;
    this.tally = tally;
    this.scratch = scratch;
    this.shim = shim;
    this.random = random;
    this.start = start;
  }

  /** Returns where the next run may begin: one of the disks found, or an empty one. */
  async go(): Promise<Start> {
    const { options, tally, random } = this;
    const number = tally.runs;
    const plan = {
      seed: Math.floor(random.next() * 2 ** 31),
      count: options.operations ?? 250,
      tag: `r${number}`,
      synchronous: options.synchronous,
      checkpointPages: [4, 16, 50, null][number % 4] ?? null,
    };
    const operations = makeOperations(plan.seed, plan.count, plan.tag);
    const { texts, results } = historyOf(this.start.operations, operations);
    const records = record(this.shim, this.scratch, plan, this.start.files);
    this.compareResults(records, results);
    let next: Start = { files: new Map(), operations: [] };
    const disk = new SimulatedDisk(this.start.files);
    const cuts = Math.min(options.cutsPerRun ?? 500, options.cuts - tally.cuts);
    const places = Array.from({ length: cuts }, () => Math.floor(random.next() * (records.length + 1))).sort((a, b) => a - b);
    let at = 0;
    let begun = 0;
    let done = 0;
    for (const place of places) {
      for (; at < place; at++) {
        const happened = records[at];
        if (happened?.kind === 'mark') {
          if (happened.mark.at === 'begin') begun = happened.mark.operation + 1;
          if (happened.mark.at === 'done' || happened.mark.at === 'failed') done = happened.mark.operation + 1;
        } else if (happened) disk.apply(happened);
      }
      if (tally.cuts % collectEvery === 0) await this.collect();
      const files = disk.cut(random);
      const found = this.judge(files, texts, begun, done, place);
      if (found !== null && number % 3 !== 2 && random.next() < 2 / cuts)
        next = { files, operations: [...this.start.operations, ...operations.slice(0, found)] };
    }
    return next;
  }

  /** The store answered every operation as the model does: otherwise one of them is wrong, power cut or not. */
  private compareResults(records: readonly DiskRecord[], results: readonly unknown[]): void {
    for (const { mark } of records.filter((one) => one.kind === 'mark')) {
      if (mark.at !== 'done' && mark.at !== 'failed') continue;
      const answer = JSON.stringify(mark.at === 'done' ? mark.result : { code: mark.code });
      const expected = JSON.stringify(results[mark.operation] ?? null);
      if (answer !== expected) this.tally.broken.push(`${this.place(0)}: operation ${mark.operation} gave ${answer}, not ${expected}`);
    }
  }

  /** Opens one disk state as the robot would; returns how many of the run's operations it holds. */
  private judge(files: Files, texts: readonly string[], begun: number, done: number, place: number): number | null {
    const { tally } = this;
    const folder = join(this.scratch, `cut-${tally.cuts}`);
    tally.cuts++;
    tally.acknowledged += done;
    writeFolder(folder, files);
    try {
      const store = openStore(folder, new SimulatedClock());
      try {
        if (store.health.status !== 'ready') throw new Error(`opened as ${store.health.status}`);
        const text = textOfStore(store);
        const held = texts[begun] === text && begun > done ? begun : texts.lastIndexOf(text, done);
        if (held < 0)
          throw new Error(`after ${done} operations it holds what no number of them gives: ${difference(text, texts[done] ?? '')}`);
        if (held > done) tally.ahead++;
        if (held < done) {
          tally.lost += done - held;
          tally.cutsThatLost++;
        }
        return held;
      } finally {
        store.close();
      }
    } catch (error) {
      tally.broken.push(`${this.place(place)}: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private place(record: number): string {
    return `seed ${this.options.seed}, run ${this.tally.runs}, cut ${this.tally.cuts} after record ${record}`;
  }
}
