import { type SiteConfig, siteSchema } from '../../config/schema.ts';

/** An empty hall with the robot in the middle of it: nothing ever stands in the way. */
export const hall = (sideMm: number): SiteConfig =>
  siteSchema.parse({
    ward: 'cua-nam',
    name: { vi: 'Sảnh', en: 'Hall', ko: '홀' },
    outline: [
      { xMm: 0, yMm: 0 },
      { xMm: sideMm, yMm: 0 },
      { xMm: sideMm, yMm: sideMm },
      { xMm: 0, yMm: sideMm },
    ],
    obstacles: [],
    places: { middle: { xMm: sideMm / 2, yMm: sideMm / 2, headingDeg: 0 } },
    counters: [],
    patrol: [],
    home: 'middle',
  });
