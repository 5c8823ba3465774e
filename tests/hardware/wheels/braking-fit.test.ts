import { expect, test } from 'vitest';
import { coveringBraking, fitBraking, safeSpeedMmS, stoppingDistanceMm } from '../../../hardware/wheels/braking-fit.ts';

/** 0.09 s and 700 mm/s2: 150 -> 13.5 + 16.07, 300 -> 27 + 64.29, 450 -> 40.5 + 144.64 mm. */
const stops = [
  { speedMmS: 150, distanceMm: 29.571 },
  { speedMmS: 300, distanceMm: 91.286 },
  { speedMmS: 450, distanceMm: 185.143 },
];

test('three exact stops give back delay and deceleration', () => {
  const fit = fitBraking(stops);
  expect(fit.brakingMmS2).toBeCloseTo(700, 1);
  expect(fit.brakingDelayMs).toBeCloseTo(90, 1);
  expect(fit.worstDeviation).toBeLessThan(1e-4);
});

test('noise of 2 %: other speeds foretold within 3 %', () => {
  const noisy = stops.flatMap((stop) => [0.98, 1.02, 1].map((share) => ({ ...stop, distanceMm: stop.distanceMm * share })));
  const fit = fitBraking(noisy);
  // 400 * 0.09 + 400^2 / 1400 = 150.29 mm; at 200: 18 + 28.57.
  expect(Math.abs(stoppingDistanceMm(400, fit) / 150.29 - 1)).toBeLessThan(0.03);
  expect(Math.abs(stoppingDistanceMm(200, fit) / 46.57 - 1)).toBeLessThan(0.03);
  expect(fit.worstDeviation).toBeGreaterThan(0.015);
});

test('rounded for the robot file no measured stop is longer than foretold', () => {
  const noisy = [...stops, { speedMmS: 300, distanceMm: 96 }];
  const written = coveringBraking(fitBraking(noisy), noisy);
  expect(Number.isInteger(written.brakingMmS2) && Number.isInteger(written.brakingDelayMs)).toBe(true);
  for (const { speedMmS, distanceMm } of noisy) {
    const foretoldMm = (speedMmS * written.brakingDelayMs) / 1000 + speedMmS ** 2 / 2 / written.brakingMmS2;
    expect(foretoldMm).toBeGreaterThanOrEqual(distanceMm - 1e-9);
  }
});

test('brakes quicker than the noise: never a delay below zero', () => {
  const fit = fitBraking([
    { speedMmS: 150, distanceMm: 7.5 },
    { speedMmS: 300, distanceMm: 32 },
    { speedMmS: 450, distanceMm: 74 },
  ]);
  expect(fit.brakingDelayMs).toBe(0);
  // v^2/2s: 1500, 1406, 1368.
  expect(fit.brakingMmS2).toBeGreaterThan(1350);
  expect(fit.brakingMmS2).toBeLessThan(1510);
});

test('one speed alone, or stops that do not lengthen, are refused', () => {
  expect(() => fitBraking([stops[0], stops[0]].flatMap((stop) => stop ?? []))).toThrow(RangeError);
  expect(() => fitBraking([1, 2, 3].map((n) => ({ speedMmS: n * 150, distanceMm: n * 30 - n * n })))).toThrow(RangeError);
});

test('the worked example of the facts: 0.3 m/s, 90 ms, 0.5 m/s2 needs 117 mm', () => {
  expect(stoppingDistanceMm(300, { brakingMmS2: 500, brakingDelayMs: 90 })).toBeCloseTo(117, 6);
  expect(safeSpeedMmS(117, { brakingMmS2: 500, brakingDelayMs: 90 })).toBeCloseTo(300, 6);
  expect(safeSpeedMmS(-1, { brakingMmS2: 500, brakingDelayMs: 90 })).toBe(0);
});
