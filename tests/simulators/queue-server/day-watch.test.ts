import { expect, it } from 'vitest';
import { DayWatch } from '../../../simulators/queue-server/day-watch.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';

it('tells the largest turn of the clock since the last look, also where it was not asked for long', () => {
  // Begins on a Monday at 08:00 in Vietnam.
  const clock = new SimulatedClock();
  const watch = new DayWatch(clock);
  const after = (ms: number) => {
    clock.advance(ms);
    return watch.look();
  };
  const minuteMs = 60_000;
  expect(after(0)).toBe('nothing');
  expect(after(minuteMs - 1)).toBe('nothing');
  expect(after(1)).toBe('minute');
  expect(after(58 * minuteMs)).toBe('minute');
  expect(after(minuteMs)).toBe('hour');
  expect(after(90 * minuteMs)).toBe('hour');
  expect(after(13.5 * 60 * minuteMs - 1)).toBe('hour');
  expect(after(1)).toBe('day');
  expect(after(0)).toBe('nothing');
  expect(after(49 * 60 * minuteMs)).toBe('day');
});
