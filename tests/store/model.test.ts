import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../src/core/clock.ts';
import { createIds } from '../../src/core/ids.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { SeededRandom } from '../../src/core/random.ts';
import { openSqlite, type Sqlite } from '../../src/store/database.ts';
import { Store } from '../../src/store/store.ts';

const limit = 6;
const hourMs = 3_600_000;
/** What a flipped bit may leave of a text. */
const nonsense = ['', '{', 'null', '[]', '"x"', '{"offlineTicket":7}', '\u0000'];

/** Outbox, leases, journal and commands as their documentation has them. */
interface Model {
  outbox: { key: string; lane: string | null; waitsUntilMs: number; spoiled: boolean }[];
  refused: number;
  leases: Map<string, { next: number; last: number; expiresAtMs: number }>;
  journal: Map<string, string>;
  done: Map<string, number>;
  /** The latest time that the store was told. */
  latestMs: number;
}

interface Real {
  database: Sqlite;
  clock: SettableClock;
  store: Store;
}

class SettableClock extends SimulatedClock {
  setMs = 0;
  override nowMs(): number {
    return super.nowMs() + this.setMs;
  }
}

const openOn = (database: Sqlite, clock: SettableClock): Store =>
  Store.adopt(database, { clock, ids: createIds(clock, new SeededRandom(1)), logger: silentLogger, outboxLimit: limit });

type Step = fc.Command<Model, Real>;
const step = (name: string, run: (model: Model, real: Real) => void): Step => ({ check: () => true, run, toString: () => name });

const threw = (work: () => void): boolean => {
  try {
    work();
    return false;
  } catch {
    return true;
  }
};

/** Of each lane the first, and nothing whose pause is not over. */
const dueOf = ({ outbox }: Model, nowMs: number): string[] =>
  outbox
    .filter(({ lane, waitsUntilMs }, index) => {
      const first = lane === null || outbox.findIndex((other) => other.lane === lane) === index;
      return first && (waitsUntilMs <= nowMs || waitsUntilMs > nowMs + hourMs);
    })
    .map(({ key }) => key);

const add = (key: string, lane: string | null) =>
  step(`add ${key} in ${lane}`, (model, { store }) => {
    const entry = { idempotencyKey: key, operation: 'feedback', body: { key }, ...(lane === null ? {} : { lane }) };
    expect(threw(() => store.outbox.add(entry))).toBe(model.outbox.length >= limit);
    if (model.outbox.length < limit && !model.outbox.some((other) => other.key === key))
      model.outbox.push({ key, lane, waitsUntilMs: 0, spoiled: false });
  });

const onEntry = (name: string, run: (model: Model, real: Real, key: string) => void) => (place: number) =>
  step(`${name} ${place}`, (model, real) => {
    const entry = model.outbox[place % Math.max(1, model.outbox.length)];
    if (entry) run(model, real, entry.key);
  });

const drop = (model: Model, key: string) => {
  model.outbox = model.outbox.filter((entry) => entry.key !== key);
};

const remove = onEntry('remove', (model, { store }, key) => {
  store.outbox.remove(key);
  drop(model, key);
});

const spoil = (text: string) =>
  onEntry(`spoil to ${JSON.stringify(text)}`, (model, { database }, key) => {
    database.prepare('UPDATE outbox SET body = ? WHERE idempotencyKey = ?').run(text, key);
    const readable = !threw(() => JSON.parse(text));
    // Marked; it leaves when it is its turn and cannot be read.
    const entry = model.outbox.find((one) => one.key === key);
    if (entry) entry.spoiled = !readable;
  });

const lookAtOutbox = step('look at the outbox', (model, { store, clock }) => {
  for (const pass of [0, 1]) {
    const spoiled = dueOf(model, clock.nowMs()).filter((key) => model.outbox.find((entry) => entry.key === key)?.spoiled);
    const due = store.outbox.due(0, limit).map((entry) => entry.idempotencyKey);
    expect([pass, due]).toEqual([pass, dueOf(model, clock.nowMs()).filter((key) => !spoiled.includes(key))]);
    for (const key of spoiled) drop(model, key);
    model.refused += spoiled.length;
  }
  expect(store.outbox.refusedCount).toBe(model.refused);
});

const postpone = (pauseMs: number) =>
  onEntry(`postpone ${pauseMs}`, (model, real, key) => {
    lookAtOutbox.run(model, real);
    const { store, clock } = real;
    const found = store.outbox.due(0, limit).find((entry) => entry.idempotencyKey === key);
    const entry = model.outbox.find((one) => one.key === key);
    if (!found || !entry) return;
    store.outbox.postpone(found, found.attempts + 1, pauseMs);
    entry.waitsUntilMs = clock.nowMs() + pauseMs;
  });

const grant = (leaseId: string, first: number, count: number, hours: number) =>
  step(`grant ${leaseId} ${first}+${count} for ${hours} h`, (model, { store, clock }) => {
    const nowMs = clock.nowMs();
    const expiresAtMs = nowMs + hours * hourMs;
    store.leases.save([{ leaseId, serviceId: 's', prefix: 'A', first, last: first + count - 1, expiresAtMs }]);
    const overMs = Math.max(model.latestMs, nowMs);
    for (const [id, lease] of model.leases) if (lease.expiresAtMs <= overMs) model.leases.delete(id);
    model.latestMs = nowMs;
    if (!model.leases.has(leaseId)) model.leases.set(leaseId, { next: first, last: first + count - 1, expiresAtMs });
  });

const take = step('take a number', (model, { store, clock }) => {
  model.latestMs = Math.max(model.latestMs, clock.nowMs());
  const open = [...model.leases.values()].filter((lease) => lease.next <= lease.last && lease.expiresAtMs > model.latestMs);
  const [lease] = open.toSorted((a, b) => a.next - b.next);
  const number = store.leases.take('s')?.number ?? null;
  expect(number).toBe(lease ? `A${lease.next}` : null);
  if (lease) lease.next++;
});

const record = (ticketId: string) =>
  step(`record ${ticketId}`, (model, { store }) => {
    expect(threw(() => store.journal.record(ticketId, {}))).toBe(model.journal.has(ticketId));
    if (!model.journal.has(ticketId)) model.journal.set(ticketId, 'reserved');
  });

const settle = (ticketId: string, state: 'committed' | 'voided') =>
  step(`settle ${ticketId} ${state}`, (model, { store }) => {
    store.journal.settle(ticketId, state);
    if (model.journal.has(ticketId)) model.journal.set(ticketId, state);
  });

const lookAtJournal = step('look at the journal', (model, { store }) => {
  const reserved = [...model.journal].flatMap(([ticketId, state]) => (state === 'reserved' ? [ticketId] : []));
  expect(store.journal.unsettled().map((entry) => entry.ticketId)).toEqual(reserved);
});

const command = (key: string, outcome: number) =>
  step(`command ${key}`, (model, { store }) => {
    expect(store.doneCommands.outcomeOf(key)).toBe(model.done.get(key) ?? null);
    store.doneCommands.remember(key, outcome);
    if (!model.done.has(key)) model.done.set(key, outcome);
  });

const pass = (ms: number) => step(`${ms} ms pass`, (_model, { clock }) => clock.advance(ms));
const setClock = (hours: number) =>
  step(`the clock is set by ${hours} h`, (model, { store, clock }) => {
    // Whoever asks what is left tells the book the time; so does the link, every minute.
    store.leases.remaining('s');
    store.leases.take('none');
    model.latestMs = Math.max(model.latestMs, clock.nowMs());
    clock.setMs += hours * hourMs;
  });
const restart = step('restart', (model, real) => {
  real.store.leases.take('none');
  model.latestMs = Math.max(model.latestMs, real.clock.nowMs());
  real.store = openOn(real.database, real.clock);
});
const undone = step('a transaction that is undone', (model, { store }) => {
  const work = () =>
    store.transaction(() => {
      store.leases.take('s');
      store.outbox.add({ idempotencyKey: 'half', operation: 'feedback', body: {} }, 'settling');
      throw new RangeError('half way');
    });
  expect(work).toThrow(RangeError);
  expect(store.outbox.length).toBe(model.outbox.length);
});

const names = fc.constantFrom('a', 'b', 'c');
const steps = [
  fc.tuple(fc.integer({ min: 0, max: 30 }), fc.option(names)).map(([n, lane]) => add(`k${n}`, lane)),
  fc.nat(9).map(remove),
  fc.tuple(fc.constantFrom(...nonsense), fc.nat(9)).map(([text, place]) => spoil(text)(place)),
  fc.tuple(fc.constantFrom(1_000, 60_000, hourMs), fc.nat(9)).map(([pauseMs, place]) => postpone(pauseMs)(place)),
  ...[lookAtOutbox, take, take, lookAtJournal, restart, undone].map((one) => fc.constant(one)),
  fc
    .tuple(names, fc.integer({ min: 1, max: 4 }), fc.constantFrom(1, 8))
    .map(([id, count, hours]) => grant(id, 100 * (id.charCodeAt(0) - 96), count, hours)),
  names.map(record),
  fc.tuple(names, fc.constantFrom('committed' as const, 'voided' as const)).map(([id, state]) => settle(id, state)),
  fc.tuple(names, fc.nat(5)).map(([key, outcome]) => command(key, outcome)),
  fc.constantFrom(500, 60_000, hourMs).map(pass),
  fc.constantFrom(-20, -3, 3).map(setClock),
];

describe('a store', () => {
  it('does what its documentation says, whatever comes in which order, with restarts between', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.commands(steps, { maxCommands: 80, size: 'max' }), (commands) => {
        const database = openSqlite(':memory:');
        const clock = new SettableClock();
        try {
          fc.modelRun(
            () => ({
              model: { outbox: [], refused: 0, leases: new Map(), journal: new Map(), done: new Map(), latestMs: 0 },
              real: { database, clock, store: openOn(database, clock) },
            }),
            commands,
          );
        } finally {
          database.close();
        }
      }),
      { numRuns: 500 },
    );
  });
});
