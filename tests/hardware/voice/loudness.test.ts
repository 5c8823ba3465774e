import { expect, it } from 'vitest';
import { volumeAt } from '../../../hardware/voice/loudness.ts';

const loudness = {
  volumePercent: 80,
  quieter: [
    { from: '11:30', to: '13:00', volumePercent: 40 },
    { from: '22:00', to: '06:00', volumePercent: 0 },
    { from: '12:00', to: '12:30', volumePercent: 60 },
  ],
};

// The ward's time is UTC+7, typed as UTC by hand: 04:30 UTC is 11:30 there.
it.each([
  ['2026-01-05T01:00:00Z', 80, '08:00'],
  ['2026-01-05T04:29:59Z', 80, 'a second before 11:30'],
  ['2026-01-05T04:30:00Z', 40, '11:30'],
  ['2026-01-05T05:00:00Z', 60, '12:00: the later entry wins'],
  ['2026-01-05T05:30:00Z', 40, '12:30'],
  ['2026-01-05T06:00:00Z', 80, '13:00: the end is no longer in it'],
  ['2026-01-05T14:59:00Z', 80, '21:59'],
  ['2026-01-05T15:00:00Z', 0, '22:00'],
  ['2026-01-05T17:00:00Z', 0, 'midnight'],
  ['2026-01-05T22:59:00Z', 0, '05:59'],
  ['2026-01-05T23:00:00Z', 80, '06:00'],
])('%s is %i percent (%s)', (at, percent) => {
  expect(volumeAt(loudness, Date.parse(at))).toBe(percent);
});
