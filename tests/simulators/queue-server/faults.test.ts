import { describe, expect, it } from 'vitest';
import { office, queueOf, secondMs, wish } from './office.ts';

/** A robot that speaks the wire itself, and hears its replies. */
async function wired(change: Parameters<typeof office>[1] = {}) {
  const house = await office(undefined, change);
  const wire = house.broker.transport('r1');
  wire.start({ subscriptions: ['letan/v1/w/robots/r1/replies'], will: () => ({ topic: 'x', payload: '{}' }) });
  await settle();
  const send = async (operation: string, body: object, key?: string) => {
    const request = { ...house.head('r1', key), ...body };
    await wire.publish(`letan/v1/w/queue/${operation}/r1`, JSON.stringify(request), { qos: 1 });
    await settle();
    return request;
  };
  const reserve = (key?: string) => send('tickets/reserve', { ...wish, ticketId: house.ids.next() }, key);
  const replies = () => house.broker.sent('robots/r1/replies').map(({ body }) => body);
  return { ...house, wire, send, reserve, replies };
}
async function settle(): Promise<void> {
  for (let n = 0; n < 5; n++) await new Promise((resolve) => setImmediate(resolve));
}

describe('faults on demand', () => {
  it('answer late, or after the expiry', async () => {
    const house = await wired();
    house.server.faults.set({ delayMs: 3000 });
    await house.reserve();
    expect(house.replies()).toEqual([]);
    house.clock.advance(3000);
    expect(house.replies()).toMatchObject([{ ok: true }]);
    house.server.faults.set({ delayMs: 0, late: true });
    await house.reserve();
    house.clock.advance(24 * 3600 * secondMs - 3001);
    expect(house.replies()).toHaveLength(1);
    house.clock.advance(3 * secondMs);
    expect(house.replies()).toHaveLength(2);
  });

  it('hear nothing, or decide and say nothing', async () => {
    const house = await wired();
    house.server.faults.set({ deaf: ['tickets/reserve'] });
    await house.reserve('key-1');
    expect(house.server.overview.services()[0]).toMatchObject({ waitingCount: 0 });
    house.server.faults.set({ deaf: [], silent: ['tickets/reserve'] });
    const { ticketId } = Object(await house.reserve('key-2'));
    expect(house.server.overview.services()[0]).toMatchObject({ waitingCount: 1 });
    expect(house.replies()).toEqual([]);
    house.server.faults.clear();
    await house.send('tickets/reserve', { ...wish, ticketId }, 'key-2');
    expect(house.replies()).toMatchObject([{ ok: true, result: { ticket: { number: 'A001' } } }]);
  });

  it('answer twice the same, wrongly, or to try later', async () => {
    const house = await wired();
    house.server.faults.set({ copies: 2 });
    await house.reserve();
    const [first, second] = house.replies();
    expect({ ...second, messageId: 0 }).toEqual({ ...first, messageId: 0 });
    house.server.faults.set({ copies: 1, wrong: 'wrongTicket' });
    const asked = await house.reserve();
    expect(Object(house.replies().at(-1)?.result).ticket.ticketId).not.toBe(Object(asked).ticketId);
    house.server.faults.set({ wrong: 'foreignKey' });
    await house.reserve('key-3');
    expect(house.replies().at(-1)?.idempotencyKey).not.toBe('key-3');
    house.server.faults.set({ wrong: 'badShape' });
    await house.reserve();
    expect(house.replies().at(-1)?.ok).toBe('perhaps');
    house.server.faults.set({ wrong: null, tryLater: true });
    await house.reserve('key-4');
    expect(house.replies().at(-1)).toMatchObject({ ok: false, code: 'TRY_LATER' });
    house.server.faults.clear();
    await house.reserve('key-4');
    expect(house.replies().at(-1)).toMatchObject({ ok: true });
  });

  it('restart in the middle: what was decided stays, what was not said is never said', async () => {
    const house = await wired();
    house.server.faults.set({ delayMs: 1000 });
    const { ticketId } = Object(await house.reserve('key-1'));
    await house.server.restart();
    house.server.faults.clear();
    house.clock.advance(2000);
    await settle();
    expect(house.replies()).toEqual([]);
    await house.send('tickets/reserve', { ...wish, ticketId }, 'key-1');
    expect(house.replies()).toMatchObject([{ ok: true, result: { ticket: { number: 'A001' } } }]);
    const connections = house.broker.sent('/queue/connection').map(({ body }) => body.instanceId);
    expect(new Set(connections).size).toBe(2);
  });
});

describe('a flood', () => {
  it('of one robot is answered TRY_LATER and leaves the others alone', async () => {
    const house = await wired({ flood: { burst: 3, perS: 1 } });
    for (let n = 0; n < 5; n++) await house.reserve();
    expect(house.replies().map(({ ok, code }) => (ok ? 'taken' : code))).toEqual(['taken', 'taken', 'taken', 'TRY_LATER', 'TRY_LATER']);
    house.clock.advance(secondMs);
    await house.reserve();
    await house.reserve();
    expect(house.replies().map(({ ok }) => ok)).toEqual([true, true, true, false, false, true, false]);
    const request = { ...house.head('r2'), ...wish, ticketId: house.ids.next() };
    await house.wire.publish('letan/v1/w/queue/tickets/reserve/r2', JSON.stringify(request), { qos: 1 });
    await settle();
    expect(house.broker.sent('robots/r2/replies')).toMatchObject([{ body: { ok: true } }]);
  });
});

it('says what it does not support, in hello and when asked all the same', async () => {
  const house = await wired({ operations: ['hello', 'tickets/reserve'] });
  await house.send('hello', { versions: [1], software: 'test', configurationVersion: null });
  await house.send('feedback', { visitId: 'v', score: 5, givenAt: '2026-01-05T08:00:00+07:00' });
  expect(house.replies()).toMatchObject([
    { ok: true, result: { version: 1, operations: ['hello', 'tickets/reserve'] } },
    { ok: false, code: 'NOT_SUPPORTED' },
  ]);
  expect(queueOf(house.server)).toEqual([]);
});

it('announces services at most every 200 ms, and the last state in the end', async () => {
  const house = await wired();
  house.clock.advance(secondMs);
  const before = house.broker.sent('/queue/services').length;
  for (let n = 0; n < 20; n++) await house.reserve();
  expect(house.broker.sent('/queue/services').length - before).toBe(1);
  house.clock.advance(200);
  const said = house.broker.sent('/queue/services').slice(before);
  expect(said).toHaveLength(2);
  expect(Object(said[1]?.body.services)[0]).toMatchObject({ waitingCount: 20 });
});
