import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { FiveBoard } from 'johnny-five/lib/board.js';
import Board from 'johnny-five/lib/board.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLights } from '../../../hardware/lights/lights-driver.ts';
import { attached, createFirmataBench, type FirmataBench } from './firmata-bench.ts';

let bench: FirmataBench;
beforeEach(() => {
  bench = createFirmataBench();
});
afterEach(() => bench.link.close());

it('johnny-five becomes ready on the same line, after the own handshake', async () => {
  await bench.clock.advanceAsync(50);
  expect(bench.link.ready).toBe(true);
  expect(bench.fake.firmataHeard).toEqual([]);
  const board = await attached(bench);
  expect(board.isReady).toBe(true);
  expect(board.pins.length).toBe(70);
  expect(board.io.firmware).toEqual({ name: 'Mega', version: { major: 2, minor: 8 } });
});

it('a failed Firmata handshake leaves the link itself alone', async () => {
  bench.fake.answerFirmata = () => [];
  await bench.clock.advanceAsync(400);
  expect(bench.link.ready).toBe(true);
  expect(bench.link.five).toBeNull();
});

it('after fifty plug cycles no earlier johnny-five board is alive', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const lights = createLights(bench.link);
  lights.set({ red: 1, green: 2, blue: 3 });
  const old: WeakRef<FiveBoard>[] = [];
  for (let cycle = 0; cycle < 50; cycle++) {
    old.push(new WeakRef(await attached(bench)));
    await new Promise((resolve) => setImmediate(resolve));
    bench.fake.unplug();
    bench.fake.firmataHeard.length = 0;
    bench.fake.plugged = true;
    await bench.clock.advanceAsync(200);
  }
  await attached(bench);
  // Two turns: a WeakRef holds its target until the turn that made it ends.
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  expect(old.filter((ref) => ref.deref() !== undefined)).toHaveLength(0);
  expect(Board.cache).toHaveLength(1);
  lights.close();
});
