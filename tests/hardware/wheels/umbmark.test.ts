import { describe, expect, test } from 'vitest';
import { fitWheels, type SquareRun, type StraightRun, squareErrors } from '../../../hardware/wheels/umbmark.ts';

/** A robot by exact circular arcs: true metres a pulse and true track; it believes `nominal`. Written apart from the house's odometry. */
interface Robot {
  leftMmPerPulse: number;
  rightMmPerPulse: number;
  trackMm: number;
}
const nominal = { pulsesPerMetreLeft: 1910, pulsesPerMetreRight: 1910, trackWidthMm: 400 };

function drive(robot: Robot, legs: readonly [leftPulses: number, rightPulses: number][]) {
  let [x, y, heading, left, right, uptimeMs] = [0, 0, 0, 0, 0, 0];
  const readings = [{ uptimeMs, leftPulses: 0, rightPulses: 0 }];
  for (const [legLeft, legRight] of legs) {
    const steps = 200;
    const [l, r] = [(legLeft * robot.leftMmPerPulse) / steps, (legRight * robot.rightMmPerPulse) / steps];
    for (let step = 0; step < steps; step++) {
      const turn = (r - l) / robot.trackMm;
      const chord = Math.abs(turn) < 1e-12 ? (l + r) / 2 : ((l + r) / turn) * Math.sin(turn / 2);
      x += chord * Math.cos(heading + turn / 2);
      y += chord * Math.sin(heading + turn / 2);
      heading += turn;
      left += legLeft / steps;
      right += legRight / steps;
      uptimeMs += 50;
      readings.push({ uptimeMs, leftPulses: Math.round(left), rightPulses: Math.round(right) });
    }
  }
  return { readings, end: { xMm: x, yMm: y } };
}

function square(robot: Robot, sideMm: number, turn: SquareRun['turn']): SquareRun {
  const straight = (sideMm / 1000) * 1910;
  const quarter = (Math.PI / 4) * 0.4 * 1910 * (turn === 'ccw' ? 1 : -1);
  const side: [number, number][] = [
    [straight, straight],
    [-quarter, quarter],
  ];
  return { turn, ...drive(robot, [...side, ...side, ...side, ...side]) };
}

function straight(robot: Robot, lengthMm: number): StraightRun {
  const { readings, end } = drive(robot, [[lengthMm * 1.91, lengthMm * 1.91]]);
  return { readings, lengthMm: Math.hypot(end.xMm, end.yMm) };
}

const robotOf = (leftScale: number, rightScale: number, trackMm: number): Robot => ({
  leftMmPerPulse: (1000 / 1910) * leftScale,
  rightMmPerPulse: (1000 / 1910) * rightScale,
  trackMm,
});

test('the formulas alone: wheels 1.002 and 0.998, track 410, a square of 4 m', () => {
  const robot = robotOf(0.998, 1.002, 410);
  const { wheelRatio, trackRatio } = squareErrors(square(robot, 4000, 'cw').end, square(robot, 4000, 'ccw').end, 4000, 400);
  // The facts' own simulation: true 1.00401 and 1.0250, the average of x and y gave 1.00401 and 1.0257.
  expect(wheelRatio).toBeCloseTo(1.00401, 4);
  expect(trackRatio).toBeCloseTo(1.0257, 3);
});

describe('the replayed fit finds wheels and track', () => {
  test.each([
    [0.998, 1.002, 410],
    [1.01, 0.99, 396],
    [0.99, 1.01, 404],
    [1.01, 1.01, 404],
    [1.004, 0.993, 402.5],
  ])('left %f, right %f, track %f mm, to 0.05 %%', (leftScale, rightScale, trackMm) => {
    const robot = robotOf(leftScale, rightScale, trackMm);
    const squares = [square(robot, 2000, 'ccw'), square(robot, 2000, 'cw')];
    const { geometry, wheelRatio, residualMm } = fitWheels(nominal, 2000, squares, [straight(robot, 2000)]);
    expect(Math.abs((geometry.pulsesPerMetreLeft * leftScale) / 1910 - 1)).toBeLessThan(0.0005);
    expect(Math.abs((geometry.pulsesPerMetreRight * rightScale) / 1910 - 1)).toBeLessThan(0.0005);
    expect(Math.abs(geometry.trackWidthMm / trackMm - 1)).toBeLessThan(0.0005);
    expect(Math.abs(wheelRatio / (rightScale / leftScale) - 1)).toBeLessThan(0.0002);
    expect(residualMm).toBeLessThan(8);
  });

  test('from tape readings to the millimetre with 3 mm of scatter, five runs each way: to 0.2 %', () => {
    const robot = robotOf(1.008, 0.994, 403);
    // Fixed scatter of mean zero, as a floor's joints make it.
    const scatter = [-3, 2, 0, 3, -2];
    const jittered = (turn: SquareRun['turn'], shift: number): SquareRun => {
      const run = square(robot, 2000, turn);
      return { ...run, end: { xMm: Math.round(run.end.xMm + shift), yMm: Math.round(run.end.yMm - shift) } };
    };
    const squares = scatter.flatMap((shift) => [jittered('ccw', shift), jittered('cw', -shift)]);
    const { geometry } = fitWheels(nominal, 2000, squares, [{ ...straight(robot, 2000), lengthMm: 2002 }]);
    expect(Math.abs((geometry.pulsesPerMetreLeft * 1.008) / 1910 - 1)).toBeLessThan(0.002);
    expect(Math.abs((geometry.pulsesPerMetreRight * 0.994) / 1910 - 1)).toBeLessThan(0.002);
    expect(Math.abs(geometry.trackWidthMm / 403 - 1)).toBeLessThan(0.002);
  });
});

test('a perfect robot stays as it is; without a straight run the size stays', () => {
  const robot = robotOf(1, 1, 400);
  const squares = [square(robot, 2000, 'ccw'), square(robot, 2000, 'cw')];
  const perfect = fitWheels(nominal, 2000, squares, []).geometry;
  expect(perfect.pulsesPerMetreLeft).toBeCloseTo(1910, 0);
  expect(perfect.trackWidthMm).toBeCloseTo(400, 1);
  const larger = robotOf(1.01, 1.01, 404);
  const kept = fitWheels(nominal, 2000, [square(larger, 2000, 'ccw'), square(larger, 2000, 'cw')], []).geometry;
  expect((kept.pulsesPerMetreLeft + kept.pulsesPerMetreRight) / 2).toBeCloseTo(1910, 0);
});

test('one way round is not enough', () => {
  const robot = robotOf(1, 1, 400);
  expect(() => fitWheels(nominal, 2000, [square(robot, 2000, 'ccw')], [])).toThrow(RangeError);
});
