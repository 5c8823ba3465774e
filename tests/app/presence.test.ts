import { expect, it } from 'vitest';
import { PresenceDetector } from '../../src/app/presence.ts';
import { SimulatedClock } from '../../src/core/clock.ts';

/** Feeds one range every 50 ms for `ms` and collects the changes with their time. */
function feed(detector: PresenceDetector, clock: SimulatedClock, rangeMm: number | null, ms: number): string[] {
  const changes: string[] = [];
  for (let passed = 0; passed < ms; passed += 50) {
    const change = detector.update(rangeMm);
    if (change) changes.push(`${change}@${passed}`);
    clock.advance(50);
  }
  return changes;
}

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
  expect(feed(detector, clock, null, 3900)).toEqual([]);
  expect(feed(detector, clock, 800, 100)).toEqual([]);
  expect(feed(detector, clock, 1700, 6000)).toEqual(['left@4000']);
});
