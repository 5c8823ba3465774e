import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BoardLink } from '../../../firmware-bridge/host/board-link.ts';
import type { Board } from '../../../hardware/board/board.ts';
import { createBoard } from '../../../hardware/board/board-driver.ts';
import { createWheels } from '../../../hardware/wheels/wheels-driver.ts';
import { LetanError } from '../../../src/core/errors.ts';
import { EmulatedBoard, robot, site } from '../../firmware-bridge/host/emulated-board.ts';

let emulated: EmulatedBoard;
let link: BoardLink;
let board: Board;
let wheels: ReturnType<typeof createWheels>;

beforeEach(async () => {
  emulated = new EmulatedBoard();
  link = emulated.connect();
  board = createBoard(link);
  wheels = createWheels({ link, board, site, calibration: robot.calibration, clock: emulated.clock });
  await emulated.run(1000, () => link.ready);
  await emulated.run(100);
});
afterEach(async () => {
  wheels.close();
  await link.close();
});

function drive(place: string): { outcome: string | null } {
  const seen: { outcome: string | null } = { outcome: null };
  wheels.driveTo(place).then(
    () => {
      seen.outcome = 'arrived';
    },
    (error: unknown) => {
      seen.outcome = error instanceof LetanError ? error.code : String(error);
    },
  );
  return seen;
}

it('the real firmware in the simulated lobby: held after power-up, then home to entrance round a person in the way', async () => {
  const held = drive('entrance');
  await emulated.run(100);
  expect(held.outcome).toBe('SAFETY_STOP');
  await emulated.release();

  const seen = drive('entrance');
  await emulated.run(1500);
  // On the line from home (1000, 1000) to the entrance (3000, 1800).
  expect(emulated.lobby.command({ type: 'addPerson', id: 'bystander', xMm: 2300, yMm: 1520 })).toBe(true);
  await emulated.run(5000);
  expect(seen.outcome).toBeNull();
  const waiting = emulated.lobby.snapshot().robot;
  expect(waiting.leftMmS).toBe(0);
  expect(Math.hypot(waiting.xMm - 2300, waiting.yMm - 1520)).toBeGreaterThan(400);

  emulated.lobby.command({ type: 'removePerson', id: 'bystander' });
  await emulated.run(25_000, () => seen.outcome !== null);
  expect(seen.outcome).toBe('arrived');
  const { robot: there } = emulated.lobby.snapshot();
  // Odometry claims 60 mm; the unit's hidden 0.2 % wheel and 0.5 % track errors come on top.
  expect(Math.hypot(there.xMm - 3000, there.yMm - 1800)).toBeLessThan(90);
  expect(Math.abs((there.headingRad * 180) / Math.PI + 90)).toBeLessThan(6);
  expect(emulated.lobby.snapshot().switches.motorEnabled).toBe(false);
}, 180_000);

/** Somebody leans on the left bumper for as long as `ms`, or until it has led to something. */
async function leanOnBumper(ms: number, until: () => boolean = () => false): Promise<void> {
  for (let left = ms; left > 0 && !until(); left -= 100) {
    emulated.lobby.command({ type: 'hitBumper', side: 'left' });
    await emulated.run(100);
  }
}

it('a bumper hit, released by a person while it is still pressed: backs away at a creep, then drives on', async () => {
  await emulated.release();
  const hit = drive('entrance');
  await emulated.run(2500);
  await leanOnBumper(300);
  expect(hit.outcome).toBe('SAFETY_STOP');
  emulated.lobby.command({ type: 'pressRelease' });
  await leanOnBumper(500);
  expect(board.telemetry).toMatchObject({ retreatOnly: true, safety: { stopped: false, latched: false } });
  expect(board.telemetry?.lastStop?.cause).toBe('bumperLeft');

  const { robot: from } = emulated.lobby.snapshot();
  const backwardsMm = (): number => {
    const { robot: now } = emulated.lobby.snapshot();
    return (from.xMm - now.xMm) * Math.cos(from.headingRad) + (from.yMm - now.yMm) * Math.sin(from.headingRad);
  };
  const seen = drive('entrance');
  await leanOnBumper(3000, () => backwardsMm() > 60);
  expect(backwardsMm()).toBeGreaterThan(60);
  expect(emulated.lobby.snapshot().robot.leftMmS).toBeGreaterThan(-100);
  await emulated.run(4000, () => board.telemetry?.retreatOnly === false);
  expect(board.telemetry?.retreatOnly).toBe(false);
  expect(backwardsMm()).toBeGreaterThan(149);
  expect(backwardsMm()).toBeLessThan(200);
  await emulated.run(25_000, () => seen.outcome !== null);
  expect(seen.outcome).toBe('arrived');
}, 180_000);
