import { afterEach, beforeEach, expect, test } from 'vitest';
import { awaitBoard } from '../../../src/technician/calibrate/bench.ts';
import { calibrateRanges } from '../../../src/technician/calibrate/ranges.ts';
import { CalibrationHall } from './simulated-technician.ts';

let hall: CalibrationHall;
beforeEach(async () => {
  hall = new CalibrationHall(9);
  await hall.finish(awaitBoard(hall.bench));
});
afterEach(() => hall.close());

test('a wall at 500 and 1500 mm gives what each sensor is off, to 4 mm, and moves nothing', async () => {
  const { values } = await hall.finish(calibrateRanges(hall.bench, { distancesMm: [500, 1500], readings: 100 }));
  const { frontLeftMm, frontRightMm } = hall.truth.ranges;
  expect(Math.abs(frontLeftMm) + Math.abs(frontRightMm)).toBeGreaterThan(40);
  // The sensors sit 50 mm behind the foremost point of the shell: a reading is 50 mm too long before the sensor's own error.
  expect(Math.abs((values.frontLeftOffsetMm ?? 0) + 50 + frontLeftMm)).toBeLessThan(4);
  expect(Math.abs((values.frontRightOffsetMm ?? 0) + 50 + frontRightMm)).toBeLessThan(4);
  expect(hall.technician.told.join('\n')).not.toContain('WARNING');
  expect(hall.technician.asked).toEqual(['board.place', 'board.distance', 'board.place', 'board.distance']);
}, 300_000);

test('a tape that was read wrong shows in the scale', async () => {
  const { number } = hall.technician;
  hall.technician.number = async (question) => {
    const tapeMm = await number.call(hall.technician, question);
    return tapeMm > 1000 ? tapeMm + 100 : tapeMm;
  };
  await hall.finish(calibrateRanges(hall.bench, { distancesMm: [500, 1500], readings: 20 }));
  expect(hall.technician.told.filter((line) => line.includes('WARNING'))).toHaveLength(2);
}, 300_000);

test('a sensor that does not see the board is named', async () => {
  hall.emulated.lobby.command({ type: 'sensorFail', sensor: 'frontRight', failed: true });
  await expect(hall.finish(calibrateRanges(hall.bench, { distancesMm: [500, 1500], readings: 20 }))).rejects.toMatchObject({
    code: 'CALIBRATION_IMPLAUSIBLE',
    detail: expect.stringContaining('front right'),
  });
}, 300_000);
