import { describe, expect, it } from 'vitest';
import { type Office, office, queueOf, reserve, secondMs, settle } from './office.ts';

const minuteMs = 60 * secondMs;
/** A committed ticket; answers its number. */
function take(house: Office, change: Parameters<typeof reserve>[1] = {}): string {
  const { ticketId, outcome } = reserve(house, change);
  settle(house, 'tickets/commit', ticketId);
  house.clock.advance(secondMs);
  return outcome.ok ? Object(Object(outcome.result).ticket).number : outcome.code;
}
const updates = (house: Office) => house.broker.sent('/queue/updates').map(({ body }) => [body.ticketNumber, body.change, body.counter]);
const serving = (house: Office, counter: number) => house.broker.sent(`counters/${counter}/serving`).at(-1)?.body;

describe('a ticket with several services', () => {
  it('keeps its number and its place, and is served when the last of them is', async () => {
    const house = await office();
    const chained = take(house, { serviceId: 'certification', followedBy: ['residence'] });
    take(house, { serviceId: 'residence' });
    house.server.callNext(1);
    expect(house.server.finish(1)).toBe(true);
    expect(queueOf(house.server, ['residence'])).toEqual([chained, 'C001']);
    expect(house.server.callNext(2)).toMatchObject({ ticketNumber: chained, counter: 2, sequence: 1, kind: 'call' });
    house.server.finish(2);
    expect(updates(house)).toEqual([
      [chained, 'waitingAgain', 1],
      [chained, 'served', 2],
    ]);
    expect(house.server.overview.figures().map(({ issued, served }) => [issued, served])).toEqual([
      [1, 1],
      [0, 0],
      [1, 1],
      [0, 0],
    ]);
  });

  it('is refused when one of them does not exist or is named twice', async () => {
    const house = await office();
    expect(reserve(house, { followedBy: ['nothing'] }).outcome).toMatchObject({ code: 'SERVICE_UNKNOWN' });
    expect(reserve(house, { followedBy: ['certification'] }).outcome).toMatchObject({ code: 'BAD_MESSAGE' });
    expect(reserve(house, { followedBy: ['residence'] }).outcome).toMatchObject({
      result: { ticket: { number: 'A001', followedBy: [{ serviceId: 'residence', serviceName: { en: 'Residence' } }] } },
    });
  });
});

describe('a transfer', () => {
  it('calls at once at a free counter, under a call of its own', async () => {
    const house = await office();
    const number = take(house);
    const first = house.server.callNext(1);
    const { done, call } = house.server.transfer(1, { counter: 3 });
    expect(done).toBe(true);
    expect(call).toMatchObject({ ticketNumber: number, counter: 3, kind: 'transfer', sequence: 1 });
    expect(call?.callId).not.toBe(first?.callId);
    expect(serving(house, 1)).toMatchObject({ ticketNumber: null });
    expect(serving(house, 3)).toMatchObject({ ticketNumber: number });
  });

  it('waits at the head of a busy counter, which alone calls it', async () => {
    const house = await office();
    const [first, second, third] = [take(house), take(house), take(house, { priorityClass: 'disabled' })];
    house.server.callNext(3);
    house.server.callNext(1);
    expect(house.server.transfer(1, { counter: 3 })).toEqual({ done: true, call: null });
    expect(updates(house)).toEqual([[first, 'waitingAgain', 1]]);
    expect(house.server.callNext(1)?.ticketNumber).toBe(second);
    expect(house.server.callNext(3)).toMatchObject({ ticketNumber: first, kind: 'transfer' });
    expect(third).toBe('A003');
  });

  it('goes to another service, and nowhere from a counter that serves nobody', async () => {
    const house = await office();
    expect(house.server.transfer(1, { counter: 2 })).toEqual({ done: false, call: null });
    for (const counter of [2, 3]) house.server.setCounterOpen(counter, false);
    const number = take(house);
    take(house, { serviceId: 'residence', priorityClass: 'veteran' });
    house.server.callNext(1);
    expect(house.server.transfer(1, { serviceId: 'residence' }).done).toBe(true);
    expect(queueOf(house.server, ['residence'])).toEqual([number, 'C001']);
    expect(house.server.transfer(1, { serviceId: 'nothing' }).done).toBe(false);
  });
});

describe('who is absent', () => {
  it('waits three places later, keeps her call, and is a no-show at the second time', async () => {
    const house = await office();
    for (let n = 0; n < 5; n++) take(house);
    const first = house.server.callNext(1);
    house.server.noShow(1);
    expect(queueOf(house.server)).toEqual(['A002', 'A003', 'A004', 'A001', 'A005']);
    for (let n = 0; n < 3; n++) house.server.callNext(1);
    expect(house.server.callNext(1)).toMatchObject({ ticketNumber: 'A001', callId: first?.callId, sequence: 2, kind: 'recall' });
    house.server.noShow(1);
    expect(updates(house).filter(([number]) => number === 'A001')).toEqual([
      ['A001', 'waitingAgain', 1],
      ['A001', 'noShow', 1],
    ]);
    expect(house.server.callTicket(3, 'A001')).toMatchObject({ counter: 3, kind: 'recall' });
  });

  it('is not called again at once when few wait', async () => {
    const house = await office();
    take(house);
    house.server.callNext(1);
    house.server.noShow(1);
    expect(house.server.callNext(1)).toBeNull();
    house.clock.advance(3 * minuteMs - 1);
    expect(house.server.callNext(1)).toBeNull();
    house.clock.advance(1);
    expect(house.server.callNext(1)?.ticketNumber).toBe('A001');
  });
});

describe('by hand', () => {
  it('parks and calls again, walks direct, and takes out who left', async () => {
    const house = await office();
    for (let n = 0; n < 3; n++) take(house);
    house.server.callNext(1);
    expect(house.server.park(1)).toBe(true);
    expect(house.server.callTicket(1, 'A003')).toMatchObject({ ticketNumber: 'A003', kind: 'walkDirect' });
    expect(house.server.callTicket(1, 'A001')).toMatchObject({ ticketNumber: 'A001', kind: 'recall', sequence: 2 });
    expect(house.server.callTicket(1, 'A003')).toBeNull();
    expect(house.server.dismiss('A002')).toBe(true);
    expect(house.server.dismiss('A002')).toBe(false);
    expect(queueOf(house.server)).toEqual([]);
    expect(updates(house).at(-1)).toEqual(['A002', 'voided', null]);
  });

  it('closes a counter, which then calls nobody and says so', async () => {
    const house = await office();
    take(house);
    house.server.setCounterOpen(1, false);
    expect(serving(house, 1)).toMatchObject({ open: false, ticketNumber: null });
    expect(house.server.callNext(1)).toBeNull();
    house.server.setCounterOpen(1, true);
    expect(house.server.callNext(1)?.ticketNumber).toBe('A001');
  });
});

describe('after a restart', () => {
  it('goes on with the same call and says again whom each counter serves', async () => {
    const house = await office();
    take(house);
    const call = house.server.callNext(1);
    const before = house.broker.sent('counters/1/serving').length;
    await house.server.restart();
    expect(house.broker.sent('counters/1/serving').length).toBeGreaterThan(before);
    expect(serving(house, 1)).toMatchObject({ ticketNumber: 'A001', open: true });
    expect(house.server.recall(1)).toMatchObject({ callId: call?.callId, sequence: 2 });
    expect(house.broker.sent('/queue/calls').map(({ body }) => body.sequence)).toEqual([1, 2]);
  });

  it('tells closed a counter that the ward has no longer', async () => {
    const house = await office();
    await house.server.stop();
    const { catalogue } = house.server;
    const fewer = { ...catalogue, counters: catalogue.counters.filter(({ counter }) => counter !== 2) };
    const { broker } = house;
    const again = await office(house.files.file, { catalogue: fewer, transport: broker.transport('again') });
    expect(serving({ ...again, broker }, 2)).toMatchObject({ open: false, ticketNumber: null });
  });

  it('says a call again that the broker did not get, as long as it is good', async () => {
    const house = await office();
    const wire = house.broker.transport('second');
    await house.server.stop();
    const server = await house.open(wire);
    const again = { ...house, server };
    for (let n = 0; n < 2; n++) take(again);
    wire.cut();
    server.callNext(1);
    await house.clock.advanceAsync(30 * secondMs, 10 * secondMs);
    wire.connect();
    await house.clock.advanceAsync(10, 10);
    expect(house.broker.sent('/queue/calls').map(({ body }) => body.ticketNumber)).toEqual(['A001']);
    wire.cut();
    server.callNext(1);
    await house.clock.advanceAsync(61 * secondMs, 10 * secondMs);
    wire.connect();
    await house.clock.advanceAsync(10, 10);
    expect(house.broker.sent('/queue/calls')).toHaveLength(1);
  });
});
