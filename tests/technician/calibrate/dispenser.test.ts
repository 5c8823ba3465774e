import { afterEach, beforeEach, expect, test } from 'vitest';
import { awaitBoard } from '../../../src/technician/calibrate/bench.ts';
import { calibrateDispenser } from '../../../src/technician/calibrate/dispenser.ts';
import { CalibrationHall } from './simulated-technician.ts';

let hall: CalibrationHall;
let id = 0;
const ids = { next: () => ++id };
beforeEach(async () => {
  // Flow meter 3 % above the drawing, a valve that closes in 41 ms.
  hall = new CalibrationHall(9);
  id = 0;
  await hall.finish(awaitBoard(hall.bench));
});
afterEach(() => hall.close());

test('six weighed portions give pulses a litre to 0.5 % and the closing time to 8 ms', async () => {
  const plan = { volumesMl: [100, 150, 200], repeats: 2, waterCelsius: 25, ids };
  const { values } = await hall.finish(calibrateDispenser(hall.bench, plan));
  const { pulsesPerMl, valveClosingMs } = hall.truth.water;
  expect(Math.abs(pulsesPerMl / 5.88 - 1)).toBeGreaterThan(0.02);
  const { flowPulsesPerLitre = 0, valveClosingMs: found = 0 } = values;
  expect(Math.abs(flowPulsesPerLitre / 1000 / pulsesPerMl - 1)).toBeLessThan(0.005);
  // One pulse is 7 ms of full flow.
  expect(Math.abs(found - valveClosingMs)).toBeLessThan(8);
  expect(hall.technician.asked.filter((step) => step === 'cup.grams')).toHaveLength(6);
  expect(hall.technician.told.join('\n')).toMatch(/over 6 portions: \d+ ± \d+ pulses\/L/);
}, 300_000);

test('a cup that was not empty is noticed: nothing is proposed', async () => {
  const plan = { volumesMl: [60], repeats: 2, waterCelsius: 25, ids };
  const { number } = hall.technician;
  let portion = 0;
  hall.technician.number = async (question) => (await number.call(hall.technician, question)) + (++portion === 2 ? 60 : 0);
  await expect(hall.finish(calibrateDispenser(hall.bench, plan))).rejects.toMatchObject({
    code: 'CALIBRATION_IMPLAUSIBLE',
    detail: expect.stringMatching(/one portion gave \d+ pulses\/L/),
  });
}, 300_000);
