import { afterEach, beforeEach, expect, test } from 'vitest';
import { awaitBoard, configureBoard } from '../../../src/technician/calibrate/bench.ts';
import { calibrateBraking } from '../../../src/technician/calibrate/braking.ts';
import { CalibrationHall } from './simulated-technician.ts';

let hall: CalibrationHall;
const mark = { xMm: 2500, yMm: 2200, headingDeg: 0 };
beforeEach(async () => {
  // Motors with a lag of 92 ms instead of 80, and 5 % faster than drawn.
  hall = new CalibrationHall(9);
  hall.technician.mark = mark;
  await hall.finish(awaitBoard(hall.bench));
});
afterEach(() => hall.close());

/** Where the robot truly is, which only the lobby knows. */
const place = () => hall.emulated.lobby.snapshot().robot;

/** Longest true way to standstill from `speedMmS`, over the phases of the firmware's 10 ms control. */
async function longestStopMm(speedMmS: number): Promise<number> {
  const drive = (mmS: number, validMs: number) =>
    void hall.link.request({ name: 'drive', leftMmS: mmS, rightMmS: mmS, validMs }, { tries: 1 }).catch(() => {});
  const waysMm: number[] = [];
  for (const phaseMs of [0, 4, 8]) {
    hall.emulated.lobby.command({ type: 'placeRobot', ...mark });
    const cancel = hall.emulated.clock.every(50, () => drive(speedMmS, 200));
    await hall.emulated.run(speedMmS * 2 + 1400);
    cancel();
    await hall.emulated.run(20 + phaseMs);
    const from = place();
    expect(Math.abs((from.leftMmS + from.rightMmS) / 2 / speedMmS - 1)).toBeLessThan(0.02);
    drive(0, 20);
    await hall.emulated.run(1200);
    const to = place();
    expect(Math.abs(to.leftMmS) + Math.abs(to.rightMmS)).toBe(0);
    waysMm.push(Math.hypot(to.xMm - from.xMm, to.yMm - from.yMm));
  }
  return Math.max(...waysMm);
}

test('stops from 150, 300 and 450 mm/s foretell the longest true stop from other speeds to 3 %, and the cap fits the visibility', async () => {
  const plan = { speedsMmS: [150, 300, 450], runs: 2, visibilityMm: 570 };
  const { values } = await hall.finish(calibrateBraking(hall.bench, plan));
  const { brakingMmS2 = 0, brakingDelayMs = 0, speedCapMmS = 0 } = values;
  const foretoldMm = (v: number) => (v * brakingDelayMs) / 1000 + v ** 2 / (2 * brakingMmS2);
  await hall.finish(configureBoard(hall.bench, { speedCapMmS: 600 }));
  for (const speedMmS of [200, 400]) {
    expect(Math.abs(foretoldMm(speedMmS) / (await longestStopMm(speedMmS)) - 1), `${speedMmS} mm/s`).toBeLessThan(0.03);
  }
  // 570 mm seen, 450 mm kept: 120 mm to stop in, and 10 mm/s more would not do.
  expect(foretoldMm(speedCapMmS)).toBeLessThanOrEqual(120);
  expect(foretoldMm(speedCapMmS + 10)).toBeGreaterThan(120);
  expect(hall.technician.told.join('\n')).toMatch(new RegExp(`At ${speedCapMmS} mm/s it stops in \\d+ mm`));
}, 300_000);

test('somebody in the way: no result, and the board has its own cap back', async () => {
  hall.emulated.lobby.command({ type: 'addPerson', id: 'bystander', xMm: mark.xMm + 1700, yMm: mark.yMm });
  const plan = { speedsMmS: [450, 300], runs: 1, visibilityMm: 1000 };
  await expect(hall.finish(calibrateBraking(hall.bench, plan))).rejects.toMatchObject({ code: 'WHEELS_BLOCKED' });
  hall.emulated.lobby.command({ type: 'removePerson', id: 'bystander' });
  hall.emulated.lobby.command({ type: 'placeRobot', ...mark });
  const cancel = hall.emulated.clock.every(50, () => {
    void hall.link.request({ name: 'drive', leftMmS: 500, rightMmS: 500, validMs: 200 }, { tries: 1 }).catch(() => {});
  });
  await hall.emulated.run(2500);
  cancel();
  // The robot file's cap, not the one of the measurement.
  expect((place().leftMmS + place().rightMmS) / 2).toBeLessThan(420);
  expect((place().leftMmS + place().rightMmS) / 2).toBeGreaterThan(380);
}, 300_000);
