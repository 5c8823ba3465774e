import { expect, it } from 'vitest';
import { furnitureRange, PresenceDetector } from '../../src/app/presence.ts';
import { SimulatedClock } from '../../src/core/clock.ts';

/** Feeds one range every 50 ms for `ms` and collects the changes with their time. */
function feed(
  detector: PresenceDetector,
  clock: SimulatedClock,
  rangeMm: number | null,
  ms: number,
  furnitureMm = Number.POSITIVE_INFINITY,
): string[] {
  const changes: string[] = [];
  for (let passed = 0; passed < ms; passed += 50) {
    const change = detector.update(rangeMm, furnitureMm);
    if (change) changes.push(`${change}@${passed}`);
    clock.advance(50);
  }
  return changes;
}

const room = {
  outline: [
    { xMm: 0, yMm: 0 },
    { xMm: 10_000, yMm: 0 },
    { xMm: 10_000, yMm: 7000 },
    { xMm: 0, yMm: 7000 },
  ],
  obstacles: [{ name: 'pillar', xMm: 4800, yMm: 3000, widthMm: 400, heightMm: 400 }],
};

it('greets who stays, not who passes', () => {
  const clock = new SimulatedClock();
  const detector = new PresenceDetector(clock, 1300);
  expect(feed(detector, clock, 900, 450)).toEqual([]);
  expect(feed(detector, clock, null, 1000)).toEqual([]);
  expect(feed(detector, clock, 1299, 1000)).toEqual(['near@500']);
});

it('keeps a visitor who steps back a little or aside for a moment', () => {
  const clock = new SimulatedClock();
  const detector = new PresenceDetector(clock, 1300);
  feed(detector, clock, 800, 1000);
  expect(feed(detector, clock, 1650, 10_000)).toEqual([]);
  expect(feed(detector, clock, null, 1400)).toEqual([]);
  expect(feed(detector, clock, 800, 100)).toEqual([]);
  expect(feed(detector, clock, 1700, 6000)).toEqual(['left@1500']);
});

it('greets no wall, but somebody before a wall', () => {
  const clock = new SimulatedClock();
  const detector = new PresenceDetector(clock, 1300);
  expect(feed(detector, clock, 1000, 5000, 1050)).toEqual([]);
  expect(feed(detector, clock, 600, 5000, 1050)).toEqual(['near@500']);
});

it('knows what the empty lobby looks like from anywhere', () => {
  expect(furnitureRange(room)({ xMm: 1000, yMm: 1000, headingRad: Math.PI })).toBeCloseTo(800, 0);
  // Straight at the pillar's west face from 1 m: the sensor is 200 mm ahead of the middle.
  expect(furnitureRange(room)({ xMm: 3800, yMm: 3200, headingRad: 0 })).toBeCloseTo(800, 0);
  expect(furnitureRange(room)({ xMm: 3800, yMm: 5000, headingRad: 0 })).toBeGreaterThan(5900);
});
