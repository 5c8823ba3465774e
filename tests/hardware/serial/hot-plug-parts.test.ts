import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/core/random.ts';
import { boardPart } from '../../bench/hotplug/board-part.ts';
import { type Cycles, cycle, noCycles, plugIn } from '../../bench/hotplug/cycle.ts';
import type { HotPart } from '../../bench/hotplug/part.ts';
import { printerPart } from '../../bench/hotplug/printer-part.ts';
import { readerPart } from '../../bench/hotplug/reader-part.ts';
import { scannerPart } from '../../bench/hotplug/scanner-part.ts';

// The bench `hotplug`, shortened: real terminals, the released firmware, work in progress when the cable comes off.
const folder = mkdtempSync(join(tmpdir(), 'letan-parts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const openFiles = () => readdirSync('/proc/self/fd').length;

/** What every part is at rest: plugged in and ready. */
const held = (parts: readonly HotPart[]) => ({ files: openFiles(), listeners: parts.map((part) => part.listeners()) });

async function cycles(parts: readonly HotPart[], count: number, seed: number): Promise<Cycles[]> {
  return Promise.all(
    parts.map(async (part, index) => {
      const random = new SeededRandom(seed + index);
      const seen = noCycles();
      for (let n = 0; n < count; n += 1) await cycle(part, random, seen);
      return seen;
    }),
  );
}

it('twenty unplugs of each part in random states leave no file and no listener behind', { timeout: 280_000 }, async () => {
  const surroundings = { folder, random: new SeededRandom(5) };
  const parts = [printerPart(surroundings), scannerPart(surroundings), readerPart(surroundings), await boardPart(surroundings)];
  try {
    await Promise.all(parts.map(plugIn));
    // The first ones load what is loaded when needed.
    await cycles(parts, 2, 1);
    const before = held(parts);
    const seen = await cycles(parts, 20, 100);
    await expect.poll(() => held(parts), { timeout: 10_000 }).toEqual(before);
    expect(seen.map(({ works }) => works.size)).toEqual(parts.map(({ works }) => works.length));
    expect(seen.map(({ knownMs, readyMs }) => [knownMs.length, readyMs.length])).toEqual(parts.map(() => [20, 20]));
  } finally {
    for (const part of parts) await part.close();
  }
});
