import type { Sqlite } from '../../../src/store/database.ts';
import type { Tamper } from './mortal-database.ts';
import type { Invariant } from './observer.ts';
import type { Plan } from './plan.ts';
import type { Taps } from './sim-transport.ts';

/** The product with one thing broken from outside, to see that the check can fail. */
export interface Variant {
  /** What must be noticed; null for the product as it is. */
  breaks: Invariant | null;
  plan?: Partial<Plan>;
  robotDatabase?: Tamper;
  serverDatabase?: Tamper;
  /** Anew for each life of the program. */
  robotTaps?: () => Taps;
  /** Before the next life begins. */
  robotRestarts?: (database: Sqlite) => void;
  serverRestarts?: (database: Sqlite) => void;
  /** The robot's own idea of its outbox limit. */
  outboxLimitFactor?: number;
}

export const asItIs: Variant = { breaks: null };

const without =
  (beginning: string): Tamper =>
  (sql, params) =>
    sql.startsWith(beginning) ? null : params;

/** Replaces part of the messages whose topic holds `part`. */
const onTopic =
  (part: string, change: (body: Record<string, unknown>) => object) =>
  (topic: string, payload: string): string =>
    topic.includes(part) ? JSON.stringify(change(JSON.parse(payload))) : payload;

const laterBy = (time: unknown, ms: number) => new Date(Date.parse(String(time)) + ms).toISOString();

const stored = ['tickets/commit', 'tickets/void', 'feedback', 'petitions', 'registrations'];

/** A robot that takes the broker's PUBACK for the queue server's answer. */
function answerFeigned(topic: string, payload: string): { topic: string; payload: string } | null {
  if (!stored.some((operation) => topic.includes(`/queue/${operation}/`))) return null;
  const { version, ward, messageId, sentAt, idempotencyKey, replyTo } = JSON.parse(payload);
  const answer = { version, ward, messageId, sentAt, inReplyTo: messageId, idempotencyKey, ok: true, result: {} };
  return { topic: replyTo, payload: JSON.stringify(answer) };
}

function keyPerAttempt(): Taps {
  const keys = new Map<unknown, unknown>();
  return {
    sending: onTopic('/queue/feedback/', (body) => {
      keys.set(body.messageId, body.idempotencyKey);
      return { ...body, idempotencyKey: String(body.messageId) };
    }),
    receiving: onTopic('/replies', (body) => ({ ...body, idempotencyKey: keys.get(body.inReplyTo) ?? body.idempotencyKey })),
  };
}

function longerLease(): Taps {
  const longer = (result: unknown) => JSON.parse(JSON.stringify(result), (key, value) => (key === 'last' ? value + 20 : value));
  return { receiving: onTopic('/replies', (body) => ({ ...body, result: longer(body.result ?? null) })) };
}

/** Tickets from a lease stand in the queue as in a mirror. */
const mirrored: Tamper = (sql, params) =>
  sql.startsWith('INSERT INTO tickets') && params.includes('lease')
    ? params.map((value) => (typeof value === 'number' && value > 1e12 ? 4e12 - value : value))
    : params;

const waitingAtOnce: Tamper = (sql, params) =>
  sql.startsWith('INSERT INTO tickets') ? params.map((value) => (value === 'reserved' ? 'waiting' : value)) : params;

export const brokenVariants: Readonly<Record<string, Variant>> = {
  'an entry leaves the outbox when the broker has it': {
    breaks: 'nothing acknowledged is lost',
    robotTaps: () => ({ acknowledged: answerFeigned }),
  },
  'a promise is acknowledged before it is on the disk': {
    breaks: 'nothing acknowledged is lost',
    robotRestarts: (database) => database.exec('DELETE FROM outbox'),
  },
  'the queue server forgets its keys at restart': {
    breaks: 'nothing takes effect twice',
    plan: { faults: ['server crashes within a sequence', 'network goes bad'] },
    serverRestarts: (database) => database.exec('DELETE FROM decisions'),
  },
  'a key for every attempt': {
    breaks: 'nothing takes effect twice',
    plan: { faults: ['server is slow', 'network goes bad'] },
    robotTaps: keyPerAttempt,
  },
  "a lease's next number is not stored": { breaks: 'no number is given twice', robotDatabase: without('UPDATE leases SET') },
  'the expiry of calls is not looked at': {
    breaks: 'no expired call is spoken',
    plan: { protocol: '3.1.1', sessionBound: 1_000, sessionExpiryMs: 3_600_000, healAtMs: 240_000, faults: ['network goes away'] },
    robotTaps: () => ({ receiving: onTopic('/queue/calls', (call) => ({ ...call, expiresAt: laterBy(call.expiresAt, 3_600_000) })) }),
  },
  'seen calls are not durable': {
    breaks: 'no call is spoken twice',
    plan: { healAtMs: 240_000, officerEveryMs: 4_000, faults: ['robot crashes', 'network goes bad', 'broker loses, doubles and delays'] },
    robotRestarts: (database) => database.exec('DELETE FROM seenCalls'),
  },
  'calls to the counter beside': {
    breaks: 'a call that is spoken was made',
    robotTaps: () => ({ receiving: onTopic('/queue/calls', (call) => ({ ...call, counter: Number(call.counter) + 1 })) }),
  },
  'a reservation waits without being confirmed': { breaks: 'only a confirmed ticket is called', serverDatabase: waitingAtOnce },
  "numbers beyond the lease's end": {
    breaks: 'an offline number is from a lease of this robot',
    plan: { leasedNumbers: 1 },
    robotTaps: longerLease,
  },
  'offline tickets are queued by when they arrive, the last first': {
    breaks: 'tickets of one robot keep their order',
    serverDatabase: mirrored,
  },
  'an outbox without a limit': { breaks: 'the outbox keeps its bound', plan: { outboxLimit: 2 }, outboxLimitFactor: 50 },
  'the queue server forgets its leases at restart': {
    breaks: 'nothing promised is refused',
    serverRestarts: (database) => database.exec('DELETE FROM leases'),
  },
  'a robot does not know its own word': {
    breaks: 'nobody is taken for a rival',
    robotTaps: () => ({
      receiving: (topic, payload) =>
        topic.includes('/robots/') && topic.endsWith('/connection')
          ? JSON.stringify({ ...JSON.parse(payload), instanceId: '01KE0000000000000000000000' })
          : payload,
    }),
  },
  'answers to feedback are not understood': {
    breaks: 'everything settles',
    robotTaps: () => ({
      receiving: (topic, payload) => (topic.endsWith('/replies') && payload.includes('"feedback:') ? null : payload),
    }),
  },
  'a fault while reading': {
    breaks: 'nothing throws',
    robotTaps: () => ({
      receiving: (topic, payload) => {
        if (topic.endsWith('/replies')) throw new TypeError('broken on purpose');
        return payload;
      },
    }),
  },
};
