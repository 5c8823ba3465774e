import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/behaviour/model.ts';
import { createIds } from '../../../src/core/ids.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { QueueLink } from '../../../src/queue/client.ts';
import { Store } from '../../../src/store/store.ts';
import { buildHouse, program, settle, temporaryFolder, ward } from '../house.ts';
import { SettableClock } from './settable-clock.ts';

const hourMs = 3_600_000;

/** A robot whose clock is `offMs` off, and a queue server that hears and answers nothing while `deaf`. It is connected. */
async function unanswered(offMs: number) {
  const house = await buildHouse();
  const server = { deaf: true };
  house.broker.deliveries = ({ topic }) => (server.deaf && topic.endsWith('robot-1/replies') ? 0 : 1);
  const clock = new SettableClock(house.clock);
  clock.offMs = offMs;
  const random = new SeededRandom(7);
  const ids = createIds(clock, random);
  const store = Store.open({ file: join(temporaryFolder(), 'robot.sqlite'), clock, ids, logger: silentLogger, outboxLimit: 50 });
  const wire = house.broker.transport('robot-1');
  const basics = { clock, random, ids, logger: silentLogger, store, transport: wire };
  const link = new QueueLink({ ...basics, ...program, ward, robotId: 'robot-1', requestTimeoutMs: 5_000 });
  const spoken: Call[] = [];
  link.callReceived.on((call) => spoken.push(call));
  link.start();
  await settle();
  let calls = 0;
  /** A call that was sent `ageMs` ago and lives `lifeMs` from then, by the queue server's clock, which is right. */
  const call = async (ageMs = 0, lifeMs = 60_000) => {
    const at = (ms: number) => new Date(ms).toISOString();
    const sentMs = house.clock.nowMs() - ageMs;
    const head = { version: 1, ward, messageId: ids.next(), sentAt: at(sentMs), expiresAt: at(sentMs + lifeMs) };
    const body = { callId: ids.next(), sequence: 1, kind: 'call', ticketNumber: `A${String(++calls).padStart(3, '0')}`, counter: 1 };
    wire.offer(`letan/v1/${ward}/queue/calls`, JSON.stringify({ ...head, ...body }));
    await settle();
  };
  const numbers = () => spoken.map(({ ticketNumber }) => ticketNumber);
  return { house, server, wire, link, spoken, numbers, call };
}

describe.each([-3 * hourMs, 0, 3 * hourMs])('a robot that was never answered and whose clock is %i ms off', (offMs) => {
  it('speaks what comes over a connection that has stood for 30 s', async () => {
    const { house, link, spoken, numbers, call } = await unanswered(offMs);
    await house.clock.advanceAsync(30_000, 1_000);
    await call();
    await call(29_000);
    expect(numbers()).toEqual(['A001', 'A002']);
    expect([link.online, link.health.clockSkewMs]).toEqual([false, null]);
    // A minute's life, half of which it may have spent on its way.
    expect((spoken[0]?.expiresAtMs ?? 0) - link.serverNowMs()).toBe(30_000);
  });

  it('holds what comes sooner, since the broker may have kept it for an hour', async () => {
    const { house, server, wire, link, numbers, call } = await unanswered(offMs);
    await call(hourMs - 120_000);
    await house.clock.advanceAsync(29_000, 1_000);
    await call(500);
    await call(59_000);
    await house.clock.advanceAsync(2_000, 1_000);
    expect(numbers()).toEqual([]);
    await call();
    expect(numbers()).toEqual(['A004']);
    wire.cut();
    wire.connect();
    await settle();
    await call();
    expect(numbers()).toEqual(['A004']);
    // Answered at last: what is still good is spoken, what is not is dropped.
    server.deaf = false;
    await house.clock.advanceAsync(31_000, 500);
    expect(link.online).toBe(true);
    expect(numbers()).toEqual(['A004', 'A002', 'A005']);
    expect(link.health.droppedMessages.expired).toBe(2);
  });

  it('drops what may have ended on its way', async () => {
    const { house, link, numbers, call } = await unanswered(offMs);
    await house.clock.advanceAsync(60_000, 1_000);
    await call(29_500, 30_000);
    await call(0, 30_001);
    expect(numbers()).toEqual(['A002']);
    expect(link.health.droppedMessages.expired).toBe(1);
  });

  it('speaks nothing while the broker says that the queue server is away', async () => {
    const { house, numbers, call } = await unanswered(offMs);
    await house.clock.advanceAsync(60_000, 1_000);
    house.serverWire.cut();
    await settle();
    await call();
    expect(numbers()).toEqual([]);
  });
});
