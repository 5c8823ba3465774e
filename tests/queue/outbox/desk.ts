import { onTestFinished } from 'vitest';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { type ErrorInfo, LetanError } from '../../../src/core/errors.ts';
import { createIds } from '../../../src/core/ids.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { Backoff } from '../../../src/queue/backoff.ts';
import type { Outcome } from '../../../src/queue/contract.ts';
import { Drain } from '../../../src/queue/drain.ts';
import type { Requests } from '../../../src/queue/requests.ts';
import { openSqlite } from '../../../src/store/database.ts';
import { Store } from '../../../src/store/store.ts';

export const yes: Outcome = { ok: true, result: {} };
export const no = (code: Extract<Outcome, { ok: false }>['code']): Outcome => ({ ok: false, code, detail: 'test' });

interface Asked {
  key: string;
  answer(outcome: Outcome): void;
  lose(code: 'REQUEST_TIMEOUT' | 'QUEUE_OFFLINE'): void;
}

/** A drain on a real store, and a queue server played by hand. */
export function openDesk() {
  const clock = new SimulatedClock();
  const random = new SeededRandom(5);
  const database = openSqlite(':memory:');
  const store = Store.adopt(database, { clock, ids: createIds(clock, random), logger: silentLogger, outboxLimit: 2000 });
  /** Every request, in order of publishing. */
  const log: string[] = [];
  const open = new Map<string, Asked>();
  const stuck: ErrorInfo[] = [];
  const link = { online: true, heard: 0 };
  const requests: Pick<Requests, 'sendStored' | 'heardCount'> = {
    get heardCount() {
      return link.heard;
    },
    sendStored: (_operation, _body, { idempotencyKey: key }) =>
      new Promise<Outcome>((resolve, reject) => {
        log.push(key);
        open.set(key, {
          key,
          answer: (outcome) => {
            open.delete(key);
            link.heard++;
            resolve(outcome);
          },
          lose: (code) => {
            open.delete(key);
            reject(new LetanError(code, 'test'));
          },
        });
      }),
  };
  const drain = new Drain({
    outbox: store.outbox,
    // The drain uses these two alone.
    requests: requests as Requests,
    clock,
    backoff: new Backoff(random, 1_000, 30_000),
    logger: silentLogger,
    isOnline: () => link.online,
    onStuck: (error) => stuck.push(error),
  });
  onTestFinished(() => {
    drain.stop();
    database.close();
  });
  const settle = async () => {
    for (let n = 0; n < 5; n++) await new Promise((resolve) => setImmediate(resolve));
  };
  const add = (key: string, lane?: string) => {
    store.outbox.add({ idempotencyKey: key, operation: 'feedback', body: { key }, ...(lane === undefined ? {} : { lane }) });
  };
  const request = (key: string): Asked => {
    const asked = open.get(key);
    if (!asked) throw new Error(`${key} is not under way`);
    return asked;
  };
  return { clock, store, drain, log, open, stuck, link, settle, add, request };
}
