import { describe, expect, test } from 'vitest';
import { LobbyPlant } from '../../../simulators/lobby/plant.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { FakePins } from './fake-pins.ts';
import { exactTruth, hall } from './site.ts';

function unit(options: Partial<ConstructorParameters<typeof LobbyPlant>[0]>) {
  const pins = new FakePins();
  const plant = new LobbyPlant({ site: hall, random: new SeededRandom(11), ...options });
  plant.attach(pins);
  return { pins, plant, tape: () => plant.snapshot().tape };
}

describe('a fresh unit', () => {
  const truths = Array.from({ length: 200 }, (_, seed) => unit({ freshUnit: true, random: new SeededRandom(seed) }).plant.truth);
  const spans = {
    left: [0.99, 1.01, truths.map(({ drive }) => drive.leftScale)],
    right: [0.99, 1.01, truths.map(({ drive }) => drive.rightScale)],
    track: [396, 404, truths.map(({ drive }) => drive.trackMm)],
    flow: [5.88 * 0.92, 5.88 * 1.08, truths.map(({ water }) => water.pulsesPerMl)],
    closing: [20, 100, truths.map(({ water }) => water.valveClosingMs)],
    frontLeft: [-60, 60, truths.map(({ ranges }) => ranges.frontLeftMm)],
    frontRight: [-60, 60, truths.map(({ ranges }) => ranges.frontRightMm)],
  } as const;
  test.each(Object.entries(spans))('%s fills its span and stays within it', (_name, [lowest, highest, values]) => {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    expect(least).toBeGreaterThanOrEqual(lowest);
    expect(most).toBeLessThanOrEqual(highest);
    expect(most - least).toBeGreaterThan(0.9 * (highest - lowest));
  });

  test('reads its ranges wrong by what it is off', () => {
    const { pins, plant } = unit({ freshUnit: true, random: new SeededRandom(3) });
    plant.command({ type: 'addPerson', id: 'p', xMm: 4000, yMm: 5000 });
    pins.runMs(2000);
    const cm = pins.uart.filter(({ usart }) => usart === 2).map(({ bytes }) => (bytes[2] ?? 0) + 256 * (bytes[3] ?? 0));
    const meanMm = (10 * cm.reduce((sum, value) => sum + value, 0)) / cm.length;
    const trueMm = plant.snapshot().rays.find(({ sensor }) => sensor === 'frontLeft')?.distanceMm ?? 0;
    expect(Math.abs(plant.truth.ranges.frontLeftMm)).toBeGreaterThan(5);
    expect(Math.abs(meanMm - trueMm - plant.truth.ranges.frontLeftMm)).toBeLessThan(1.5);
  });
});

test('a calibrated unit fits the shipped robot file', () => {
  const { drive, water, ranges } = unit({}).plant.truth;
  expect(Math.abs(drive.leftScale - 1)).toBeLessThanOrEqual(0.002);
  expect(Math.abs(drive.trackMm - 400)).toBeLessThanOrEqual(2);
  expect(water).toEqual({ pulsesPerMl: 5.88, valveClosingMs: 60 });
  expect(ranges).toEqual({ frontLeftMm: 0, frontRightMm: 0 });
});

test('put down somewhere: the tape measures from there, in its frame', () => {
  const { pins, plant, tape } = unit({ driveTruth: exactTruth });
  expect(plant.command({ type: 'placeRobot', xMm: 6000, yMm: 4000, headingDeg: 90 })).toBe(true);
  expect(tape().fromMark).toEqual({ xMm: 0, yMm: 0, headingDeg: 0 });
  pins.drive('motorEnable', true);
  pins.duty(0.5, 0.4);
  pins.runMs(2000);
  const { robot } = plant.snapshot();
  // A quarter turn: ahead of the mark is north, to its left is west.
  expect(tape().fromMark.xMm).toBeCloseTo(robot.yMm - 4000, 6);
  expect(tape().fromMark.yMm).toBeCloseTo(6000 - robot.xMm, 6);
  expect(tape().fromMark.headingDeg).toBeCloseTo((robot.headingRad * 180) / Math.PI - 90, 6);
  expect(tape().fromMark.headingDeg).toBeLessThan(-5);
});

test('nobody lifts a moving robot, or puts it into a wall', () => {
  const { pins, plant } = unit({});
  expect(plant.command({ type: 'placeRobot', xMm: 200, yMm: 4000, headingDeg: 0 })).toBe(false);
  pins.drive('motorEnable', true);
  pins.duty(0.5, 0.5);
  pins.runMs(100);
  expect(plant.command({ type: 'placeRobot', xMm: 6000, yMm: 4000, headingDeg: 0 })).toBe(false);
});

test('the tape from the shell to the wall ahead', () => {
  const { plant, tape } = unit({});
  plant.command({ type: 'placeRobot', xMm: 20_000 - 250 - 500, yMm: 5000, headingDeg: 0 });
  expect(tape().aheadMm).toBeCloseTo(500, 6);
});

test('the cup holds what was poured since it was put there', () => {
  const { pins, plant } = unit({});
  const pour = () => {
    pins.drive('valve', true);
    pins.runMs(2000);
    pins.drive('valve', false);
    pins.runMs(500);
    return plant.snapshot().water;
  };
  const first = pour();
  expect(first.cupMl).toBeGreaterThan(30);
  expect(first.cupMl).toBeCloseTo(first.pouredMl, 9);
  plant.command({ type: 'cup', present: false });
  plant.command({ type: 'cup', present: true });
  expect(plant.snapshot().water.cupMl).toBe(0);
  const second = pour();
  expect(second.cupMl).toBeCloseTo(second.pouredMl - first.pouredMl, 9);
});
