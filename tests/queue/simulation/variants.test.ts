import { describe, expect, it } from 'vitest';
import { invariants } from './observer.ts';
import { simulate } from './simulation.ts';
import { brokenVariants } from './variants.ts';

const seeds = 400;

describe('what is broken on purpose is noticed', () => {
  it.each(Object.entries(brokenVariants))('%s', { timeout: 120_000 }, async (_name, variant) => {
    const noticed = new Set<string>();
    for (let seed = 1; seed <= seeds && variant.breaks !== null && !noticed.has(variant.breaks); seed++) {
      const { violations } = await simulate(seed, { variant });
      for (const { invariant } of violations) noticed.add(invariant);
    }
    expect([...noticed]).toContain(variant.breaks);
  });

  it('every invariant has a variant that breaks it', () => {
    const broken = new Set(Object.values(brokenVariants).map(({ breaks }) => breaks));
    expect(invariants.filter((invariant) => !broken.has(invariant))).toEqual([]);
  });
});
