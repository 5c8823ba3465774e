import { afterEach, beforeEach, expect, test } from 'vitest';
import { awaitBoard } from '../../../src/technician/calibrate/bench.ts';
import { calibrateWheels } from '../../../src/technician/calibrate/wheels.ts';
import { CalibrationHall } from './simulated-technician.ts';

let hall: CalibrationHall;
beforeEach(async () => {
  hall = new CalibrationHall(9);
  await hall.finish(awaitBoard(hall.bench));
});
afterEach(() => hall.close());

test('squares and a straight run of a fresh unit give its hidden wheels and track to 0.2 %', async () => {
  const plan = { sideMm: 1200, runs: 1, straightMm: 2000, straightRuns: 1, speedMmS: 350 };
  const { values, measured } = await hall.finish(calibrateWheels(hall.bench, plan));
  const { leftScale, rightScale, trackMm } = hall.truth.drive;
  // The unit is worth calibrating.
  expect(Math.abs(leftScale - 1) + Math.abs(rightScale - 1)).toBeGreaterThan(0.01);
  const { pulsesPerMetreLeft = 0, pulsesPerMetreRight = 0, trackWidthMm = 0 } = values;
  expect(Math.abs((pulsesPerMetreLeft * leftScale) / 1910 - 1)).toBeLessThan(0.002);
  expect(Math.abs((pulsesPerMetreRight * rightScale) / 1910 - 1)).toBeLessThan(0.002);
  expect(Math.abs(trackWidthMm / trackMm - 1)).toBeLessThan(0.002);
  expect(hall.technician.asked).toEqual([
    'release',
    ...['straight.start', 'straight.length'],
    ...['square.start', 'square.x', 'square.y'],
    ...['square.start', 'square.x', 'square.y'],
  ]);
  expect(measured).toHaveLength(3);
}, 300_000);
