import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SimulatedClock } from '../../src/core/clock.ts';
import { createIds } from '../../src/core/ids.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { SeededRandom } from '../../src/core/random.ts';
import { openSqlite } from '../../src/store/database.ts';
import { Store } from '../../src/store/store.ts';

const clock = new SimulatedClock();
const ids = createIds(clock, new SeededRandom(7));

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'letan-store-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function open(file: string, limits = { outboxLimit: 5, journalLimit: 4 }): Store {
  const store = Store.open({ file, clock, ids, logger: silentLogger, ...limits });
  onTestFinished(() => store.close());
  return store;
}

const note = (key: string) => ({ idempotencyKey: key, operation: 'feedback', body: { key } });
const codeOf = (work: () => unknown) => {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
};

describe('a store', () => {
  it('is as safe as SQLite can be', () => {
    const database = openSqlite(join(folder(), 'a.sqlite'));
    onTestFinished(() => {
      database.close();
    });
    const pragma = (name: string) => database.prepare(`PRAGMA ${name}`).raw().get();
    expect(pragma('journal_mode')).toEqual(['wal']);
    // 2 is FULL.
    expect(pragma('synchronous')).toEqual([2]);
  });

  it('has everything back when opened again without having been closed', () => {
    const file = join(folder(), 'deep', 'a.sqlite');
    const first = open(file);
    first.outbox.add(note('one'));
    first.outbox.add(note('two'));
    first.outbox.remove('one');
    first.leases.save([{ leaseId: 'l1', serviceId: 's', prefix: 'A', first: 600, last: 602, expiresAtMs: clock.nowMs() + 1000 }]);
    expect(first.leases.take('s')).toEqual({ leaseId: 'l1', number: 'A600' });
    first.journal.record('t1', { number: 'A600' });
    expect([first.counter('dispense').next(), first.counter('dispense').next(), first.counter('other').next()]).toEqual([1, 2, 1]);
    expect([5, 3, 1000].map((atLeast) => first.counter('timed').next(atLeast))).toEqual([5, 6, 1000]);
    expect(first.seenCalls.markNew('c1', 2)).toBe(true);
    first.cache.set('services', ['x']);

    const second = open(file);
    expect(second.health).toEqual({ status: 'ready' });
    expect(second.outbox.first()).toMatchObject({ idempotencyKey: 'two', operation: 'feedback', body: { key: 'two' } });
    expect(second.leases.take('s')).toEqual({ leaseId: 'l1', number: 'A601' });
    expect(second.leases.remaining('s')).toBe(1);
    expect(second.journal.unsettled()).toEqual([{ ticketId: 't1', state: 'reserved', ticket: { number: 'A600' } }]);
    expect(second.counter('dispense').next()).toBe(3);
    expect([second.seenCalls.markNew('c1', 2), second.seenCalls.markNew('c1', 1), second.seenCalls.markNew('c1', 3)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(second.cache.get('services')).toEqual(['x']);
  });

  it('keeps a broken file aside and goes on with a new one', () => {
    const place = folder();
    const file = join(place, 'a.sqlite');
    writeFileSync(file, 'this is no database, and long enough that SQLite looks at it '.repeat(100));
    const store = open(file);
    expect(store.health).toMatchObject({ status: 'degraded', error: { code: 'STORE_FAILED' } });
    expect(readdirSync(place).some((name) => /^a\.sqlite\.broken-[0-9A-Z]{26}$/.test(name))).toBe(true);
    store.outbox.add(note('one'));
    expect(open(file).outbox.length).toBe(1);
  });

  it('promises nothing where nothing can be written, and does not crash', () => {
    const place = folder();
    const blocked = join(place, 'file-in-the-way');
    writeFileSync(blocked, '');
    const store = open(join(blocked, 'a.sqlite'));
    expect(store.health).toMatchObject({ status: 'faulty', error: { code: 'STORE_FAILED' } });
    expect(codeOf(() => store.outbox.add(note('one')))).toBe('OUTBOX_FULL');
    expect(store.seenCalls.markNew('c', 1)).toBe(true);
  });

  it('leaves a good file alone when it only cannot be opened now', () => {
    const place = folder();
    mkdirSync(join(place, 'a.sqlite'));
    expect(open(join(place, 'a.sqlite')).health.status).toBe('faulty');
    expect(readdirSync(place)).toEqual(['a.sqlite']);
  });

  it('writes several things whole or not at all', () => {
    const store = open(join(folder(), 'a.sqlite'));
    const work = () =>
      store.transaction(() => {
        store.outbox.add(note('one'));
        store.seenCalls.markNew('c', 1);
        throw new RangeError('half way');
      });
    expect(work).toThrow(RangeError);
    expect([store.outbox.length, store.seenCalls.markNew('c', 1)]).toEqual([0, true]);
  });
});

describe('the outbox', () => {
  it('takes a key once and gives entries in order', () => {
    const { outbox } = open(join(folder(), 'a.sqlite'));
    for (const key of ['b', 'a', 'b']) outbox.add(note(key));
    expect(outbox.length).toBe(2);
    expect(outbox.first()?.idempotencyKey).toBe('b');
    outbox.remove('b');
    expect(outbox.first()?.idempotencyKey).toBe('a');
  });

  it('refuses new promises at its limit, drops nothing, and still settles', () => {
    const { outbox } = open(join(folder(), 'a.sqlite'));
    for (let n = 0; n < 5; n++) outbox.add(note(`k${n}`));
    expect(codeOf(() => outbox.add(note('k5')))).toBe('OUTBOX_FULL');
    for (let n = 0; n < 200; n++) outbox.add(note(`s${n}`), 'settling');
    expect(codeOf(() => outbox.add(note('s200'), 'settling'))).toBe('OUTBOX_FULL');
    expect(outbox.first()?.idempotencyKey).toBe('k0');
  });
});

describe('leases and journal', () => {
  it('gives each number once, and none after the lease’s end', () => {
    const { leases } = open(join(folder(), 'a.sqlite'));
    const lease = { leaseId: 'l', serviceId: 's', prefix: 'B', first: 8, last: 10, expiresAtMs: clock.nowMs() + 1000 };
    leases.save([lease]);
    const taken = [leases.take('s'), leases.take('s')];
    leases.save([lease]);
    expect([...taken, leases.take('s'), leases.take('s')].map((given) => given?.number)).toEqual(['B008', 'B009', 'B010', undefined]);
    leases.save([{ ...lease, leaseId: 'm', expiresAtMs: clock.nowMs() }]);
    expect(leases.take('s')).toBeNull();
  });

  it('keeps the last tickets only, and every one that is not settled', () => {
    const { journal } = open(join(folder(), 'a.sqlite'));
    const kept = () => journal.latest(10).map((entry) => entry.ticketId);
    for (const id of ['a', 'b', 'c', 'd', 'e']) journal.record(id, {});
    expect(kept()).toEqual(['e', 'd', 'c', 'b', 'a']);
    for (const id of ['a', 'c']) journal.settle(id, 'voided');
    expect(journal.get('c')?.state).toBe('voided');
    journal.record('f', {});
    expect(kept()).toEqual(['f', 'e', 'd', 'c', 'b']);
    expect(journal.unsettled().map((entry) => entry.ticketId)).toEqual(['b', 'd', 'e', 'f']);
    expect(journal.get('a')).toBeNull();
  });
});
