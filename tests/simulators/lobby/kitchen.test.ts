import { expect, test } from 'vitest';
import { LobbyPlant } from '../../../simulators/lobby/plant.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { FakePins } from './fake-pins.ts';
import { hall } from './site.ts';

function lobby(options: Partial<ConstructorParameters<typeof LobbyPlant>[0]> = {}) {
  const pins = new FakePins();
  const plant = new LobbyPlant({ site: hall, random: new SeededRandom(3), ...options });
  plant.attach(pins);
  return { pins, plant, water: () => plant.snapshot().water, snack: () => plant.snapshot().snack };
}

test('open six seconds: full flow after delay and ramp, pulses measure the volume', () => {
  const { pins, water } = lobby();
  pins.drive('valve', true);
  pins.runMs(6000);
  pins.drive('valve', false);
  pins.runMs(500);
  // 50 ms dead, a ramp of 100 ms worth 50 ms of full flow, 60 ms run-on.
  const expectedMl = 25 * (6 - 0.05 - 0.05 + 0.06);
  expect(Math.abs(water().pouredMl - expectedMl)).toBeLessThan(0.2);
  expect(Math.abs(pins.rises('flowMeter').length - water().pouredMl * 5.88)).toBeLessThanOrEqual(1);
  expect(water().flowMlS).toBe(0);
  expect(water().tankMl).toBeCloseTo(5000 - water().pouredMl, 6);
});

test('closing runs on for 60 ms: about 1.5 mL', () => {
  const { pins, water } = lobby();
  pins.drive('valve', true);
  pins.runMs(3000);
  const atCloseMl = water().pouredMl;
  pins.drive('valve', false);
  pins.runMs(1000);
  expect(Math.abs(water().pouredMl - atCloseMl - 1.5)).toBeLessThan(0.06);
});

test('a valve opened for less than its delay passes nothing', () => {
  const { pins, water } = lobby();
  pins.drive('valve', true);
  pins.runMs(40);
  pins.drive('valve', false);
  pins.runMs(500);
  expect(water().pouredMl).toBe(0);
  expect(pins.rises('flowMeter')).toEqual([]);
});

test('a stuck valve lets water through whatever it is told', () => {
  const { pins, plant, water } = lobby();
  plant.command({ type: 'valveStuck', open: true });
  pins.runMs(1000);
  expect(Math.abs(water().pouredMl - 25 * 0.95)).toBeLessThan(0.3);
  expect(water().valveOpen).toBe(false);
  plant.command({ type: 'valveStuck', open: false });
  const beforeMl = water().pouredMl;
  pins.runMs(1000);
  expect(water().pouredMl).toBe(beforeMl);
});

test('the tank empties: float first, then no more flow', () => {
  const { pins, plant, water } = lobby({ tankMl: 150 });
  expect(pins.level('tankEmpty')).toBe(false);
  pins.drive('valve', true);
  pins.runMs(2000);
  expect(pins.level('tankEmpty')).toBe(true);
  pins.runMs(8000);
  expect(water().tankMl).toBe(0);
  expect(water().pouredMl).toBeCloseTo(150, 6);
  plant.command({ type: 'fillTank' });
  expect(pins.level('tankEmpty')).toBe(false);
});

test('without a cup the water wets the tray', () => {
  const { pins, plant, water } = lobby({ autoCup: false });
  expect(pins.level('cup')).toBe(true);
  pins.drive('valve', true);
  pins.runMs(1000);
  expect(water().spilledMl).toBeCloseTo(water().pouredMl, 9);
  expect(pins.level('leak')).toBe(false);
  plant.command({ type: 'cup', present: true });
  expect(pins.level('cup')).toBe(false);
});

test('one turn of the spiral: leaves home, drops one snack through the beam for 60 ms, comes home at two seconds', () => {
  const { pins, snack } = lobby({ snackStock: 2 });
  expect(pins.level('snackHome')).toBe(false);
  pins.drive('snackMotor', true);
  pins.runMs(1000);
  expect(pins.level('snackHome')).toBe(true);
  expect(pins.level('snackBeam')).toBe(true);
  // Released at 0.9 turn = 1800 ms, 150 ms to fall.
  pins.runMs(980);
  expect(pins.level('snackBeam')).toBe(false);
  pins.runMs(20);
  expect(pins.level('snackHome')).toBe(false);
  pins.drive('snackMotor', false);
  pins.runMs(200);
  expect(pins.level('snackBeam')).toBe(true);
  expect(snack()).toMatchObject({ stock: 1, dropped: 1, turning: false });
});

test('an empty column turns and drops nothing', () => {
  const { pins, snack } = lobby({ snackStock: 0 });
  pins.drive('snackMotor', true);
  pins.runMs(4000);
  expect(pins.trace.some(({ leg, high }) => leg === 'B6' && !high)).toBe(false);
  expect(snack().dropped).toBe(0);
});
