import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../../src/core/random.ts';
import { campaign } from './campaign.ts';
import { SimulatedDisk } from './disk.ts';
import { storeSubject } from './store-subject.ts';
import type { DiskRecord } from './trace.ts';

/** 35 s on a shared two-core machine, where the ten thousand of `run.ts` take 65; a loaded one may take several times that. */
const timeout = 300_000;

describe('a power cut', () => {
  it('of 5,000 loses nothing that the store acknowledged, halves nothing, and the store always opens', { timeout }, async () => {
    const tally = await campaign(storeSubject, { cuts: 5_000, seed: 1, synchronous: 'full', cutsPerRun: 1250 });
    expect(tally).toMatchObject({ cuts: 5_000, lost: 0, cutsThatLost: 0, broken: [] });
    // The cuts fell everywhere: on average after many operations, and often between a commit and its acknowledgement.
    expect(tally.acknowledged).toBeGreaterThan(50 * tally.cuts);
    expect(tally.ahead).toBeGreaterThan(tally.cuts / 20);
  });

  it('loses acknowledged operations with synchronous=NORMAL, and the same 500 cuts show it', { timeout }, async () => {
    const tally = await campaign(storeSubject, { cuts: 500, seed: 1, synchronous: 'normal', cutsPerRun: 500 });
    expect(tally.broken).toEqual([]);
    expect(tally.cutsThatLost).toBeGreaterThan(50);
  });
});

describe('the simulated disk', () => {
  const sectors = (...fills: string[]) => Buffer.concat(fills.map((fill) => Buffer.alloc(512, fill)));
  const open = (fd: number, name: string, created = true): DiskRecord => ({
    kind: 'open',
    fd,
    name,
    created,
    emptied: false,
    directory: false,
  });
  const write = (fd: number, offset: number, bytes: Buffer): DiskRecord => ({ kind: 'write', fd, offset, bytes });
  const folder: DiskRecord = { kind: 'open', fd: 9, name: '', created: false, emptied: false, directory: true };
  const sync = (fd: number): DiskRecord => ({ kind: 'sync', fd });

  function outcomes(...records: DiskRecord[]): Set<string> {
    const disk = new SimulatedDisk(new Map([['a', sectors('a', 'a')]]));
    for (const record of records) disk.apply(record);
    const random = new SeededRandom(3);
    const shape = (bytes: Buffer) => {
      const fills = Array.from({ length: Math.ceil(bytes.length / 512) }, (_, at) => new Set(bytes.subarray(at * 512, at * 512 + 512)));
      return fills.map((fill) => (fill.size > 1 ? '?' : String.fromCharCode([...fill][0] || 48))).join('');
    };
    return new Set(
      Array.from({ length: 3000 }, () =>
        [...disk.cut(random)]
          .map(([name, bytes]) => `${name}=${shape(bytes)}`)
          .sort()
          .join(' '),
      ),
    );
  }

  it('keeps, loses, tears and garbles what was not synced, and touches nothing beside it', () => {
    expect(outcomes(open(1, 'a', false), write(1, 512, sectors('b', 'c')))).toEqual(
      new Set(['a=aa', 'a=ab', 'a=aa0', 'a=ab0', 'a=aac', 'a=abc', 'a=a?', 'a=a?0', 'a=a?c', 'a=aa?', 'a=ab?', 'a=a??']),
    );
  });

  it('keeps what was synced, also what a later truncation only would have taken', () => {
    expect(outcomes(open(1, 'a', false), write(1, 0, sectors('b')), sync(1))).toEqual(new Set(['a=ba']));
    expect(outcomes(open(1, 'a', false), sync(1), { kind: 'truncate', fd: 1, size: 512 })).toEqual(new Set(['a=aa', 'a=a']));
  });

  it('believes in a name when its folder was synced, or, on a journaled disk, any file', () => {
    const made = [open(1, 'b'), write(1, 0, sectors('b'))];
    expect(outcomes(...made, sync(1))).toEqual(new Set(['a=aa', 'a=aa b=b']));
    expect(outcomes(...made, sync(1), folder, sync(9))).toEqual(new Set(['a=aa b=b']));
    const moved: DiskRecord[] = [
      { kind: 'rename', from: 'a', to: 'c' },
      { kind: 'unlink', name: 'b' },
    ];
    expect(outcomes(...made, sync(1), folder, sync(9), ...moved)).toEqual(new Set(['a=aa b=b', 'b=b c=aa', 'c=aa', 'a=aa']));
  });
});
