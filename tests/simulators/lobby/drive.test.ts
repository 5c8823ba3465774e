import { expect, test } from 'vitest';
import { LobbyPlant } from '../../../simulators/lobby/plant.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { FakePins } from './fake-pins.ts';
import { exactTruth, hall } from './site.ts';

function lobby(driveTruth = exactTruth, seed = 1) {
  const pins = new FakePins();
  const plant = new LobbyPlant({ site: hall, random: new SeededRandom(seed), driveTruth });
  plant.attach(pins);
  return { pins, plant, robot: () => plant.snapshot().robot };
}

test('half duty settles at 400 mm/s after a first-order start of 80 ms', () => {
  const { pins, robot } = lobby();
  pins.drive('motorEnable', true);
  pins.duty(0.5, 0.5);
  pins.runMs(5);
  const begun = pins.cycles;
  pins.runMs(80);
  expect(pins.cycles - begun).toBe(80 * 16_000);
  // One time constant: 1 - 1/e of the way; the world notices a new duty within one step of 5 ms.
  expect(robot().leftMmS).toBeGreaterThan(400 * (1 - Math.exp(-80 / 80)) - 1);
  expect(robot().leftMmS).toBeLessThan(400 * (1 - Math.exp(-86 / 80)) + 1);
  pins.runMs(2000);
  expect(robot().leftMmS).toBeCloseTo(400, 1);
});

test('a straight run: distance, pulses and pulse spacing agree', () => {
  const { pins, robot } = lobby();
  pins.drive('motorEnable', true);
  pins.duty(0.5, 0.5);
  pins.runMs(5000);
  const wayMm = robot().xMm - 2000;
  // v(t - tau) in the long run, started within one step.
  expect(wayMm).toBeGreaterThan(400 * (5 - 0.08 - 0.006));
  expect(wayMm).toBeLessThan(400 * (5 - 0.08) + 1);
  expect(robot().yMm).toBeCloseTo(5000, 6);
  expect(Math.abs(pins.encoderPulses('Left') - wayMm * 1.91)).toBeLessThanOrEqual(1);
  expect(pins.encoderPulses('Right')).toBe(pins.encoderPulses('Left'));
  const rises = pins.rises('encoderLeftA').slice(-100);
  const expectedGap = 16_000_000 / (400 * 1.91);
  for (const [index, cycle] of rises.entries()) {
    const before = rises[index - 1];
    if (before !== undefined) expect(Math.abs(cycle - before - expectedGap)).toBeLessThan(3);
  }
});

test('backwards counts down', () => {
  const { pins, robot } = lobby();
  pins.drive('motorEnable', true);
  pins.drive('motorLeftReverse', true);
  pins.drive('motorRightReverse', true);
  pins.duty(0.25, 0.25);
  pins.runMs(3000);
  const wayMm = robot().xMm - 2000;
  expect(wayMm).toBeLessThan(-560);
  expect(Math.abs(pins.encoderPulses('Left') - wayMm * 1.91)).toBeLessThanOrEqual(1);
});

test('there and back leaves the count where it began', () => {
  const { pins, robot } = lobby();
  pins.drive('motorEnable', true);
  for (const reverse of [false, true]) {
    pins.drive('motorLeftReverse', reverse);
    pins.drive('motorRightReverse', reverse);
    pins.duty(0.3, 0.3);
    pins.runMs(2000);
    pins.duty(0, 0);
    pins.runMs(1500);
  }
  expect(robot().leftMmS).toBe(0);
  expect(Math.abs(pins.encoderPulses('Left') - (robot().xMm - 2000) * 1.91)).toBeLessThanOrEqual(1);
});

test('turning on the spot: heading follows the difference of the wheels over the track', () => {
  const { pins, robot } = lobby();
  pins.drive('motorEnable', true);
  pins.drive('motorLeftReverse', true);
  pins.duty(0.1, 0.1);
  pins.runMs(3000);
  const turnRad = (pins.encoderPulses('Right') - pins.encoderPulses('Left')) / 1910 / 0.4;
  expect(turnRad).toBeGreaterThan(1);
  expect(Math.abs(robot().headingRad - turnRad)).toBeLessThan(0.004);
  expect(robot().xMm).toBeCloseTo(2000, 6);
  expect(robot().yMm).toBeCloseTo(5000, 6);
});

test('an arc ends where the circle says', () => {
  const { pins, robot } = lobby();
  pins.drive('motorEnable', true);
  pins.duty(0.2, 0.3);
  pins.runMs(4000);
  const { xMm, yMm, headingRad } = robot();
  // Wheel speeds in the ratio 2:3 all the time: radius = track/2 * (3+2)/(3-2) = 1000 mm.
  expect(xMm).toBeCloseTo(2000 + 1000 * Math.sin(headingRad), 1);
  expect(yMm).toBeCloseTo(5000 + 1000 * (1 - Math.cos(headingRad)), 1);
  expect(headingRad).toBeGreaterThan(0.7);
});

test('cutting the bridge brakes from 400 mm/s within v^2/2a', () => {
  const { pins, robot } = lobby();
  pins.drive('motorEnable', true);
  pins.duty(0.5, 0.5);
  pins.runMs(3000);
  const fromMm = robot().xMm;
  pins.drive('motorEnable', false);
  pins.runMs(400 / 2.5 + 2);
  expect(robot().leftMmS).toBe(0);
  const wayMm = robot().xMm - fromMm;
  const expectedMm = 400 ** 2 / (2 * 2500);
  expect(Math.abs(wayMm - expectedMm)).toBeLessThan(400 * 0.002);
});

test('a unit off its drawing drifts, and its encoders do not show it', () => {
  const { pins, robot } = lobby({ leftScale: 0.998, rightScale: 1.002, trackMm: 400 });
  pins.drive('motorEnable', true);
  pins.duty(0.5, 0.5);
  pins.runMs(5000);
  expect(pins.encoderPulses('Left')).toBe(pins.encoderPulses('Right'));
  const wayMm = robot().xMm - 2000;
  expect(robot().headingRad).toBeCloseTo((0.004 * wayMm) / 400, 3);
});

test('a person in the way stops the robot at contact and opens the bumper on her side', () => {
  const { pins, plant, robot } = lobby();
  expect(plant.command({ type: 'addPerson', id: 'p', xMm: 4000, yMm: 5200 })).toBe(true);
  pins.drive('motorEnable', true);
  pins.duty(0.5, 0.5);
  pins.runMs(6000);
  expect(pins.level('bumperLeft')).toBe(true);
  expect(pins.level('bumperRight')).toBe(false);
  const gapMm = Math.hypot(4000 - robot().xMm, 5200 - robot().yMm) - 470;
  expect(gapMm).toBeGreaterThanOrEqual(0);
  expect(gapMm).toBeLessThan(0.5);
  expect(robot().leftMmS).toBe(0);
  pins.drive('motorEnable', false);
  pins.runMs(301);
  expect(pins.level('bumperLeft')).toBe(false);
});

test('a wall straight ahead presses both halves; backing off is free', () => {
  const { pins, robot } = lobby();
  pins.drive('motorEnable', true);
  pins.drive('motorLeftReverse', true);
  pins.drive('motorRightReverse', true);
  pins.duty(0.5, 0.5);
  pins.runMs(6000);
  expect(robot().xMm).toBeGreaterThanOrEqual(250);
  expect(robot().xMm).toBeLessThan(250.5);
  pins.drive('motorLeftReverse', false);
  pins.drive('motorRightReverse', false);
  pins.runMs(1000);
  expect(robot().xMm).toBeGreaterThan(500);
});
