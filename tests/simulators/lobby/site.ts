import type { SiteConfig } from '../../../config/schema.ts';

/** An empty hall of 20 x 10 m with one pillar; the robot starts at (2000, 5000) looking along +x. */
export const hall: SiteConfig = {
  ward: 'test',
  name: { vi: 'Thử', en: 'Test', ko: '시험' },
  outline: [
    { xMm: 0, yMm: 0 },
    { xMm: 20_000, yMm: 0 },
    { xMm: 20_000, yMm: 10_000 },
    { xMm: 0, yMm: 10_000 },
  ],
  obstacles: [{ name: 'pillar', xMm: 15_000, yMm: 8000, widthMm: 500, heightMm: 500 }],
  places: { home: { xMm: 2000, yMm: 5000, headingDeg: 0 } },
  counters: [{ counter: 1, xMm: 19_000, yMm: 9000 }],
  patrol: [],
  papers: { ticket: 'ticket.yaml', receipt: 'receipt.yaml' },
  home: 'home',
};

/** A unit exactly as drawn. */
export const exactTruth = { leftScale: 1, rightScale: 1, trackMm: 400 };
