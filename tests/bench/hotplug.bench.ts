import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { SeededRandom } from '../../src/core/random.ts';
import type { Bench, Figure } from './bench.ts';
import { boardPart } from './hotplug/board-part.ts';
import { type Cycles, cycle, noCycles, plugIn } from './hotplug/cycle.ts';
import type { HotPart } from './hotplug/part.ts';
import { printerPart } from './hotplug/printer-part.ts';
import { readerPart } from './hotplug/reader-part.ts';
import { scannerPart } from './hotplug/scanner-part.ts';
import { heapUsed, machineConditions, quantile } from './measure.ts';

const cyclesAsked = 1000;
/** Until then code is compiled and tables grow to their size; half of a shorter run. */
const warmUpCycles = 100;
const seed = 31;
const settleMs = 2000;
const tellEvery = 25;

interface Run {
  part: HotPart;
  random: SeededRandom;
  cycles: Cycles;
}

interface Holdings {
  heapBytes: number;
  files: number;
  listeners: number;
}

async function run({ part, random, cycles }: Run, count: number, total: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await cycle(part, random, cycles);
    const done = cycles.knownMs.length;
    const worstMs = Math.round(quantile(cycles.knownMs, 1));
    if (done % tellEvery === 0) process.stderr.write(`hotplug: ${part.name} ${done}/${total}, worst known ${worstMs} ms\n`);
  }
}

/** What the process holds with every part plugged in, ready and at rest. */
async function holdings(runs: readonly Run[]): Promise<Holdings> {
  await pause(settleMs);
  const files = readdirSync('/proc/self/fd').length;
  const listeners = runs.reduce((sum, { part }) => sum + part.listeners(), 0);
  return { heapBytes: heapUsed(), files, listeners };
}

const goal = (value: number) => ({ op: '<=', value }) as const;

function times({ part: { name }, cycles: { knownMs, readyMs } }: Run): Figure[] {
  return [
    { name: `${name}: unplug -> known, p50`, value: quantile(knownMs, 0.5), unit: 'ms', goal: null },
    { name: `${name}: unplug -> known, p99`, value: quantile(knownMs, 0.99), unit: 'ms', goal: null },
    { name: `${name}: unplug -> known, worst`, value: quantile(knownMs, 1), unit: 'ms', goal: goal(1000) },
    { name: `${name}: plug -> ready, p50`, value: quantile(readyMs, 0.5), unit: 'ms', goal: null },
    { name: `${name}: plug -> ready, p99`, value: quantile(readyMs, 0.99), unit: 'ms', goal: null },
    { name: `${name}: plug -> ready, worst`, value: quantile(readyMs, 1), unit: 'ms', goal: null },
  ];
}

const worksOf = (runs: readonly Run[]) =>
  runs.map(({ part, cycles }) => `${part.name}: ${[...cycles.works].map(([work, count]) => `${work} ${count}`).join(', ')}`).join('; ');

async function measure(folder: string, count: number) {
  const delay = monitorEventLoopDelay();
  delay.enable();
  const surroundings = { folder, random: new SeededRandom(seed) };
  const parts = [printerPart(surroundings), scannerPart(surroundings), readerPart(surroundings), await boardPart(surroundings)];
  const runs = parts.map((part, index): Run => ({ part, random: new SeededRandom(seed + index + 1), cycles: noCycles() }));
  try {
    await Promise.all(parts.map(plugIn));
    const warmUp = Math.min(warmUpCycles, Math.floor(count / 2));
    await Promise.all(runs.map((one) => run(one, warmUp, count)));
    const before = await holdings(runs);
    await Promise.all(runs.map((one) => run(one, count - warmUp, count)));
    const after = await holdings(runs);
    return { runs, before, after, warmUp, heldUpMs: delay.max / 1e6 };
  } finally {
    for (const part of parts) await part.close();
  }
}

const bench: Bench = {
  name: 'hotplug',
  async run({ cycles }) {
    const count = cycles ?? cyclesAsked;
    const folder = mkdtempSync(join(tmpdir(), 'letan-hotplug-'));
    try {
      const { runs, before, after, warmUp, heldUpMs } = await measure(folder, count);
      const grownMb = (after.heapBytes - before.heapBytes) / 1e6;
      return {
        conditions: {
          ...machineConditions(),
          cycles: `${count} of each part, all four at the same time in one process`,
          line: 'pseudo-terminals through serialport, hung up 0-60 ms after the link is gone',
          board: 'released firmware in the emulator beside it, with wheels, dispenser, lights and johnny-five',
          works: worksOf(runs),
          'event loop': 'each plugging-in of a simulated part holds it up for two processes that set up the terminal',
          heap: `after full collections, ${warmUp} cycles against ${count}; drivers and simulated parts together; 0.4 kB of each opening is serialport's, whose pollers are never freed`,
          seed,
        },
        figures: [
          ...runs.flatMap(times),
          { name: 'event loop held up, worst', value: heldUpMs, unit: 'ms', goal: null },
          { name: 'heap growth, all parts', value: grownMb, unit: 'MB', goal: null },
          { name: 'heap growth of 1,000 unplugs', value: (grownMb / (runs.length * (count - warmUp))) * 1000, unit: 'MB', goal: goal(1) },
          { name: 'open files more', value: after.files - before.files, unit: '', goal: goal(0) },
          { name: 'listeners more', value: after.listeners - before.listeners, unit: '', goal: goal(0) },
        ],
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
export default bench;
