import { describe, expect, it } from 'vitest';
import { commandExchanges, type Exchange, requestExchanges } from '../../../src/queue/contract/examples.ts';
import type { Outcome, RobotCommand } from '../../../src/queue/contract.ts';
import { topicOf } from '../../../src/queue/topics.ts';
import { buildHouse, type House, settle } from '../house.ts';
import { compiledSchemas } from './schemas.ts';

const schemas = compiledSchemas();
const place = { ward: 'cua-nam', robot: 'robot-1' };
const hour = 3_600_000;
type Json = Record<string, unknown>;

/** What makes the stated circumstances of an example true, and what ends them. */
const circumstances: Record<string, (house: House) => () => void> = {
  'the service `residence` is closed': ({ server }) => {
    server.setOpen('residence', false);
    return () => server.setOpen('residence', true);
  },
  'all numbers of `business` are given for today': (house) => {
    for (let n = 0; n < 599; n++) house.server.decide('tickets/reserve', reservation(n));
    return () => {};
  },
  'the booking is for 1 October 2025': () => () => {},
  'the database of the queue server is out of order': ({ server }) => {
    server.faults.set({ tryLater: true });
    return () => server.faults.set({ tryLater: false });
  },
};
/** Their times are played apart. */
const otherTimes = ['BOOKING_TOO_EARLY', 'BOOKING_TOO_LATE'];

function reservation(n: number) {
  const ticketId = `01KE6E3G01${String(n).padStart(16, '0')}`;
  const head = { version: 1, ward: 'cua-nam', messageId: ticketId, sentAt: '2026-01-05T08:00:00Z', robotId: 'robot-9' } as const;
  const rest = { replyTo: 'x', expiresAt: '2026-01-05T23:00:00Z', idempotencyKey: ticketId, visitId: 'visit' } as const;
  const followedBy: string[] = [];
  return { ...head, ...rest, ticketId, serviceId: 'business', followedBy, priorityClass: 'none', language: 'vi' } as const;
}

/** Sends a request with its time moved to now, and answers what came back on the robot's topic. */
async function ask(house: House, { channel, payload, reply }: Exchange, change: Json = {}): Promise<Json[]> {
  const nowMs = house.clock.nowMs();
  const late = reply.code === 'EXPIRED';
  const expiresAt = late ? payload.expiresAt : new Date(nowMs + 60_000).toISOString();
  const before = house.broker.log.length;
  house.broker.publish('robot', topicOf(channel, place), JSON.stringify({ ...payload, expiresAt, ...change }), false);
  await settle();
  return house.broker.log
    .slice(before)
    .filter(({ from, topic }) => from === 'server' && topic === topicOf('replies', place))
    .map(({ body }) => body);
}

/** Ids, times and words of this very server. */
const own = [
  'messageId',
  'sentAt',
  'detail',
  'leaseId',
  'issuedAt',
  'reservedUntil',
  'expiresAt',
  'software',
  'operations',
  'estimatedWaitMin',
];
const common = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, part) => (own.includes(key) ? undefined : part)));

describe('the examples, played against the reference queue server', () => {
  it('are answered as shown', async () => {
    const house = await buildHouse();
    let leaseId = '';
    for (const exchange of requestExchanges.filter(({ reply }) => !otherTimes.includes(String(reply.code)))) {
      const { given, payload, says, reply, channel } = exchange;
      const arrange = given === undefined ? () => () => {} : circumstances[given];
      expect(arrange, `nobody knows how: ${given}`).toBeDefined();
      const restore = arrange?.(house);
      const offline = typeof payload.offlineTicket === 'object' && payload.offlineTicket;
      const answers = await ask(house, exchange, offline ? { offlineTicket: { ...offline, leaseId } } : {});
      restore?.();
      expect(answers, says).toHaveLength(1);
      expect(common(answers[0]), says).toEqual(common(reply));
      expect(schemas.get(`${channel.replace('/', '-')}-reply`)?.(answers[0]), says).toBe(true);
      if (channel === 'leases') leaseId = /"leaseId":"(\w+)"/.exec(JSON.stringify(answers[0]))?.[1] ?? '';
    }
  });

  it.each([
    ['BOOKING_TOO_EARLY', -1],
    ['BOOKING_TOO_LATE', 8 * hour],
  ])('%s is answered as shown, by the clock', async (code, afterEightMs) => {
    const house = await buildHouse();
    if (afterEightMs < 0) house.clock.advance(23 * hour);
    const day = new Date(house.clock.nowMs() + 7 * hour).toISOString().slice(0, 10);
    const wish = { serviceId: 'certification', day, citizenKey: 'someone', priorityClass: 'none', channel: 'app' } as const;
    const booked = house.server.book(wish);
    if (!booked.ok) throw new Error(booked.reason);
    if (afterEightMs > 0) house.clock.advance(afterEightMs);
    const example = requestExchanges.find(({ reply }) => reply.code === code);
    if (!example) throw new Error(`no example of ${code}`);
    const [answer] = await ask(house, example, { bookingCode: booked.code });
    const window = { validFrom: `${day}T08:00:00.000+07:00`, validUntil: `${day}T16:00:00.000+07:00` };
    expect(answer).toMatchObject({ ok: false, code, ...window });
  });

  it('with a version to come at the reply topic of another robot, nobody else hears the answer', async () => {
    const house = await buildHouse();
    const [example] = requestExchanges;
    if (!example) throw new Error('no example');
    const replyTo = 'letan/v1/cua-nam/robots/robot-2/replies';
    expect(await ask(house, example, { version: 2, replyTo })).toMatchObject([{ ok: false, code: 'WRONG_VERSION' }]);
    expect(house.broker.sent('robots/robot-2')).toEqual([]);
  });
});

describe('the commands, played against the robot’s link', () => {
  it('arrive as written, and their answers are those shown', async () => {
    const house = await buildHouse();
    const { link } = await house.robot('robot-1');
    for (const { channel, payload, reply, says } of commandExchanges) {
      const heard: RobotCommand[] = [];
      link.onCommand((command) => {
        heard.push(command);
        return outcomeOf(reply);
      });
      const expiresAt = new Date(house.clock.nowMs() + 60_000).toISOString();
      house.broker.publish('server', topicOf(channel, place), JSON.stringify({ ...payload, expiresAt }), false);
      await settle();
      const answer = house.broker.sent('command-replies/robot-1').at(-1);
      expect(heard, says).toMatchObject([{ command: payload.command }]);
      expect(common(answer?.body), says).toEqual(common(reply));
      expect(schemas.get(`${channel.replace('/', '-')}-reply`)?.(answer?.body), says).toBe(true);
    }
  });
});

function outcomeOf({ ok, result, detail, code }: Json): Outcome {
  if (ok === true) return { ok, result };
  return { ok: false, code: code === 'NOT_SUPPORTED' ? code : 'COMMAND_REFUSED', detail: String(detail) };
}
