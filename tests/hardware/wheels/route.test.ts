import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { siteSchema } from '../../../config/schema.ts';
import { findRoute } from '../../../hardware/wheels/route.ts';

const site = siteSchema.parse(parse(readFileSync(new URL('../../../config/sites/cua-nam.yaml', import.meta.url), 'utf8')));
const radiusMm = 280;
type Point = { xMm: number; yMm: number };

/** Distance from the nearest wall or obstacle of the rectangular lobby, by its plain definition. */
function clearance({ xMm, yMm }: Point): number {
  const walls = Math.min(xMm, yMm, 10_000 - xMm, 7000 - yMm);
  const solids = site.obstacles.map((o) =>
    Math.hypot(Math.max(o.xMm - xMm, 0, xMm - o.xMm - o.widthMm), Math.max(o.yMm - yMm, 0, yMm - o.yMm - o.heightMm)),
  );
  return Math.min(walls, ...solids);
}

function narrowest(path: readonly Point[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let leg = 1; leg < path.length; leg++) {
    const [a, b] = [path[leg - 1], path[leg]];
    if (!a || !b) continue;
    for (let t = 0; t <= 1; t += 0.005)
      least = Math.min(least, clearance({ xMm: a.xMm + t * (b.xMm - a.xMm), yMm: a.yMm + t * (b.yMm - a.yMm) }));
  }
  return least;
}

const lengthOf = (path: readonly Point[]): number =>
  path
    .slice(1)
    .reduce((sum, point, index) => sum + Math.hypot(point.xMm - (path[index]?.xMm ?? 0), point.yMm - (path[index]?.yMm ?? 0)), 0);

describe('findRoute', () => {
  it('goes straight where nothing is in the way', () => {
    const to = { xMm: 3000, yMm: 1800 };
    expect(findRoute(site, { xMm: 1000, yMm: 1000 }, to, radiusMm)).toEqual([to]);
  });

  it('goes round the pillar with the radius kept, and not far round', () => {
    const from = { xMm: 3000, yMm: 3200 };
    const to = { xMm: 7000, yMm: 3200 };
    const route = findRoute(site, from, to, radiusMm);
    expect(route?.at(-1)).toEqual(to);
    const path = [from, ...(route ?? [])];
    expect(narrowest(path)).toBeGreaterThanOrEqual(radiusMm);
    expect(lengthOf(path)).toBeLessThan(4300);
  });

  it('joins every pair of places of the site file', () => {
    for (const from of Object.values(site.places)) {
      for (const to of Object.values(site.places)) {
        const route = findRoute(site, from, to, radiusMm);
        expect(route?.at(-1)).toMatchObject({ xMm: to.xMm, yMm: to.yMm });
        if (from !== to) expect(narrowest([from, ...(route ?? [])])).toBeGreaterThanOrEqual(radiusMm);
      }
    }
  });

  it('keeps the radius between any two free points of the lobby', () => {
    const free = fc
      .record({ xMm: fc.integer({ min: 280, max: 9720 }), yMm: fc.integer({ min: 280, max: 6720 }) })
      .filter((point) => clearance(point) > radiusMm + 1);
    let found = 0;
    fc.assert(
      fc.property(free, free, (from, to) => {
        const route = findRoute(site, from, to, radiusMm);
        // The strips beside the counters are free points, but the counters' corners with their slack may close them.
        if (route === null) return;
        found++;
        expect(route.at(-1)).toEqual(to);
        expect(narrowest([from, ...route])).toBeGreaterThanOrEqual(radiusMm - 1);
      }),
      { numRuns: 100 },
    );
    expect(found).toBeGreaterThan(80);
  });

  it('finds no way into a closed-off corner or outside', () => {
    const plan = { outline: site.outline, obstacles: [{ xMm: 0, yMm: 2000, widthMm: 9600, heightMm: 200 }] };
    expect(findRoute(plan, { xMm: 1000, yMm: 1000 }, { xMm: 1000, yMm: 5000 }, radiusMm)).toBeNull();
    expect(findRoute(plan, { xMm: 1000, yMm: 1000 }, { xMm: 11_000, yMm: 1000 }, radiusMm)).toBeNull();
    expect(
      findRoute(
        { ...plan, obstacles: [{ xMm: 0, yMm: 2000, widthMm: 9300, heightMm: 200 }] },
        { xMm: 1000, yMm: 1000 },
        { xMm: 1000, yMm: 5000 },
        radiusMm,
      ),
    ).not.toBeNull();
  });

  it('leaves and reaches places that stand closer than the radius', () => {
    const tight = { xMm: 150, yMm: 3000 };
    const open = { xMm: 3000, yMm: 3000 };
    expect(findRoute(site, tight, open, radiusMm)).toEqual([open]);
    expect(findRoute(site, open, tight, radiusMm)).toEqual([tight]);
  });

  it('turns the inner corner of an L-shaped lobby', () => {
    const outline = [
      { xMm: 0, yMm: 0 },
      { xMm: 6000, yMm: 0 },
      { xMm: 6000, yMm: 2000 },
      { xMm: 2000, yMm: 2000 },
      { xMm: 2000, yMm: 6000 },
      { xMm: 0, yMm: 6000 },
    ];
    const route = findRoute({ outline, obstacles: [] }, { xMm: 5000, yMm: 1500 }, { xMm: 1500, yMm: 5000 }, radiusMm);
    expect(route).toHaveLength(2);
    const corner = route?.[0];
    expect(Math.hypot((corner?.xMm ?? 0) - 2000, (corner?.yMm ?? 0) - 2000)).toBeGreaterThanOrEqual(radiusMm);
  });
});
