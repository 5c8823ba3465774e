import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../src/core/clock.ts';
import { type Random, SeededRandom } from '../../src/core/random.ts';
import { type Fault, type FaultPlan, type Line, lineSchema } from './disk-faults-child.ts';
import { difference, Model, textOf } from './power-cut/model.ts';
import { makeOperations, type Operation } from './power-cut/operations.ts';
import { openStore, textOfStore } from './power-cut/perform.ts';
import { buildShim, makeScratch, runShimmed } from './power-cut/recorder.ts';

const child = fileURLToPath(new URL('disk-faults-child.ts', import.meta.url));
const timeout = 120_000;
let scratch: string;
let shim: string;
beforeAll(() => {
  scratch = makeScratch();
  shim = buildShim(scratch);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const count = 240;
function play(seed: number, checkpointPages: number, faults: Fault[]): { lines: Line[]; operations: Operation[]; folder: string } {
  const folder = join(scratch, `store-${seed}-${faults[0]?.calls}`);
  mkdirSync(folder);
  const plan: FaultPlan = { folder, seed, count, tag: 'f', checkpointPages, faults };
  const lines = runShimmed(shim, child, plan)
    .trim()
    .split('\n')
    .map((line) => lineSchema.parse(JSON.parse(line)));
  return { lines, operations: makeOperations(seed, count, 'f'), folder };
}

const failed = (line: Line | undefined): boolean => JSON.stringify(line?.result) === '{"code":"STORE_FAILED"}';

/**
 * Every operation either did what the model does, or threw `STORE_FAILED` and changed nothing; opened again after the crash, the store holds
 * all that succeeded, and at most one that failed last (its bytes were written, and only then the disk said no).
 */
function expectHonest({ lines, operations, folder }: ReturnType<typeof play>): void {
  expect(lines).toHaveLength(count);
  const happened: Operation[] = [];
  let unsure: Operation[] = [];
  const model = new Model();
  for (const [index, operation] of operations.entries()) {
    const line = lines[index];
    if (failed(line)) unsure.push(operation);
    else {
      expect([index, line?.result]).toEqual([index, model.apply(operation)]);
      happened.push(operation);
      unsure = [];
    }
    expect(difference(line?.text ?? '{}', textOf(model.contents())), `after operation ${index}`).toBeNull();
  }
  const allowed = [null, ...unsure].map((last) => {
    const after = new Model();
    for (const operation of [...happened, ...(last ? [last] : [])]) after.apply(operation);
    return textOf(after.contents());
  });
  const store = openStore(folder, new SimulatedClock());
  expect(store.health).toEqual({ status: 'ready' });
  const text = textOfStore(store);
  expect(
    allowed.some((one) => one === text),
    difference(text, allowed[0] ?? '{}') ?? 'as expected',
  ).toBe(true);
  store.close();
}

describe('a full disk', () => {
  // A file that grows is refused room; one that rewrites its WAL in place fails only on a disk that copies on write (btrfs, F2FS).
  it.each([
    ['a growing file', 1000, 'g'],
    ['any write', 4, 'w'],
  ])(
    'while running, refusing %s: STORE_FAILED, degraded, nothing half; and on it goes when there is room',
    { timeout },
    (_, checkpointPages, calls) => {
      const played = play(checkpointPages, checkpointPages, [{ from: 60, to: 120, calls, skip: 0, count: -1, error: 'ENOSPC' }]);
      expectHonest(played);
      const { lines } = played;
      const degraded = lines.filter(({ status, code }) => status === 'degraded' && code === 'STORE_FAILED');
      expect(lines.filter(failed).length).toBeGreaterThan(0);
      // From the first failure to the first success, not longer.
      for (const [index, line] of lines.entries()) if (failed(line)) expect(line.status, `operation ${index}`).toBe('degraded');
      expect(degraded.every(({ operation }) => operation >= 60 && operation <= 125)).toBe(true);
      expect(lines.at(-1)).toMatchObject({ status: 'ready', code: null });
    },
  );
});

describe('a disk that fails now and then', () => {
  const some = (random: Random, most: number) => Math.floor(random.next() * most);
  const kinds = ['w', 's', 't', 'n', 'g', 'ws', 'wstn'];
  it.each(kinds)('at calls of kind %s: every failure is told, nothing told as stored is missing', { timeout }, (calls) => {
    const random = new SeededRandom(kinds.indexOf(calls) + 1);
    const faults = Array.from({ length: 12 }, (_, at): Fault => {
      const from = 5 + at * 19;
      return {
        from,
        to: from + 1 + some(random, 8),
        calls,
        skip: some(random, 9),
        count: 1 + some(random, 4),
        error: at % 3 === 2 ? 'ENOSPC' : 'EIO',
      };
    });
    expectHonest(play(100 + kinds.indexOf(calls), [4, 8, 30][some(random, 3)] ?? 4, faults));
  });
});
