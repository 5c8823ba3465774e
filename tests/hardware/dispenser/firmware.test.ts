import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BoardLink } from '../../../firmware-bridge/host/board-link.ts';
import { createDispenser } from '../../../hardware/dispenser/dispenser-driver.ts';
import { LetanError } from '../../../src/core/errors.ts';
import { EmulatedBoard, robot } from '../../firmware-bridge/host/emulated-board.ts';

let emulated: EmulatedBoard;
let link: BoardLink;
let dispenser: ReturnType<typeof createDispenser>;
let progress: number[];

beforeEach(async () => {
  emulated = new EmulatedBoard();
  link = emulated.connect();
  let id = 0;
  dispenser = createDispenser({ link, calibration: robot.calibration, clock: emulated.clock, ids: { next: () => ++id } });
  progress = [];
  await emulated.run(1000, () => link.ready);
  await emulated.run(100);
});
afterEach(async () => {
  dispenser.close();
  await link.close();
});

function watch(work: Promise<unknown>): { outcome: unknown } {
  const seen: { outcome: unknown } = { outcome: null };
  work.then(
    (value) => {
      seen.outcome = value ?? 'done';
    },
    (error: unknown) => {
      seen.outcome = error instanceof LetanError ? error.code : String(error);
    },
  );
  return seen;
}
const pour = () => watch(dispenser.dispenseWater(60, (ml) => progress.push(ml)));

it('the real firmware pours what was asked for, within 1 % in the cup, and says how much', async () => {
  await emulated.release();
  const seen = pour();
  await emulated.run(10_000, () => seen.outcome !== null);
  const { pouredMl, valveOpen } = emulated.lobby.snapshot().water;
  expect(valveOpen).toBe(false);
  expect(Math.abs(pouredMl - 60)).toBeLessThan(0.6);
  expect(Math.abs(Number(seen.outcome) - pouredMl)).toBeLessThan(0.4);
  expect(progress.length).toBeGreaterThan(10);
}, 60_000);

it('names what is missing: release, cup, water', async () => {
  const held = pour();
  await emulated.run(200);
  await emulated.release();
  emulated.lobby.command({ type: 'cup', present: false });
  await emulated.run(100);
  const noCup = pour();
  await emulated.run(1500, () => noCup.outcome !== null);
  emulated.lobby.command({ type: 'cup', present: true });
  emulated.lobby.command({ type: 'emptyTank' });
  await emulated.run(100);
  const empty = pour();
  await emulated.run(1500, () => empty.outcome !== null);
  expect([held.outcome, noCup.outcome, empty.outcome]).toEqual(['SAFETY_STOP', 'DISPENSE_CUP_MISSING', 'DISPENSE_TANK_EMPTY']);
  expect(emulated.lobby.snapshot().water.pouredMl).toBe(0);
}, 60_000);

it('unplugged in the middle: the valve closes, the portion is not poured twice, the board tells what became of it', async () => {
  await emulated.release();
  const seen = pour();
  await emulated.run(1200);
  emulated.unplug();
  await emulated.run(600);
  const pouredMl = emulated.lobby.snapshot().water.pouredMl;
  expect(emulated.lobby.snapshot().water.valveOpen).toBe(false);
  expect(pouredMl).toBeGreaterThan(5);
  emulated.plugged = true;
  await emulated.run(4000, () => seen.outcome !== null);
  expect(seen.outcome).toBe('DISPENSE_INTERRUPTED');
  await emulated.run(500);
  expect(emulated.lobby.snapshot().water.pouredMl).toBe(pouredMl);
}, 60_000);

it('a valve that dirt keeps open is named, refused until it is clean, and then works', async () => {
  await emulated.release();
  const fouled = pour();
  await emulated.run(1000);
  emulated.lobby.command({ type: 'valveStuck', open: true });
  await emulated.run(8000, () => fouled.outcome !== null);
  const refused = pour();
  await emulated.run(1000, () => refused.outcome !== null);
  expect([fouled.outcome, refused.outcome]).toEqual(['DISPENSE_FLOW_WHILE_CLOSED', 'DISPENSE_FLOW_WHILE_CLOSED']);
  emulated.lobby.command({ type: 'valveStuck', open: false });
  await emulated.run(1200);
  const clean = pour();
  await emulated.run(10_000, () => clean.outcome !== null);
  expect(Number(clean.outcome)).toBeGreaterThan(59);
}, 60_000);

it('a snack falls', async () => {
  await emulated.release();
  const seen = watch(dispenser.dispenseSnack());
  await emulated.run(8000, () => seen.outcome !== null);
  expect(seen.outcome).toBe('done');
  expect(emulated.lobby.snapshot().snack.dropped).toBe(1);
}, 60_000);
