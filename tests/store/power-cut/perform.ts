import Database from 'libsql';
import { z } from 'zod';
import type { Clock } from '../../../src/core/clock.ts';
import { LetanError } from '../../../src/core/errors.ts';
import { createIds } from '../../../src/core/ids.ts';
import { type Logger, silentLogger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { assertNever } from '../../../src/core/result.ts';
import type { Sqlite } from '../../../src/store/database.ts';
import { Store } from '../../../src/store/store.ts';
import type { Contents } from './model.ts';
import { limits, type Operation } from './operations.ts';

export const storeName = 'letan.sqlite';

export function openStore(folder: string, clock: Clock, logger: Logger = silentLogger): Store {
  return Store.open({ file: `${folder}/${storeName}`, clock, ids: createIds(clock, new SeededRandom(1)), logger, ...limits });
}

/** Does the operation on the real store; returns what {@link Model.apply} has to say too. Throws what the store throws. */
export function perform(store: Store, operation: Exclude<Operation, { kind: 'reopen' }>): unknown {
  switch (operation.kind) {
    case 'add': {
      const entry = { idempotencyKey: operation.key, operation: 'feedback', body: operation.body };
      store.outbox.add(entry, operation.settling ? 'settling' : 'promise');
      return null;
    }
    case 'removeFirst':
    case 'refuseFirst': {
      const first = store.outbox.first();
      if (first === null) return null;
      if (operation.kind === 'removeFirst') store.outbox.remove(first.idempotencyKey);
      else store.outbox.refuse(first, operation.code);
      return first.idempotencyKey;
    }
    case 'record':
      store.journal.record(operation.ticketId, { number: operation.number });
      return null;
    case 'settle':
      store.journal.settle(operation.ticketId, operation.state);
      return null;
    case 'saveLeases':
      store.leases.save(operation.leases);
      return null;
    case 'take':
      return store.leases.take(operation.serviceId)?.number ?? null;
    case 'markNew':
      return store.seenCalls.markNew(operation.callId, operation.sequence);
    case 'count':
      return store.counter(operation.name).next(operation.atLeast);
    case 'cache':
      store.cache.set(operation.name, operation.value);
      return null;
    case 'command': {
      const known = store.doneCommands.outcomeOf(operation.key);
      if (known === null) store.doneCommands.remember(operation.key, operation.outcome);
      return known;
    }
    case 'offlineTicket':
      return store.transaction(() => {
        const number = store.leases.take(operation.serviceId)?.number ?? null;
        store.journal.record(operation.ticketId, { number });
        store.outbox.add({ idempotencyKey: operation.key, operation: 'feedback', body: String(number) });
        if (operation.breaks) throw new LetanError('CANCELLED', 'half way');
        return number;
      });
    default:
      return assertNever(operation);
  }
}

/** The store's own connection, in whichever of its parts it lies; only tests may reach for it. */
export function connectionOf(store: Store): Sqlite {
  const parts = Object.values(store).flatMap((part: unknown) => [
    part,
    ...(typeof part === 'object' && part !== null ? Object.values(part) : []),
  ]);
  const database = parts.find((part) => part instanceof Database);
  if (!database) throw new TypeError('the store keeps its connection elsewhere now');
  return database;
}

/** Each table as three columns, in the order in which {@link Contents} has its rows. One statement, because it is asked ten thousand times. */
const selections: Record<keyof Contents, string> = {
  outbox: 'seq AS place, idempotencyKey AS a, operation AS b, body AS c FROM outbox',
  refused: 'seq, idempotencyKey, code, NULL FROM refused',
  leases: 'leaseId, leaseId, nextNumber, NULL FROM leases',
  journal: 'seq, ticketId, state, ticket FROM journal',
  counters: 'name, name, value, NULL FROM counters',
  seenCalls: 'callId, callId, sequence, NULL FROM seenCalls',
  cache: 'name, name, value, NULL FROM cache',
  doneCommands: 'seq, idempotencyKey, outcome, NULL FROM doneCommands',
};
const everything = `SELECT * FROM (${Object.entries(selections)
  .map(([name, columns]) => `SELECT '${name}' AS source, ${columns}`)
  .join(' UNION ALL ')}) ORDER BY source, place`;
const rowSchema = z.tuple([z.string(), z.unknown(), z.unknown(), z.unknown(), z.unknown()]);

/** Everything the store holds, as {@link textOf} writes it. */
export function textOfStore(store: Store): string {
  const rows: Record<string, unknown[][]> = Object.fromEntries(Object.keys(selections).map((name) => [name, []]));
  for (const row of connectionOf(store).prepare(everything).raw().all()) {
    const [source, , ...columns] = rowSchema.parse(row);
    rows[source]?.push(columns.filter((value) => value !== null));
  }
  return JSON.stringify(rows);
}
