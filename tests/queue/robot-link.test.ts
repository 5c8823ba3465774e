import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../src/behaviour/model.ts';
import { LetanError } from '../../src/core/errors.ts';
import { buildHouse, settle, temporaryFolder, wish } from './house.ts';

const codeOf = async (work: Promise<unknown>) => {
  try {
    await work;
    return null;
  } catch (error) {
    return error instanceof LetanError ? error.code : error;
  }
};

describe('tickets', () => {
  it('reserves, commits, and the queue server has the ticket waiting', async () => {
    const house = await buildHouse();
    const { link, store } = await house.robot('robot-1');
    expect(link.online).toBe(true);
    const ticket = await link.reserveTicket(wish);
    expect(ticket).toMatchObject({ number: 'A001', offline: false, waitingCount: 0, serviceName: { vi: 'Chứng thực' } });
    expect(house.server.overview.waiting(['certification'], null)).toHaveLength(0);
    await link.commitTicket(ticket.ticketId);
    await settle();
    expect(house.server.overview.waiting(['certification'], null).map((row) => row.number)).toEqual(['A001']);
    expect(store.outbox.length).toBe(0);
  });

  it('voids a ticket, and its number is not given again', async () => {
    const house = await buildHouse();
    const { link } = await house.robot('robot-1');
    const first = await link.reserveTicket(wish);
    await link.voidTicket(first.ticketId, 'paper out');
    await settle();
    const second = await link.reserveTicket(wish);
    expect([first.number, second.number]).toEqual(['A001', 'A002']);
    expect(await codeOf(link.commitTicket(first.ticketId))).toBe('QUEUE_REFUSED');
    expect(house.server.overview.figures()[0]).toMatchObject({ serviceId: 'certification', voided: 1, waiting: 0 });
  });

  it('gives leased numbers while offline that no other robot and no server number meets, and hands them in later', async () => {
    const house = await buildHouse();
    const one = await house.robot('robot-1');
    const two = await house.robot('robot-2');
    const given = [await one.link.reserveTicket(wish), await two.link.reserveTicket(wish)];
    one.wire.cut();
    two.wire.cut();
    for (let n = 0; n < 10; n++) {
      given.push(await one.link.reserveTicket(wish), await two.link.reserveTicket(wish));
    }
    expect(given.slice(2).every((ticket) => ticket.offline)).toBe(true);
    expect(new Set(given.map((ticket) => ticket.number)).size).toBe(22);
    for (const [index, ticket] of given.entries()) await (index % 2 === 0 ? one : two).link.commitTicket(ticket.ticketId);
    expect(one.store.outbox.length).toBe(11);
    one.wire.connect();
    two.wire.connect();
    await settle();
    await settle();
    const waiting = house.server.overview.waiting(['certification'], null).map((row) => row.number);
    expect(waiting.toSorted()).toEqual(given.map((ticket) => ticket.number).toSorted());
    expect([one.store.outbox.length, two.store.outbox.length]).toEqual([0, 0]);
  });

  it('says QUEUE_OFFLINE when no leased number is left', async () => {
    const house = await buildHouse();
    const { link, wire } = await house.robot('robot-1');
    wire.cut();
    for (let n = 0; n < 30; n++) await link.reserveTicket(wish);
    expect(await codeOf(link.reserveTicket(wish))).toBe('QUEUE_OFFLINE');
    expect((await link.reserveTicket({ ...wish, serviceId: 'residence' })).number).toMatch(/^C\d{3}$/);
  });

  it('does not give yesterday’s leased numbers after midnight', async () => {
    // The simulated day begins at 08:00 in Vietnam.
    const house = await buildHouse();
    const { link, wire } = await house.robot('robot-1');
    wire.cut();
    house.clock.advance(16 * 3_600_000);
    expect(await codeOf(link.reserveTicket(wish))).toBe('QUEUE_OFFLINE');
  });

  it('takes a leased number and withdraws the reservation when the answer does not come in time', async () => {
    const house = await buildHouse();
    const { link } = await house.robot('robot-1');
    house.broker.deliveries = (message) => (message.topic.endsWith('/replies') && message.body.ok === true ? 0 : 1);
    const asked = link.reserveTicket(wish);
    await settle();
    house.clock.advance(4_999);
    await settle();
    expect(house.broker.sent('tickets/void')).toHaveLength(0);
    house.broker.deliveries = () => 1;
    house.clock.advance(1);
    const ticket = await asked;
    expect(ticket.offline).toBe(true);
    await settle();
    const late = house.broker.sent('tickets/reserve')[0]?.body.ticketId;
    expect(house.broker.sent('tickets/void').map((message) => message.body.ticketId)).toEqual([late]);
    expect(house.server.overview.figures()[0]).toMatchObject({ voided: 1 });
  });

  it('refuses a reservation that arrives after it was withdrawn', async () => {
    const house = await buildHouse();
    const { link } = await house.robot('robot-1');
    house.broker.deliveries = (message) => (message.topic.includes('tickets/reserve/') ? 0 : 1);
    const asked = link.reserveTicket(wish);
    await settle();
    house.clock.advance(5_000);
    await asked;
    await settle();
    house.broker.deliveries = () => 1;
    const late = house.broker.sent('tickets/reserve')[0];
    house.broker.publish('robot-1', late?.topic ?? '', JSON.stringify(late?.body), false);
    await settle();
    expect(house.broker.sent('/replies').at(-1)?.body).toMatchObject({ ok: false, code: 'TICKET_WITHDRAWN' });
  });

  it('takes every message twice and still does everything once', async () => {
    const house = await buildHouse();
    house.broker.deliveries = () => 2;
    const { link, store } = await house.robot('robot-1');
    const calls: Call[] = [];
    link.callReceived.on((call) => calls.push(call));
    const ticket = await link.reserveTicket(wish);
    await link.commitTicket(ticket.ticketId);
    await link.submitFeedback({ visitId: 'visit-1', score: 5 });
    await settle();
    house.server.callNext(1);
    await settle();
    expect(house.server.overview.figures()[0]).toMatchObject({ issued: 1 });
    expect(house.server.overview.scores()).toEqual({ '5': 1 });
    expect(calls).toHaveLength(1);
    expect(store.outbox.length).toBe(0);
  });

  it('says a closed service is closed, online and offline', async () => {
    const house = await buildHouse();
    const { link, wire } = await house.robot('robot-1');
    house.server.setOpen('certification', false);
    await settle();
    expect(await codeOf(link.reserveTicket(wish))).toBe('QUEUE_SERVICE_CLOSED');
    wire.cut();
    expect(await codeOf(link.reserveTicket(wish))).toBe('QUEUE_SERVICE_CLOSED');
  });

  it('refuses new promises when the outbox is full, yet settles tickets already given', async () => {
    const house = await buildHouse();
    const { link, wire, store } = await house.robot('robot-1');
    const ticket = await link.reserveTicket(wish);
    wire.cut();
    for (let n = 0; n < 50; n++) await link.submitFeedback({ visitId: `visit-${n}`, score: 4 });
    expect(await codeOf(link.submitFeedback({ visitId: 'visit-x', score: 4 }))).toBe('OUTBOX_FULL');
    expect(await codeOf(link.reserveTicket(wish))).toBe('OUTBOX_FULL');
    await link.commitTicket(ticket.ticketId);
    expect(store.outbox.length).toBe(51);
    wire.connect();
    await settle();
    for (let n = 0; n < 10; n++) await settle();
    expect(store.outbox.length).toBe(0);
    expect(house.server.overview.scores()).toEqual({ '4': 50 });
  });
});

describe('bookings', () => {
  it('turns a booking into an equal ticket, once', async () => {
    const house = await buildHouse();
    const { link } = await house.robot('robot-1');
    const booked = { visitId: 'visit-1', bookingCode: 'LT-BOOK-0001', language: 'en' } as const;
    const ticket = await link.checkInBooking(booked);
    expect(ticket).toMatchObject({ number: 'A001', serviceId: 'certification' });
    expect(await codeOf(link.checkInBooking(booked))).toBe('BOOKING_USED');
    await link.voidTicket(ticket.ticketId, 'paper out');
    await settle();
    expect((await link.checkInBooking(booked)).number).toBe('A002');
  });

  it('knows unknown bookings, other days and an absent queue server', async () => {
    const house = await buildHouse();
    const { link, wire } = await house.robot('robot-1');
    const check = (bookingCode: string) => codeOf(link.checkInBooking({ visitId: 'visit-1', bookingCode, language: 'vi' }));
    expect(await check('LT-BOOK-9999')).toBe('BOOKING_UNKNOWN');
    expect(await check('LT-BOOK-0090')).toBe('BOOKING_NOT_TODAY');
    wire.cut();
    expect(await check('LT-BOOK-0001')).toBe('QUEUE_OFFLINE');
  });
});

describe('calls', () => {
  it('speaks a call once, a recall again, and neither after it expired', async () => {
    const house = await buildHouse();
    const { link } = await house.robot('robot-1');
    const calls: Call[] = [];
    link.callReceived.on((call) => calls.push(call));
    const ticket = await link.reserveTicket(wish);
    await link.commitTicket(ticket.ticketId);
    await settle();
    house.server.callNext(1);
    await settle();
    house.server.recall(1);
    await settle();
    expect(calls.map(({ ticketNumber, counter, sequence, kind }) => ({ ticketNumber, counter, sequence, kind }))).toEqual([
      { ticketNumber: 'A001', counter: 1, sequence: 1, kind: 'call' },
      { ticketNumber: 'A001', counter: 1, sequence: 2, kind: 'recall' },
    ]);
    const [first, second] = house.broker.sent('queue/calls');
    const again = (message: typeof first, change = {}) =>
      house.broker.publish('server', message?.topic ?? '', JSON.stringify({ ...message?.body, ...change }), false);
    again(second);
    again(first);
    house.clock.advance(60_000);
    again(second, { sequence: 3 });
    await settle();
    expect(calls).toHaveLength(2);
  });

  it('does not speak a call again after a restart', async () => {
    const house = await buildHouse();
    const file = join(temporaryFolder(), 'robot.sqlite');
    const before = await house.robot('robot-1', file);
    const ticket = await before.link.reserveTicket(wish);
    await before.link.commitTicket(ticket.ticketId);
    await settle();
    house.server.callNext(1);
    await settle();
    before.crash();
    const after = await house.robot('robot-1', file);
    const calls: Call[] = [];
    after.link.callReceived.on((call) => calls.push(call));
    const call = house.broker.sent('queue/calls')[0];
    house.broker.publish('server', call?.topic ?? '', JSON.stringify(call?.body), false);
    await settle();
    expect(calls).toHaveLength(0);
  });

  it('lists who is served, by counter', async () => {
    const house = await buildHouse();
    const { link } = await house.robot('robot-1');
    const lists: unknown[] = [];
    link.servingChanged.on((list) => lists.push(list));
    for (const serviceId of ['residence', 'certification']) {
      await link.commitTicket((await link.reserveTicket({ ...wish, serviceId })).ticketId);
    }
    await settle();
    house.server.callNext(3);
    house.server.callNext(1);
    house.server.noShow(3);
    await settle();
    expect(lists.at(-1)).toEqual([{ counter: 1, ticketNumber: 'A001' }]);
    expect(lists).toContainEqual([
      { counter: 1, ticketNumber: 'A001' },
      { counter: 3, ticketNumber: 'C001' },
    ]);
  });
});

describe('a crash', () => {
  it('keeps what was promised and withdraws what nobody confirmed', async () => {
    const house = await buildHouse();
    const file = join(temporaryFolder(), 'robot.sqlite');
    const before = await house.robot('robot-1', file);
    const open = await before.link.reserveTicket(wish);
    const printed = await before.link.reserveTicket(wish);
    before.wire.cut();
    await before.link.commitTicket(printed.ticketId);
    const receipt = await before.link.submitPetition({ visitId: 'visit-1', jwe: 'aa..bb.cc.dd' });
    before.crash();
    const after = await house.robot('robot-1', file);
    await settle();
    expect(after.store.outbox.length).toBe(0);
    expect(house.server.overview.waiting(['certification'], null).map((row) => row.number)).toEqual([printed.number]);
    expect((await house.server.archive.petitions()).map((petition) => petition.receiptNumber)).toEqual([receipt]);
    expect(house.broker.sent('tickets/void').map((message) => message.body.ticketId)).toEqual([open.ticketId]);
  });

  it('knows the services and gives leased numbers when it starts without a broker', async () => {
    const house = await buildHouse();
    const file = join(temporaryFolder(), 'robot.sqlite');
    const before = await house.robot('robot-1', file);
    before.crash();
    house.serverWire.cut();
    const after = await house.robot('robot-1', file);
    expect(after.link.online).toBe(false);
    expect((await after.link.reserveTicket(wish)).offline).toBe(true);
  });
});

describe('the link', () => {
  it('is offline while the queue server is away, though the broker is there', async () => {
    const house = await buildHouse();
    const { link } = await house.robot('robot-1');
    const seen: boolean[] = [];
    link.onlineChanged.on((status) => seen.push(status.online));
    house.serverWire.cut();
    await settle();
    expect(link.online).toBe(false);
    house.serverWire.connect();
    await settle();
    expect(seen).toEqual([false, true]);
  });

  it('carries an order to the robot once and answers it', async () => {
    const house = await buildHouse();
    const { link } = await house.robot('robot-1');
    const orders: unknown[] = [];
    link.onCommand((order) => {
      orders.push(order);
      return { ok: true, result: {} };
    });
    house.broker.deliveries = () => 2;
    expect(await house.server.command('robot-1', { command: 'goTo', place: 'entrance' })).toMatchObject({ ok: true });
    expect(orders).toMatchObject([{ command: 'goTo', place: 'entrance' }]);
    const late = house.broker.sent('/commands/goTo')[0];
    house.clock.advance(10_000);
    house.broker.publish('server', late?.topic ?? '', JSON.stringify({ ...late?.body, idempotencyKey: 'another' }), false);
    await settle();
    expect(orders).toHaveLength(1);
    expect(house.broker.sent('/command-replies/robot-1').at(-1)?.body).toMatchObject({ ok: false, code: 'EXPIRED' });
  });

  it('tells its state on change and every 30 s, and its end by the will', async () => {
    const house = await buildHouse();
    const { link, wire } = await house.robot('robot-1');
    link.publishState({ screen: 'menu', paused: false, driving: false, stopped: false, stopCause: null, devices: {} });
    house.clock.advance(30_000);
    await settle();
    expect(house.broker.sent('robot-1/state')).toHaveLength(2);
    expect(house.server.robots()).toMatchObject([{ robotId: 'robot-1', connection: 'online', state: { screen: 'menu' } }]);
    wire.cut();
    await settle();
    expect(house.server.robots()).toMatchObject([{ connection: 'connectionBroken' }]);
  });

  it('keeps an entry until the queue server says yes, and does not let it hold up another', async () => {
    const house = await buildHouse();
    const { link, store } = await house.robot('robot-1');
    house.broker.deliveries = (message) => (message.topic.includes('/feedback/') ? 0 : 1);
    await link.submitFeedback({ visitId: 'first', score: 1 });
    await link.submitPetition({ visitId: 'second', jwe: 'aa..bb.cc.dd' });
    await settle();
    await house.clock.advanceAsync(20_000, 500);
    expect(store.outbox.first()?.operation).toBe('feedback');
    expect(store.outbox.length).toBe(1);
    expect(house.broker.sent('/petitions')).toHaveLength(1);
    expect(house.broker.sent('/feedback').length).toBeGreaterThan(1);
    house.broker.deliveries = () => 1;
    await house.clock.advanceAsync(60_000, 500);
    expect(store.outbox.length).toBe(0);
    expect(house.server.overview.scores()).toEqual({ '1': 1 });
  });

  it('lets nothing personal out: what is refused for good is kept by key and code alone', async () => {
    const house = await buildHouse();
    const { link, store } = await house.robot('robot-1');
    store.outbox.add({ idempotencyKey: 'broken', operation: 'registrations', body: { nonsense: true } });
    await link.submitFeedback({ visitId: 'visit-1', score: 3 });
    await settle();
    expect([store.outbox.length, store.outbox.refusedCount]).toEqual([0, 1]);
  });
});
