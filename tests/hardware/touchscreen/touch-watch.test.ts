import { describe, expect, it } from 'vitest';
import { TouchWatch } from '../../../hardware/touchscreen/touch-watch.ts';
import { SeededRandom } from '../../../src/core/random.ts';

const range = { minX: 0, maxX: 1599, minY: 0, maxY: 899 };

/** Fingers on a panel of 1600 x 900 units: cells of the watch are 100 x 100. */
class Glass {
  nowMs = 0;
  readonly watch = new TouchWatch(range);
  private id = 0;

  tap(x: number, y: number, holdMs = 80, pauseMs = 200): void {
    this.id = (this.id + 1) % 10;
    const contactId = this.id;
    this.watch.observe([{ contactId, x, y }], this.nowMs);
    this.nowMs += holdMs;
    this.watch.observe([], this.nowMs);
    this.nowMs += pauseMs;
  }

  get kinds(): string[] {
    return this.watch.suspicions(this.nowMs).map(({ kind }) => kind);
  }
}

describe('ghost touches', () => {
  it('ten touches of 29 ms at one spot within ten seconds; nine are not enough', () => {
    const glass = new Glass();
    for (let n = 0; n < 9; n += 1) glass.tap(400 + n, 300, 29, 500);
    expect(glass.kinds).toEqual([]);
    glass.tap(400, 305, 29, 0);
    expect(glass.watch.suspicions(glass.nowMs)).toEqual([{ kind: 'ghostTouch', x: 400, y: 305 }]);
  });

  it('a finger that drums as fast as it can is none', () => {
    const glass = new Glass();
    for (let n = 0; n < 500; n += 1) glass.tap(400, 300, 40, 40);
    expect(glass.kinds).toEqual([]);
  });

  it('short touches all over the panel, or slowly one after the other, are none', () => {
    const glass = new Glass();
    for (let n = 0; n < 60; n += 1) glass.tap((n % 8) * 200, (n % 5) * 200, 10, 20);
    for (let n = 0; n < 60; n += 1) glass.tap(800, 450, 10, 1200);
    expect(glass.kinds).toEqual([]);
  });

  it('is over a minute after the last flicker', () => {
    const glass = new Glass();
    for (let n = 0; n < 10; n += 1) glass.tap(400, 300, 10, 20);
    const lastMs = glass.nowMs - 20;
    expect(glass.watch.suspicions(lastMs + 59_999)).toHaveLength(1);
    expect(glass.watch.suspicions(lastMs + 60_000)).toEqual([]);
  });

  it('a touch that rests for a minute, trembling included; a finger that moves is none', () => {
    const glass = new Glass();
    const still = { contactId: 0, x: 100, y: 100 };
    for (let ms = 0; ms < 60_000; ms += 1000) {
      const trembling = { ...still, x: 100 + ((ms / 1000) % 5) };
      glass.watch.observe([trembling, { contactId: 1, x: (ms / 10) % 1600, y: 500 }], ms);
      expect(glass.watch.isStuck(0, ms)).toBe(false);
    }
    expect(glass.watch.isStuck(0, 60_000)).toBe(true);
    expect(glass.watch.isStuck(1, 60_000)).toBe(false);
    expect(glass.watch.suspicions(60_000)).toEqual([{ kind: 'ghostTouch', x: 100, y: 100 }]);
  });
});

describe('dead zones', () => {
  /** People who touch everywhere, `dead` excepted. */
  function use(glass: Glass, touches: number, dead: (x: number, y: number) => boolean, random = new SeededRandom(5)): string[] {
    const found = new Set<string>();
    for (let n = 0; n < touches; n += 1) {
      const [x, y] = [Math.floor(random.next() * 1600), Math.floor(random.next() * 900)];
      if (dead(x, y)) continue;
      glass.tap(x, y);
      for (const kind of glass.kinds) found.add(kind);
    }
    return [...found];
  }
  const hole = (x: number, y: number) => x >= 700 && x < 800 && y >= 400 && y < 500;
  const strip = (x: number) => x >= 700 && x < 800;

  it('a sound panel has none after 40,000 touches', () => {
    const glass = new Glass();
    expect(use(glass, 40_000, () => false)).toEqual([]);
  });

  it('a hole is found once each neighbour took a hundred touches, not at ninety-nine', () => {
    const glass = new Glass();
    for (let n = 0; n < 99; n += 1)
      for (const [x, y] of [
        [650, 450],
        [850, 450],
        [750, 350],
        [750, 550],
      ] as const)
        glass.tap(x, y);
    expect(glass.kinds).toEqual([]);
    for (const [x, y] of [
      [650, 450],
      [850, 450],
      [750, 350],
      [750, 550],
    ] as const)
      glass.tap(x, y);
    expect(glass.watch.suspicions(glass.nowMs)).toEqual([{ kind: 'deadZone', x: 750, y: 450 }]);
    glass.tap(750, 450);
    expect(glass.kinds).toEqual([]);
  });

  it('a hole and a strip that come later are found where people used to touch', () => {
    for (const dead of [hole, strip]) {
      const glass = new Glass();
      expect(use(glass, 8000, () => false)).toEqual([]);
      use(glass, 8000, dead, new SeededRandom(6));
      const [found] = glass.watch.suspicions(glass.nowMs);
      expect(found?.kind).toBe('deadZone');
      expect(found && dead(found.x, found.y)).toBe(true);
    }
  });

  it('a page that leaves a row and a margin without anything to touch is no dead zone', () => {
    const glass = new Glass();
    expect(use(glass, 40_000, (x, y) => (y >= 200 && y < 300) || x < 100 || y < 100)).toEqual([]);
  });
});
