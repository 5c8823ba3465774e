import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../src/core/clock.ts';
import { createIds } from '../../src/core/ids.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { SeededRandom } from '../../src/core/random.ts';
import { openSqlite } from '../../src/store/database.ts';
import { Store } from '../../src/store/store.ts';

const clock = new SimulatedClock();
const random = new SeededRandom(11);
const ids = createIds(clock, random);
const options = { clock, ids, logger: silentLogger, outboxLimit: 1000 };
const entries = 150;
const tickets = 100;
const given = 5;
const lease = { leaseId: 'l', serviceId: 's', prefix: 'A', first: 600, last: 699, expiresAtMs: clock.nowMs() + 3_600_000 };
const keyOf = (n: number) => `key-${n}`;
const bodyOf = (n: number) => ({ n, text: 'x'.repeat(380) });

let folder: string;
let good: Buffer;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'letan-salvage-'));
  const file = join(folder, 'good.sqlite');
  const database = openSqlite(file);
  const store = Store.adopt(database, options);
  store.leases.save([lease]);
  store.transaction(() => {
    for (let n = 0; n < tickets; n++) store.journal.record(`ticket-${n}`, { n, text: 'y'.repeat(280) });
    for (let n = 0; n < entries; n++) store.outbox.add({ idempotencyKey: keyOf(n), operation: 'feedback', body: bodyOf(n) });
  });
  for (let n = 0; n < given; n++) {
    const taken = store.leases.take('s');
    store.journal.record(`offline-${n}`, { offlineTicket: taken });
  }
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  good = readFileSync(file);
  database.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a store opened on `bytes` still holds. */
function openDamaged(name: string, bytes: Uint8Array) {
  const place = mkdtempSync(join(folder, `${name}-`));
  const file = join(place, 'a.sqlite');
  writeFileSync(file, bytes);
  const store = Store.open({ ...options, file });
  const kept: { key: string; body: unknown }[] = [];
  for (let after = 0; ; ) {
    const due = store.outbox.due(after, 50);
    if (due.length === 0) break;
    for (const { seq, idempotencyKey, body } of due) {
      kept.push({ key: idempotencyKey, body });
      after = seq;
    }
  }
  const outcome = { health: store.health, kept, journal: store.journal.latest(1000).length, next: store.leases.take('s')?.number ?? null };
  const names = readdirSync(place);
  store.close();
  rmSync(place, { recursive: true });
  return { ...outcome, names };
}

describe('a damaged store', () => {
  it('loses the rows of a broken page and no others, keeps their order, and gives no number twice', { timeout: 60_000 }, () => {
    const pages = good.length / 4096;
    const losses: number[] = [];
    for (let page = 1; page < pages; page++) {
      const bytes = Uint8Array.from(good);
      bytes.fill(0xa5, page * 4096, (page + 1) * 4096);
      const { health, kept, journal, next, names } = openDamaged(`page${page}`, bytes);
      expect(health.status).not.toBe('faulty');
      if (health.status === 'ready') continue;
      expect(names.filter((name) => /\.broken-[0-9A-Z]{26}$/.test(name))).toHaveLength(1);
      expect(names.some((name) => /salvage|\.new/.test(name))).toBe(false);
      losses.push(entries - kept.length + tickets + given - journal);
      const numbers = kept.map(({ key }) => Number(key.slice('key-'.length)));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      for (const { key, body } of kept) expect(body).toEqual(bodyOf(Number(key.slice('key-'.length))));
      expect(next === null || Number(next.slice(1)) >= lease.first + given).toBe(true);
    }
    // Ten rows of 400 bytes in 4,096; the root of a table alone takes the whole table with it.
    expect(losses.length).toBeGreaterThan(25);
    expect(losses.filter((lost) => lost > 12).length).toBeLessThanOrEqual(2);
  });

  it('gives leased numbers on where all of them were read, from the next one', () => {
    const bytes = Uint8Array.from(good);
    // Only an index is broken: the page of sqlite_autoindex_outbox_1's root is the first index page of the file.
    const index = Array.from({ length: good.length / 4096 }, (_, page) => page).find(
      (page) => page > 0 && [0x0a, 0x02].includes(good[page * 4096] ?? 0),
    );
    bytes.fill(0xa5, (index ?? 0) * 4096, ((index ?? 0) + 1) * 4096);
    const { health, kept, journal, next } = openDamaged('index', bytes);
    expect(health.status).toBe('degraded');
    expect([kept.length, journal, next]).toEqual([entries, tickets + given, 'A605']);
  });

  it('is taken up where a power cut met the exchange of the two files', () => {
    const place = mkdtempSync(join(folder, 'cut-'));
    writeFileSync(join(place, 'a.sqlite.new'), good);
    const store = Store.open({ ...options, file: join(place, 'a.sqlite') });
    expect([store.health.status, store.outbox.length]).toEqual(['ready', entries]);
    store.close();
  });

  it('keeps three broken files, and says which it deleted', () => {
    const place = mkdtempSync(join(folder, 'many-'));
    const file = join(place, 'a.sqlite');
    const said: unknown[] = [];
    const logger = Object.assign(Object.create(silentLogger), { error: (...words: unknown[]) => said.push(words[0]) });
    const asides = () => readdirSync(place).filter((name) => name.includes('.broken-'));
    let first: string | undefined;
    for (let n = 0; n < 4; n++) {
      for (const part of ['-wal', '-shm']) rmSync(file + part, { force: true });
      writeFileSync(file, `no database ${n} `.repeat(1000));
      Store.open({ ...options, logger, file }).close();
      first ??= asides()[0];
      clock.advance(1000);
    }
    expect(asides()).toHaveLength(3);
    expect(asides()).not.toContain(first);
    expect(said.at(-1)).toMatchObject({ forgotten: [first] });
  });
});
