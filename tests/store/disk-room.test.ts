import { existsSync, mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SimulatedClock } from '../../src/core/clock.ts';
import { createIds } from '../../src/core/ids.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { SeededRandom } from '../../src/core/random.ts';
import { Connection } from '../../src/store/connection.ts';
import { openSqlite, type Sqlite } from '../../src/store/database.ts';
import { DiskRoom } from '../../src/store/disk-room.ts';
import { Store, type StoreOptions } from '../../src/store/store.ts';

const kib = 1024;
const clock = new SimulatedClock();
const basics = { clock, ids: createIds(clock, new SeededRandom(3)), logger: silentLogger, outboxLimit: 50 };

function place(): string {
  const path = mkdtempSync(join(tmpdir(), 'letan-room-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return join(path, 'a.sqlite');
}

function open(options: Partial<StoreOptions>): Store {
  const store = Store.open({ ...basics, file: place(), ...options });
  onTestFinished(() => store.close());
  return store;
}

const promise = (key: string, size = 10) => ({ idempotencyKey: key, operation: 'feedback', body: { text: 'x'.repeat(size) } });
const full = { code: 'OUTBOX_FULL' };

describe('room for promises', () => {
  it('is bounded in bytes, with more for what settles a promise', () => {
    const { outbox } = open({ outboxLimitBytes: 10 * kib });
    for (let n = 0; n < 9; n++) outbox.add(promise(`k${n}`, 1000));
    expect(() => outbox.add(promise('much', 2000))).toThrowError(expect.objectContaining(full));
    outbox.add(promise('settles', 2000), 'settling');
    outbox.remove('k0');
    outbox.remove('k1');
    outbox.add(promise('much', 1000));
    expect(outbox.bytes).toBe(7 * 1011 + 2011 + 1011);
  });

  it('ends before the disk does: promises are refused, commits are not, and health says it until there is room', () => {
    const file = place();
    const { bavail, bsize } = statfsSync(join(file, '..'));
    const store = open({ file, disk: { leastFreeBytes: 2 * bavail * bsize, reserveBytes: 0 } });
    expect(store.health).toMatchObject({ status: 'degraded', error: { code: 'STORE_FAILED' } });
    expect(() => store.outbox.ensureRoom()).toThrowError(expect.objectContaining(full));
    store.outbox.add(promise('commit'), 'settling');
    expect(store.outbox.length).toBe(1);
  });

  it('has a reserve of real bytes that is given up when the disk is full, and filled again later', () => {
    const file = place();
    const room = new DiskRoom(file, { leastFreeBytes: 0, reserveBytes: 300 * kib });
    expect(room.relieve()).toBe(false);
    room.refill();
    expect(statSync(`${file}.reserve`).blocks * 512).toBeGreaterThanOrEqual(300 * kib);
    expect(room.trouble()).toBeNull();
    expect(room.relieve()).toBe(true);
    expect(existsSync(`${file}.reserve`)).toBe(false);
    expect(room.trouble()).toContain('reserve');
    room.refill();
    expect(room.trouble()).toBeNull();
  });
});

/** `database`, whose commits and writes fail as on a full disk while `isFull`. */
function filling(database: Sqlite, isFull: () => boolean): Sqlite {
  const fail = () => {
    if (isFull()) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
  };
  return new Proxy(database, {
    get(target, key) {
      if (key === 'exec')
        return (sql: string) => {
          if (sql === 'COMMIT') fail();
          return target.exec(sql);
        };
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('a full disk', () => {
  it('is met once with the reserve, the whole transaction again', () => {
    let isFull = true;
    const database = openSqlite(':memory:');
    onTestFinished(() => {
      database.close();
    });
    const connection = new Connection(
      filling(database, () => isFull),
      () => {
        isFull = false;
        return true;
      },
    );
    let runs = 0;
    connection.transaction(() => {
      runs++;
      connection.run("INSERT INTO counters VALUES ('n', ?)", runs);
    });
    expect(runs).toBe(2);
    expect(database.prepare('SELECT value FROM counters').raw().all()).toEqual([[2]]);
    expect(connection.trouble).toBeNull();
  });

  it('is told and forgotten through the signal when nothing is left in reserve', () => {
    let isFull = false;
    const store = Store.adopt(
      filling(openSqlite(':memory:'), () => isFull),
      basics,
    );
    const seen: string[] = [];
    store.healthChanged.on(({ status }) => seen.push(status));
    const work = () => store.transaction(() => store.outbox.add(promise('one')));
    isFull = true;
    expect(work).toThrowError(expect.objectContaining({ code: 'STORE_FAILED' }));
    expect([store.outbox.length, store.health.status]).toEqual([0, 'degraded']);
    isFull = false;
    work();
    expect([store.outbox.length, store.health.status, seen]).toEqual([1, 'ready', ['degraded', 'ready']]);
  });
});
