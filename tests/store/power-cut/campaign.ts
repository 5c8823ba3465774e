import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Random, SeededRandom } from '../../../src/core/random.ts';
import { type Files, SimulatedDisk } from './disk.ts';
import { difference } from './model.ts';
import type { RunPlan } from './plan.ts';
import { buildShim, makeScratch, record, writeFolder } from './recorder.ts';
import type { History, Progress, Subject } from './subject.ts';
import type { Mark } from './trace.ts';

export interface CampaignOptions {
  /** Cuts to try in all. */
  cuts: number;
  seed: number;
  synchronous: RunPlan['synchronous'];
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
  /** Of these, how many the opened database did not know any more, and in how many cuts. */
  lost: number;
  cutsThatLost: number;
  /** Cuts in the middle of an operation after which it had happened although nobody was told. */
  ahead: number;
  /** Requests answered before a cut that were asked again after it and got the same answer. */
  askedAgain: number;
  /** States that no sequence of whole operations gives, and databases that did not open or answered otherwise: seed, run, cut and what was found. */
  broken: string[];
}

/** Opened databases between two collections: three files each, of the 1024 that a process may have open at the least. */
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

/** Tries `options.cuts` power cuts and tells what became of the subject. Seeded: the same options give the same tally. */
export async function campaign<Before>(subject: Subject<Before>, options: CampaignOptions): Promise<Tally> {
  const tally: Tally = { cuts: 0, runs: 0, acknowledged: 0, lost: 0, cutsThatLost: 0, ahead: 0, askedAgain: 0, broken: [] };
  const random = new SeededRandom(options.seed);
  const scratch = makeScratch();
  try {
    const shim = buildShim(scratch);
    let start: Start<Before> = { files: new Map(), before: subject.nothing };
    while (tally.cuts < options.cuts) {
      start = await new Run({ subject, options, tally, scratch, shim, random, start }).go();
      tally.runs++;
      options.progress?.(tally);
    }
    return tally;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A disk that a run begins with, and what made it. */
interface Start<Before> {
  files: Files;
  before: Before;
}

interface RunOptions<Before> {
  subject: Subject<Before>;
  options: CampaignOptions;
  tally: Tally;
  scratch: string;
  shim: string;
  random: Random;
  start: Start<Before>;
}

/** One recorded run and the cuts tried on it. */
class Run<Before> {
  private readonly all: RunOptions<Before>;
  private readonly collect = collector();

  constructor(all: RunOptions<Before>) {
    this.all = all;
  }

  /** Returns where the next run may begin: one of the disks found, or an empty one. */
  async go(): Promise<Start<Before>> {
    const { subject, options, tally, scratch, shim, random, start } = this.all;
    const number = tally.runs;
    const plan: RunPlan = {
      seed: Math.floor(random.next() * 2 ** 31),
      count: options.operations ?? 250,
      tag: `r${number}`,
      run: number,
      synchronous: options.synchronous,
      checkpointPages: [4, 16, 50, null][number % 4] ?? null,
    };
    const records = record(shim, scratch, { program: subject.program, plan, files: start.files });
    const marks = records.flatMap((one) => (one.kind === 'mark' ? [one.mark] : []));
    const history = subject.history(plan, start.before, marks);
    for (const wrong of history.wrong) tally.broken.push(`${this.place(0)}: ${wrong}`);
    let next: Start<Before> = { files: new Map(), before: subject.nothing };
    const disk = new SimulatedDisk(start.files);
    const cuts = Math.min(options.cutsPerRun ?? 500, options.cuts - tally.cuts);
    const places = Array.from({ length: cuts }, () => Math.floor(random.next() * (records.length + 1))).sort((a, b) => a - b);
    let at = 0;
    const progress: Progress = { begun: 0, done: 0 };
    for (const place of places) {
      for (; at < place; at++) {
        const happened = records[at];
        if (happened?.kind === 'mark') advance(progress, happened.mark);
        else if (happened) disk.apply(happened);
      }
      if (tally.cuts % collectEvery === 0) await this.collect();
      const files = disk.cut(random);
      const held = await this.judge(files, history, progress, place);
      if (held !== null && number % 3 !== 2 && random.next() < 2 / cuts) next = { files, before: history.after(held) };
    }
    return next;
  }

  /** Opens one disk state as the product would; returns how many of the run's operations it holds. */
  private async judge(files: Files, history: History<Before>, progress: Progress, place: number): Promise<number | null> {
    const { tally, scratch } = this.all;
    const { texts } = history;
    const { begun, done } = progress;
    const folder = join(scratch, `cut-${tally.cuts}`);
    tally.cuts++;
    tally.acknowledged += done;
    writeFolder(folder, files);
    try {
      const found = await history.open(folder);
      try {
        const { text } = found;
        const held = texts[begun] === text && begun > done ? begun : texts.lastIndexOf(text, done);
        if (held < 0)
          throw new Error(`after ${done} operations it holds what no number of them gives: ${difference(text, texts[done] ?? '')}`);
        if (held > done && text !== texts[done]) tally.ahead++;
        if (held < done) {
          tally.lost += done - held;
          tally.cutsThatLost++;
        } else tally.askedAgain += found.inspect(progress);
        return held;
      } finally {
        found.close();
      }
    } catch (error) {
      tally.broken.push(`${this.place(place)}: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private place(record: number): string {
    const { options, tally } = this.all;
    return `seed ${options.seed}, run ${tally.runs}, cut ${tally.cuts} after record ${record}`;
  }
}

function advance(progress: Progress, mark: Mark): void {
  if (mark.at === 'begin') progress.begun = mark.operation + 1;
  if (mark.at === 'done' || mark.at === 'failed') progress.done = mark.operation + 1;
}
