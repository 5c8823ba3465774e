import { describe, expect, test } from 'vitest';
import { EmulatedBoard } from '../../firmware-bridge/firmware/emulated-board.ts';

/** The released firmware against the true state of the world, which the firmware cannot see. */
const board = () => new EmulatedBoard().start();

/** Free way between the robot's shell and a person. */
function gapMm({ lobby }: EmulatedBoard): number {
  const { robot, people } = lobby.snapshot();
  return Math.min(...people.map(({ xMm, yMm }) => Math.hypot(xMm - robot.xMm, yMm - robot.yMm) - 250 - 220));
}

describe('a person steps before the moving robot', () => {
  // From straight ahead to the edge of what the two front beams cover.
  test.each([0, 300, -300])('%i mm beside its line: it stops before contact, and goes on when she has gone', (asideMm) => {
    const robot = board();
    robot.drive(400, 400, 1500);
    const { xMm, yMm } = robot.lobby.snapshot().robot;
    expect(robot.lobby.snapshot().robot.leftMmS).toBeGreaterThan(350);
    robot.lobby.command({ type: 'addPerson', id: 'p', xMm: xMm + 250 + 420 + 220, yMm: yMm + asideMm });
    let bumped = false;
    let closestMm = Number.POSITIVE_INFINITY;
    for (let step = 0; step < 70; step++) {
      robot.drive(400, 400, 20);
      const { bumperLeftHit, bumperRightHit } = robot.lobby.snapshot().switches;
      bumped ||= bumperLeftHit || bumperRightHit;
      closestMm = Math.min(closestMm, gapMm(robot));
    }
    expect(bumped).toBe(false);
    expect(closestMm).toBeGreaterThan(50);
    expect(robot.lobby.snapshot().robot).toMatchObject({ leftMmS: 0, rightMmS: 0 });
    expect(robot.last('state').stopCause).toBe('obstacleFront');
    const waitingAtMm = robot.lobby.snapshot().robot.xMm;
    robot.lobby.command({ type: 'removePerson', id: 'p' });
    robot.drive(400, 400, 1000);
    expect(robot.lobby.snapshot().robot.xMm - waitingAtMm).toBeGreaterThan(100);
  });
});

test('somebody walks into the robot: the bumper latches, only the blue button releases it, and first it must back away', () => {
  const robot = board();
  robot.lobby.command({ type: 'addPerson', id: 'p', xMm: 1000, yMm: 2500 });
  robot.lobby.command({ type: 'walkPerson', id: 'p', xMm: 1000, yMm: 1000, speedMmS: 1200 });
  robot.run(2000);
  expect(robot.last('state')).toMatchObject({ stopCause: 'bumperLeft', flags: { latched: true } });
  robot.lobby.command({ type: 'removePerson', id: 'p' });
  robot.drive(300, 300, 1000);
  expect(robot.lobby.snapshot().robot.xMm).toBeCloseTo(1000, 3);
  robot.lobby.command({ type: 'pressRelease' });
  robot.run(300);
  expect(robot.last('state')).toMatchObject({ stopCause: 'none', flags: { latched: false, retreatOnly: true } });
  expect(robot.ask({ name: 'drive', leftMmS: 300, rightMmS: 300, validMs: 100 })).toBe('retreatOnly');
  expect(robot.lobby.snapshot().robot.xMm).toBeCloseTo(1000, 3);
  robot.drive(-100, -100, 2500);
  expect(robot.lobby.snapshot().robot.xMm).toBeLessThan(850);
  expect(robot.last('state').flags.retreatOnly).toBe(false);
  robot.drive(300, 300, 2000);
  expect(robot.lobby.snapshot().robot.xMm).toBeGreaterThan(1000);
});

test('a range sensor falls silent while driving: the robot stands within 200 mm', () => {
  const robot = board();
  robot.drive(400, 400, 1500);
  const fromMm = robot.lobby.snapshot().robot.xMm;
  robot.lobby.command({ type: 'sensorFail', sensor: 'frontRight', failed: true });
  robot.drive(400, 400, 1500);
  expect(robot.last('state').stopCause).toBe('rangeSensorFailed');
  const { xMm, leftMmS } = robot.lobby.snapshot().robot;
  expect(leftMmS).toBe(0);
  expect(xMm - fromMm).toBeLessThan(200);
});

test('the firmware counts the way the robot truly made', () => {
  const robot = board();
  robot.drive(300, 300, 4000);
  robot.run(600);
  const wayMm = robot.lobby.snapshot().robot.xMm - 1000;
  expect(wayMm).toBeGreaterThan(900);
  const { leftPulses, rightPulses } = robot.last('state');
  expect(leftPulses / 1.91).toBeCloseTo(wayMm, -1);
  expect(Math.abs(leftPulses - rightPulses)).toBeLessThan(10);
});

test('150 mL asked for: 150 mL in the cup, within one per cent', () => {
  const robot = board();
  const pulses = Math.round(150 * 5.88);
  expect(robot.ask({ name: 'dispenseWater', dispenseId: 1, pulses, capPulses: 1200, capMs: 15_000 })).toBe('accepted');
  robot.run(7000);
  expect(robot.last('dispenseReport')).toMatchObject({ dispenseId: 1, result: 'done' });
  const { pouredMl, spilledMl } = robot.lobby.snapshot().water;
  expect(Math.abs(pouredMl - 150)).toBeLessThan(1.5);
  expect(spilledMl).toBe(0);
});

test('one snack asked for: one falls; the empty column is reported', () => {
  const robot = board();
  robot.lobby.command({ type: 'snackStock', count: 1 });
  expect(robot.ask({ name: 'dispenseSnack', dispenseId: 1 })).toBe('accepted');
  robot.run(3000);
  expect(robot.last('dispenseReport')).toMatchObject({ dispenseId: 1, result: 'done' });
  expect(robot.lobby.snapshot().snack).toEqual({ stock: 0, dropped: 1, turning: false });
  expect(robot.ask({ name: 'dispenseSnack', dispenseId: 2 })).toBe('accepted');
  robot.run(7500);
  expect(robot.last('dispenseReport')).toMatchObject({ dispenseId: 2, result: 'notDropped' });
  expect(robot.lobby.snapshot().snack.turning).toBe(false);
});
