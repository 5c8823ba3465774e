import { afterAll, expect, test } from 'vitest';
import { buildSeparation, type Variant } from '../../bench/separation/program.ts';

const separation = buildSeparation();
afterAll(() => separation.dispose());

const firmware: Variant = { speed: 'capped', marginMm: 500, topMmS: 500 };

test('the robot is never moving at a contact that physics allowed to avoid', { timeout: 120_000 }, async () => {
  const outcome = await separation.run(1, 300, firmware);
  expect({ violations: outcome.violations, seed: outcome.firstViolation }).toEqual({ violations: 0, seed: 0 });
  // The scenarios ask something of it: people reach it, and sensors fail.
  expect(outcome.stood).toBeGreaterThan(20);
  expect(outcome.failing).toBeGreaterThan(20);
});

test('with its speed cap ignored it is, and the bench says so', { timeout: 120_000 }, async () => {
  const outcome = await separation.run(1, 150, { ...firmware, speed: 'uncapped' });
  expect(outcome.violations).toBeGreaterThan(10);
  expect(outcome.firstViolation).toBeGreaterThan(0);
});

test('a seed repeats its scenario', { timeout: 60_000 }, async () => {
  expect(await separation.run(42, 5, firmware)).toEqual(await separation.run(42, 5, firmware));
});
