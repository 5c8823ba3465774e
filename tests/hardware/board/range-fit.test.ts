import { expect, test } from 'vitest';
import { fitRange } from '../../../hardware/board/range-fit.ts';

test('a sensor 50 mm behind the shell that reads 20 mm short: 30 mm too far in all', () => {
  const fit = fitRange([
    { tapeMm: 500, readingsMm: [520, 540, 530] },
    { tapeMm: 1500, readingsMm: [1530, 1530, 1530] },
  ]);
  expect(fit.offsetMm).toBeCloseTo(-30, 9);
  expect(fit.scale).toBeCloseTo(1, 9);
  expect(fit.noiseMm).toBeCloseTo(10, 9);
});

test('a sensor that stretches shows in the scale, in whichever order it was measured', () => {
  const { scale } = fitRange([
    { tapeMm: 1500, readingsMm: [1575] },
    { tapeMm: 500, readingsMm: [525] },
  ]);
  expect(scale).toBeCloseTo(1000 / 1050, 9);
});

test('one distance is not enough', () => {
  expect(() => fitRange([{ tapeMm: 500, readingsMm: [520] }])).toThrow(RangeError);
  expect(() => fitRange([1, 2].map(() => ({ tapeMm: 500, readingsMm: [520] })))).toThrow(RangeError);
});
