import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { FiveBoard } from 'johnny-five/lib/board.js';
import Board from 'johnny-five/lib/board.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BoardLink } from '../../../firmware-bridge/host/board-link.ts';
import { createLights } from '../../../hardware/lights/lights-driver.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { calibration, FakeBoard } from './fake-board.ts';
import { firmataMega } from './fake-firmata.ts';

let clock: SimulatedClock;
let fake: FakeBoard;
let link: BoardLink;

beforeEach(() => {
  clock = new SimulatedClock();
  fake = new FakeBoard();
  fake.answerFirmata = firmataMega;
  link = new BoardLink({ opener: fake, clock, logger: silentLogger, calibration, firmataDelayMs: 100 });
});
afterEach(() => link.close());

/** Loading and handshake take promises, not time: turns of the event loop, bounded. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 5000 && !condition(); turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(condition()).toBe(true);
}
async function attached(): Promise<FiveBoard> {
  await clock.advanceAsync(110);
  await until(() => link.five !== null);
  if (!link.five) throw new Error('no board');
  return link.five;
}

it('johnny-five becomes ready on the same line, after the own handshake', async () => {
  await clock.advanceAsync(50);
  expect(link.ready).toBe(true);
  expect(fake.firmataHeard).toEqual([]);
  const board = await attached();
  expect(board.isReady).toBe(true);
  expect(board.pins.length).toBe(70);
  expect(board.io.firmware).toEqual({ name: 'Mega', version: { major: 2, minor: 8 } });
});

it('a failed Firmata handshake leaves the link itself alone', async () => {
  fake.answerFirmata = () => [];
  await clock.advanceAsync(400);
  expect(link.ready).toBe(true);
  expect(link.five).toBeNull();
});

it('after fifty plug cycles no earlier johnny-five board is alive', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const lights = createLights(link);
  lights.set({ red: 1, green: 2, blue: 3 });
  const old: WeakRef<FiveBoard>[] = [];
  for (let cycle = 0; cycle < 50; cycle++) {
    old.push(new WeakRef(await attached()));
    await new Promise((resolve) => setImmediate(resolve));
    fake.unplug();
    fake.firmataHeard.length = 0;
    fake.plugged = true;
    await clock.advanceAsync(200);
  }
  await attached();
  // Two turns: a WeakRef holds its target until the turn that made it ends.
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  expect(old.filter((ref) => ref.deref() !== undefined)).toHaveLength(0);
  expect(Board.cache).toHaveLength(1);
  lights.close();
});
