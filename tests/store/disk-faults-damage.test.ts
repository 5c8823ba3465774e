import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../src/core/clock.ts';
import { LetanError } from '../../src/core/errors.ts';
import { type Random, SeededRandom } from '../../src/core/random.ts';
import type { Store } from '../../src/store/store.ts';
import { collector } from './power-cut/campaign.ts';
import type { Files } from './power-cut/disk.ts';
import { makeOperations } from './power-cut/operations.ts';
import { connectionOf, openStore, perform, storeName } from './power-cut/perform.ts';
import { makeScratch, readFolder, writeFolder } from './power-cut/recorder.ts';

const pageBytes = 4096;
const wal = `${storeName}-wal`;
let scratch: string;
beforeAll(() => {
  scratch = makeScratch();
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Files of a store that worked for a while: as a crash leaves them, with a WAL, and with all of it in the one file. */
function makeFiles(): { crashed: Files; whole: Files } {
  const folder = mkdtempSync(join(scratch, 'worked-'));
  const store = openStore(folder, new SimulatedClock());
  for (const operation of makeOperations(11, 220, 'd')) {
    if (operation.kind === 'reopen') continue;
    try {
      perform(store, operation);
    } catch {
      // OUTBOX_FULL and tickets that break: part of the workload.
    }
  }
  const crashed = readFolder(folder);
  connectionOf(store).exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const whole = new Map([...readFolder(folder)].filter(([, bytes]) => bytes.length > 0));
  store.close();
  return { crashed, whole };
}

type Damage = (bytes: Buffer, random: Random) => Buffer;
const below = (random: Random, limit: number) => Math.floor(random.next() * limit);
const changed = (bytes: Buffer, change: (copy: Buffer) => void): Buffer => {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
};
const noise = (copy: Buffer, from: number, to: number, random: Random) => {
  for (let at = from; at < to; at++) copy[at] = below(random, 256);
};

const damages: Record<string, Damage> = {
  'one bit': (bytes, random) =>
    changed(bytes, (copy) => {
      const at = below(random, copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << below(random, 8));
    }),
  'forty bytes': (bytes, random) =>
    changed(bytes, (copy) => {
      for (let n = 0; n < 40; n++) copy[below(random, copy.length)] = below(random, 256);
    }),
  'a header': (bytes, random) => changed(bytes, (copy) => noise(copy, below(random, 100), 100, random)),
  'a page of noise': (bytes, random) =>
    changed(bytes, (copy) => {
      const from = below(random, copy.length / pageBytes) * pageBytes;
      noise(copy, from, Math.min(copy.length, from + pageBytes), random);
    }),
  'a page of zeros': (bytes, random) =>
    changed(bytes, (copy) => {
      const from = below(random, copy.length / pageBytes) * pageBytes;
      copy.fill(0, from, from + pageBytes);
    }),
  'two pages swapped': (bytes, random) =>
    changed(bytes, (copy) => {
      const [a, b] = [below(random, copy.length / pageBytes) * pageBytes, below(random, copy.length / pageBytes) * pageBytes];
      bytes.copy(copy, a, b, b + pageBytes);
      bytes.copy(copy, b, a, a + pageBytes);
    }),
  truncated: (bytes, random) => bytes.subarray(0, below(random, bytes.length)),
  'truncated to pages': (bytes, random) => bytes.subarray(0, below(random, bytes.length / pageBytes) * pageBytes),
  'replaced by text': () => Buffer.from('not a database at all, but a page of words. '.repeat(200)),
  'replaced by noise': (bytes, random) => changed(bytes, (copy) => noise(copy, 0, copy.length, random)),
  'all zeros': (bytes) => Buffer.alloc(bytes.length),
};

/** Everything that a robot asks of its store. Tells whether the store failed anything, and every error that nobody above expects. */
function exercise(store: Store): { failed: boolean; surprises: string[] } {
  const surprises: string[] = [];
  let failed = false;
  const attempt = (what: string, work: () => unknown) => {
    try {
      work();
    } catch (error) {
      const code = error instanceof LetanError ? error.code : null;
      if (code === 'STORE_FAILED') failed = true;
      else if (code !== 'OUTBOX_FULL' && code !== 'CANCELLED') surprises.push(`${what}: ${error}`.slice(0, 200));
    }
  };
  attempt('journal.unsettled', () => store.journal.unsettled());
  attempt('journal.latest', () => store.journal.latest(50));
  attempt('cache.get', () => store.cache.get('hours'));
  attempt('outbox.refusedCount', () => store.outbox.refusedCount);
  attempt('leases.remaining', () => store.leases.remaining('residence'));
  for (const operation of makeOperations(5, 40, 'e'))
    if (operation.kind !== 'reopen') attempt(operation.kind, () => perform(store, operation));
  return { failed, surprises };
}

/** The files that were set aside, under the names that they had. */
function setAside(folder: string): Files {
  const files = readdirSync(folder).filter((name) => name.includes('.broken-') && !name.endsWith('-shm'));
  return new Map(files.map((name) => [name.replace(/\.broken-[0-9A-Z]{26}/, ''), readFileSync(join(folder, name))]));
}

/** Opens the damaged files as the robot would; returns how the store came up and what went wrong with that. */
function meet(folder: string, files: Files): { status: string; faults: string[] } {
  writeFolder(folder, files);
  const store = openStore(folder, new SimulatedClock());
  const { health } = store;
  const faults: string[] = [];
  if (health.status === 'faulty') faults.push(`opened as faulty: ${health.error.detail}`);
  if (health.status === 'degraded') {
    const aside = setAside(folder);
    for (const [name, bytes] of files) if (!aside.get(name)?.equals(bytes)) faults.push(`${name} was not kept as it was`);
  }
  const { failed, surprises } = exercise(store);
  faults.push(...surprises);
  if (failed && health.status === 'degraded') faults.push('the new store fails');
  if (failed && store.health.status === 'ready') faults.push('fails, and calls itself ready');
  store.close();
  rmSync(folder, { recursive: true, force: true });
  return { status: health.status, faults };
}

describe('a damaged file', () => {
  const rounds = 30;
  it(`of ${rounds} a kind never crashes the robot; where it is seen it is kept aside unchanged, and a new one works`, {
    timeout: 120_000,
  }, async () => {
    const { crashed, whole } = makeFiles();
    // With a WAL the file itself hardly matters: SQLite brings its pages into it.
    const places = [
      { start: whole, target: storeName },
      { start: crashed, target: storeName },
      { start: crashed, target: wal },
    ];
    const random = new SeededRandom(21);
    const collect = collector();
    const seen: Record<string, number> = {};
    const faults: string[] = [];
    for (const [name, damage] of Object.entries(damages)) {
      for (let round = 0; round < rounds; round++) {
        const { start, target } = places[round % places.length] ?? { start: whole, target: storeName };
        const files = new Map([...start].map(([file, bytes]) => [file, file === target ? damage(bytes, random) : bytes]));
        const met = meet(join(scratch, `${name}-${round}`), files);
        if (met.status === 'degraded') seen[name] = (seen[name] ?? 0) + 1;
        faults.push(...met.faults.map((fault) => `${name}, round ${round}, ${target}: ${fault}`));
      }
      await collect();
    }
    expect(faults).toEqual([]);
    // What cannot be taken for a database is always seen where there is no WAL to mend it.
    expect(seen).toMatchObject({ 'replaced by text': rounds / 3, 'replaced by noise': rounds / 3, 'all zeros': rounds / 3 });
  });

  it('whose text is no UTF-8 does not end the process', () => {
    const { whole } = makeFiles();
    const file = changed(whole.get(storeName) ?? Buffer.alloc(0), (copy) => {
      for (let at = copy.indexOf('xxxxxxxx'); at >= 0; at = copy.indexOf('xxxxxxxx', at + 200)) copy[at] = 0xff;
    });
    expect(meet(join(scratch, 'text'), new Map([[storeName, file]]))).toEqual({ status: 'degraded', faults: [] });
  });
});
