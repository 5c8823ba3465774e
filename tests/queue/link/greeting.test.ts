import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ErrorInfo } from '../../../src/core/errors.ts';
import { createIds } from '../../../src/core/ids.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { QueueLink } from '../../../src/queue/client.ts';
import { Store } from '../../../src/store/store.ts';
import { buildHouse, type House, program, settle, temporaryFolder, ward, wish } from '../house.ts';
import { SettableClock } from './settable-clock.ts';

/** A robot whose own clock is `offMs` off; the queue server's is right. */
async function robotWithWrongClock(house: House, name: string, offMs: number, wireName = name) {
  const clock = new SettableClock(house.clock);
  clock.offMs = offMs;
  const random = new SeededRandom(7);
  const ids = createIds(clock, random);
  const store = Store.open({ file: join(temporaryFolder(), 'robot.sqlite'), clock, ids, logger: silentLogger, outboxLimit: 50 });
  const wire = house.broker.transport(wireName);
  const basics = { clock, random, ids, logger: silentLogger, store, transport: wire };
  const link = new QueueLink({ ...basics, ...program, ward, robotId: name, requestTimeoutMs: 5_000 });
  return { clock, store, wire, link };
}

const hourMs = 3_600_000;
const errorsOf = (house: House, code: string) => house.broker.sent('/errors').filter(({ body }) => body.code === code);
const say = (house: House, topic: string, body: object) => house.broker.publish('server', topic, JSON.stringify(body), true);

describe('the greeting', () => {
  it('is the first request after every connection, and the link is online only with its answer', async () => {
    const house = await buildHouse();
    const { link, wire } = await house.robot('robot-1');
    const requests = () =>
      house.broker.log.filter(({ from, topic }) => from === 'robot-1' && topic.includes('/queue/')).map(({ topic }) => topic);
    expect(requests()[0]).toBe(`letan/v1/${ward}/queue/hello/robot-1`);
    wire.cut();
    const before = requests().length;
    house.broker.deliveries = ({ topic }) => (topic.includes('/hello/') ? 0 : 1);
    wire.connect();
    await settle();
    expect(requests().slice(before)).toEqual([`letan/v1/${ward}/queue/hello/robot-1`]);
    expect(link.online).toBe(false);
  });

  it('unanswered is repeated, named, and the link comes back when it is answered', async () => {
    const house = await buildHouse();
    const { link, wire } = await house.robot('robot-1');
    const seen: (ErrorInfo['code'] | 'online')[] = [];
    link.onlineChanged.on((status) => seen.push(status.online ? 'online' : status.error.code));
    wire.cut();
    house.broker.deliveries = ({ topic }) => (topic.includes('/hello/') ? 0 : 1);
    wire.connect();
    await house.clock.advanceAsync(60_000, 500);
    expect(house.broker.sent('/hello/').length).toBeGreaterThan(3);
    house.broker.deliveries = () => 1;
    await house.clock.advanceAsync(40_000, 500);
    expect(seen).toEqual(['QUEUE_OFFLINE', 'QUEUE_NO_ANSWER', 'online']);
  });

  it('with a silent queue server lets one citizen wait, and no second one', async () => {
    const house = await buildHouse();
    const { link } = await house.robot('robot-1');
    house.broker.deliveries = ({ topic }) => (topic.endsWith('robot-1/replies') ? 0 : 1);
    const first = link.reserveTicket(wish);
    await settle();
    house.clock.advance(5_000);
    expect((await first).offline).toBe(true);
    // The clock stands still from here on.
    expect((await link.reserveTicket(wish)).offline).toBe(true);
    expect(link.online).toBe(false);
  });

  it('asks a queue server that has been quiet, before a citizen has to find out', async () => {
    const house = await buildHouse();
    const { link } = await house.robot('robot-1');
    house.broker.deliveries = ({ topic }) => (topic.endsWith('robot-1/replies') ? 0 : 1);
    const seen: string[] = [];
    link.onlineChanged.on((status) => seen.push(status.online ? 'online' : status.error.code));
    await house.clock.advanceAsync(300_000, 1_000);
    expect(seen).toEqual(['QUEUE_NO_ANSWER']);
  });

  it('refused for its version says so', async () => {
    const house = await buildHouse();
    const { link, wire } = await house.robot('robot-1');
    const seen: ErrorInfo[] = [];
    link.onlineChanged.on((status) => !status.online && seen.push(status.error));
    wire.cut();
    house.broker.deliveries = (message) => {
      if (message.topic.endsWith('robot-1/replies')) {
        for (const key of ['result', 'ok']) delete message.body[key];
        const refusal = { ...message.body, ok: false, code: 'WRONG_VERSION', detail: 'speaks 3' };
        wire.offer(message.topic, JSON.stringify(refusal));
        return 0;
      }
      return 1;
    };
    wire.connect();
    await settle();
    expect(seen.map(({ code }) => code)).toEqual(['QUEUE_OFFLINE', 'QUEUE_VERSION']);
    expect(seen[1]?.detail).toContain('speaks 3');
  });

  it('does not happen with a queue server of other versions, which are named', async () => {
    const house = await buildHouse();
    house.serverWire.cut();
    const { link } = await house.robot('robot-1');
    const seen: ErrorInfo[] = [];
    link.onlineChanged.on((status) => !status.online && seen.push(status.error));
    say(house, `letan/v3/${ward}/queue/connection`, { version: 3, ward, state: 'online', versions: [2, 3], anything: 'else' });
    await settle();
    expect(seen).toMatchObject([{ code: 'QUEUE_VERSION', detail: expect.stringMatching(/2, 3.*version 1/) }]);
    expect(house.broker.sent('/hello/')).toHaveLength(0);
  });
});

describe('clocks that disagree', () => {
  it.each([-3 * hourMs, 3 * hourMs])('by %i ms neither refuse a request nor change when a call is late', async (offMs) => {
    const house = await buildHouse();
    const { link } = await robotWithWrongClock(house, 'robot-1', offMs);
    link.start();
    await settle();
    const spoken: number[] = [];
    link.callReceived.on(({ sequence }) => spoken.push(sequence));
    const ticket = await link.reserveTicket(wish);
    expect(ticket.offline).toBe(false);
    await link.commitTicket(ticket.ticketId);
    await settle();
    house.server.callNext(1);
    await settle();
    const call = house.broker.sent('queue/calls')[0];
    house.clock.advance(60_000);
    house.broker.publish('server', call?.topic ?? '', JSON.stringify({ ...call?.body, sequence: 9 }), false);
    await settle();
    expect(spoken).toEqual([1]);
  });

  it('are told once and stand in the state', async () => {
    const house = await buildHouse();
    const { link, clock } = await robotWithWrongClock(house, 'robot-1', -3 * hourMs);
    link.start();
    await settle();
    await house.clock.advanceAsync(120_000, 10_000);
    expect(errorsOf(house, 'QUEUE_CLOCK_SKEW').map(({ body }) => body.detail)).toEqual([
      "the robot's clock is 3 h behind the queue server's",
    ]);
    expect(link.health.clockSkewMs).toBe(3 * hourMs);
    // NTP sets it right.
    clock.offMs = 0;
    expect(link.health.clockSkewMs).toBe(0);
    expect(link.online).toBe(true);
  });

  it('do not let an old call through that waited for a robot which starts with a wrong clock', async () => {
    const house = await buildHouse();
    const robot = await robotWithWrongClock(house, 'robot-1', -3 * hourMs);
    const ticket = await (await house.robot('robot-2')).link.reserveTicket(wish);
    expect(ticket.number).toBe('A001');
    const spoken: unknown[] = [];
    robot.link.callReceived.on((call) => spoken.push(call));
    robot.link.start();
    const expiresAt = new Date(house.clock.nowMs() - 1_000).toISOString();
    const head = { version: 1, ward, messageId: '01ARZ3NDEKTSV4RRFFQ69G5FAV', sentAt: expiresAt };
    const call = { ...head, callId: '01BX5ZZKBKACTAV9WEVGEMMVS0', sequence: 1, kind: 'call', ticketNumber: 'A001', counter: 1, expiresAt };
    robot.wire.offer(`letan/v1/${ward}/queue/calls`, JSON.stringify(call));
    await settle();
    expect(spoken).toEqual([]);
    expect(robot.link.health.droppedMessages).toEqual({ expired: 1 });
  });

  it('that part suddenly: a request refused as expired is sent once more with the same key, dated right', async () => {
    const house = await buildHouse();
    const { link } = await house.robot('robot-1');
    const keys = () => house.broker.sent('/tickets/reserve/').map(({ body }) => [body.idempotencyKey, body.messageId]);
    let refuse = true;
    house.broker.deliveries = ({ topic, body }) => {
      if (!topic.includes('/tickets/reserve/') || !refuse) return 1;
      refuse = false;
      const { messageId, idempotencyKey, replyTo } = body;
      const sentAt = new Date(house.clock.nowMs() + hourMs).toISOString();
      const head = { version: 1, ward, messageId: '01ARZ3NDEKTSV4RRFFQ69G5FAV', sentAt };
      const refusal = { ...head, inReplyTo: messageId, idempotencyKey, ok: false, code: 'EXPIRED', detail: 'late' };
      house.broker.publish('server', String(replyTo), JSON.stringify(refusal), false);
      return 0;
    };
    expect((await link.reserveTicket(wish)).offline).toBe(false);
    const [first, second] = keys();
    expect(first?.[0]).toBe(second?.[0]);
    expect(first?.[1]).not.toBe(second?.[1]);
    const expiries = house.broker.sent('/tickets/reserve/').map(({ body }) => Date.parse(String(body.expiresAt)));
    expect((expiries[1] ?? 0) - (expiries[0] ?? 0)).toBe(hourMs);
  });
});

describe('a second program with this robot’s identity', () => {
  it('is told by the one that was there first, and by the other as soon as that one shows up again', async () => {
    const house = await buildHouse();
    const first = await house.robot('robot-1');
    const second = await robotWithWrongClock(house, 'robot-1', 0, 'another computer');
    second.link.start();
    await settle();
    const told = () => errorsOf(house, 'QUEUE_DUPLICATE_CLIENT').map(({ from, body }) => [from, body.detail]);
    const detail = expect.stringMatching(/^seen since 2026-01-05T08:00:00.000\+07:00: "letan test", instance [0-9A-Z]{26}/);
    expect(told()).toEqual([['robot-1', detail]]);
    first.wire.cut();
    first.wire.connect();
    await settle();
    expect(told()).toEqual([
      ['robot-1', detail],
      ['another computer', detail],
    ]);
  });

  it('is not the one before a restart', async () => {
    const house = await buildHouse();
    const file = join(temporaryFolder(), 'robot.sqlite');
    for (let n = 0; n < 4; n++) {
      const robot = await house.robot('robot-1', file);
      expect(robot.link.online).toBe(true);
      robot.crash();
    }
    const last = await house.robot('robot-1', file);
    last.wire.cut();
    last.wire.connect();
    await settle();
    expect(last.link.online).toBe(true);
    expect(errorsOf(house, 'QUEUE_DUPLICATE_CLIENT')).toEqual([]);
  });

  it('leaves a will that comes late: the robot says again that it is online', async () => {
    const house = await buildHouse();
    await house.robot('robot-1');
    const online = house.broker.sent('robot-1/connection').at(-1);
    const late = { ...online?.body, state: 'connectionBroken', messageId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' };
    house.broker.publish('robot-1', online?.topic ?? '', JSON.stringify(late), true);
    await settle();
    expect(house.broker.sent('robot-1/connection').map(({ body }) => body.state)).toEqual(['online', 'connectionBroken', 'online']);
    expect(house.server.robots()).toMatchObject([{ connection: 'online' }]);
  });
});

describe('reconnecting thousands of times', () => {
  it('leaves no listener, timer or waiting request behind', async () => {
    const house = await buildHouse();
    const { link, wire } = await house.robot('robot-1');
    const before = { timers: house.clock.pendingCount, listeners: wire.connected.listenerCount + wire.message.listenerCount };
    for (let n = 0; n < 2_000; n++) {
      wire.cut();
      wire.connect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await settle();
    expect(link.online).toBe(true);
    expect({ timers: house.clock.pendingCount, listeners: wire.connected.listenerCount + wire.message.listenerCount }).toEqual(before);
  }, 60_000);
});
