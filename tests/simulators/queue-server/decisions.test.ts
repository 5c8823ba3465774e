import { existsSync, readFileSync, statSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderQueue } from '../../../simulators/queue-server/queue-order.ts';
import { createSealer } from '../../../src/identity/sealing.ts';
import { numberIn, type Office, office, queueOf, reserve, secondMs, settle, wish } from './office.ts';

describe('numbers', () => {
  it('run by service and begin again each day in Vietnam', async () => {
    const house = await office();
    const given = [reserve(house), reserve(house), reserve(house, { serviceId: 'residence' })].map(({ outcome }) => numberIn(outcome));
    expect(given).toEqual(['A001', 'A002', 'C001']);
    house.clock.advance(16 * 3600 * secondMs - 1);
    expect(numberIn(reserve(house).outcome)).toBe('A003');
    house.clock.advance(1);
    expect(numberIn(reserve(house).outcome)).toBe('A001');
  });

  it('end at 599, where the leased ones begin', async () => {
    const house = await office(':memory:');
    for (let n = 1; n <= 599; n++) expect(reserve(house).outcome.ok).toBe(true);
    expect(reserve(house).outcome).toMatchObject({ ok: false, code: 'NUMBERS_EXHAUSTED' });
    const lease = house.server.decide('leases', { ...house.head(), numbersPerService: 30 });
    expect(lease).toMatchObject({
      ok: true,
      result: { leases: expect.arrayContaining([expect.objectContaining({ prefix: 'A', first: 600, last: 629 })]) },
    });
  });

  it('are leased to one robot only', async () => {
    const house = await office();
    const bands = ['r1', 'r2', 'r1'].map((robot) => {
      const outcome = house.server.decide('leases', { ...house.head(robot), numbersPerService: 20 });
      return outcome.ok ? Object(outcome.result).leases[0] : null;
    });
    expect(bands.map(({ first, last }) => [first, last])).toEqual([
      [600, 619],
      [620, 639],
      [640, 659],
    ]);
    const { leaseId, serviceId } = bands[0];
    const offline = {
      leaseId,
      serviceId,
      number: 'A600',
      followedBy: [] as string[],
      priorityClass: 'none',
      visitId: 'v',
      issuedAt: '2026-01-05T07:00:00+07:00',
    } as const;
    const commit = (robotId: string, change = {}) =>
      house.server.decide('tickets/commit', {
        ...house.head(robotId),
        ticketId: house.ids.next(),
        offlineTicket: { ...offline, ...change },
      });
    expect(commit('r2')).toMatchObject({ code: 'LEASE_UNKNOWN' });
    expect(commit('r1', { number: 'A620' })).toMatchObject({ code: 'LEASE_UNKNOWN' });
    expect(commit('r1').ok).toBe(true);
    expect(commit('r1')).toMatchObject({ code: 'TICKET_STATE' });
  });
});

describe('reservations', () => {
  it('answer the same key of the same robot the same, and do it once', async () => {
    const house = await office();
    const request = { ...house.head('r1', 'key-1'), ticketId: house.ids.next(), ...wish };
    const first = house.server.decide('tickets/reserve', request);
    expect(house.server.decide('tickets/reserve', { ...request, messageId: house.ids.next() })).toEqual(first);
    expect(numberIn(reserve(house).outcome)).toBe('A002');
    expect(numberIn(reserve(house, {}, 'key-1', 'r2').outcome)).toBe('A003');
  });

  it('end after 60 s, and come back to life when the paper was out after all', async () => {
    const house = await office();
    const { ticketId } = reserve(house);
    house.clock.advance(55 * secondMs);
    expect(house.server.overview.figures()[0]).toMatchObject({ voided: 0 });
    house.clock.advance(5 * secondMs);
    expect(house.server.overview.figures()[0]).toMatchObject({ voided: 1, waiting: 0 });
    expect(settle(house, 'tickets/commit', ticketId).ok).toBe(true);
    expect(queueOf(house.server)).toEqual(['A001']);
  });

  it('belong to the robot that made them', async () => {
    const house = await office();
    const { ticketId } = reserve(house);
    expect(settle(house, 'tickets/commit', ticketId, 'r2')).toMatchObject({ code: 'TICKET_UNKNOWN' });
    expect(queueOf(house.server)).toEqual([]);
  });

  it('cannot be voided once waiting, nor committed once voided', async () => {
    const house = await office();
    const waiting = reserve(house).ticketId;
    settle(house, 'tickets/commit', waiting);
    expect(settle(house, 'tickets/void', waiting)).toMatchObject({ code: 'TICKET_STATE' });
    const voided = reserve(house).ticketId;
    settle(house, 'tickets/void', voided);
    expect(settle(house, 'tickets/commit', voided)).toMatchObject({ code: 'TICKET_STATE' });
    expect(queueOf(house.server)).toEqual(['A001']);
  });

  it('are refused for closed and unknown services', async () => {
    const house = await office();
    house.server.setOpen('certification', false);
    expect(reserve(house).outcome).toMatchObject({ code: 'SERVICE_CLOSED' });
    expect(reserve(house, { serviceId: 'nothing' }).outcome).toMatchObject({ code: 'SERVICE_UNKNOWN' });
    house.server.setOpen('certification', true);
    expect(reserve(house).outcome.ok).toBe(true);
  });

  it('survive a restart of the queue server, with their answers', async () => {
    const house = await office();
    const { ticketId } = reserve(house, {}, 'key-1');
    await house.server.stop();
    const again: Office = { ...house, server: await house.open() };
    expect(numberIn(reserve(again, { ticketId }, 'key-1').outcome)).toBe('A001');
    settle(again, 'tickets/commit', ticketId);
    expect(queueOf(again.server)).toEqual(['A001']);
    await again.server.stop();
  });
});

describe('calling', () => {
  it('calls priority first, at most two in a row, and only services of the counter', async () => {
    const house = await office();
    const wishes = ['none', 'elderly', 'none', 'veteran', 'disabled'] as const;
    for (const priorityClass of wishes) settle(house, 'tickets/commit', reserve(house, { priorityClass }).ticketId);
    settle(house, 'tickets/commit', reserve(house, { serviceId: 'business' }).ticketId);
    const called: (string | undefined)[] = [];
    for (let n = 0; n < 6; n++) {
      house.clock.advance(secondMs);
      called.push(house.server.callNext(1)?.ticketNumber);
    }
    expect(called).toEqual(['A005', 'A004', 'A001', 'A002', 'A003', undefined]);
    expect(house.server.callNext(3)?.ticketNumber).toBe('D001');
  });

  it('recalls with the next sequence, and calls an absent citizen again until she is a no-show', async () => {
    const house = await office();
    for (let n = 0; n < 2; n++) settle(house, 'tickets/commit', reserve(house).ticketId);
    expect(house.server.recall(1)).toBeNull();
    const call = house.server.callNext(1);
    expect(call).toMatchObject({ ticketNumber: 'A001', counter: 1, sequence: 1, kind: 'call' });
    expect(house.server.recall(1)).toMatchObject({ callId: call?.callId, sequence: 2, kind: 'recall' });
    expect(house.server.noShow(1)).toBe(true);
    expect(house.server.noShow(1)).toBe(false);
    house.server.callNext(1);
    expect(house.server.overview.serving()).toEqual([{ counter: 1, ticketNumber: 'A002' }]);
    expect(house.server.finish(1)).toBe(true);
    expect(house.server.callNext(1)).toBeNull();
    house.clock.advance(3 * 60 * secondMs);
    expect(house.server.callNext(1)).toMatchObject({ ticketNumber: 'A001', callId: call?.callId, sequence: 3, kind: 'recall' });
    expect(house.server.noShow(1)).toBe(true);
    expect(house.server.overview.figures()[0]).toMatchObject({ issued: 2, served: 1, noShow: 1, waiting: 0 });
  });

  it('never loses anybody and never keeps an ordinary citizen waiting behind three priority ones', () => {
    const ticket = fc.record({ priorityClass: fc.constantFrom('none', 'elderly'), id: fc.uuid() });
    fc.assert(
      fc.property(fc.array(ticket, { maxLength: 30 }), fc.integer({ min: 0, max: 2 }), (tickets, run) => {
        const ordered = orderQueue(tickets, run);
        expect(ordered.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(tickets.toSorted((a, b) => a.id.localeCompare(b.id)));
        const lastOrdinary = ordered.findLastIndex((entry) => entry.priorityClass === 'none');
        const pattern = ordered.slice(0, lastOrdinary + 1).map((entry) => (entry.priorityClass === 'none' ? 'o' : 'p'));
        expect(`${'p'.repeat(run)}${pattern.join('')}`).not.toContain('ppp');
      }),
    );
  });
});

describe('what citizens entrust', () => {
  it('lies encrypted in the file and opens for the officer alone', async () => {
    const house = await office();
    const sealed = await createSealer(house.server.publicJwk).seal({ people: [{ fullName: 'TRẦN THỊ THỬ NGHIỆM' }] });
    expect(house.server.publicJwk).not.toHaveProperty('d');
    expect(statSync(house.files.keyFile).mode & 0o077).toBe(0);
    house.server.decide('registrations', {
      ...house.head(),
      visitId: 'v',
      registrationId: house.ids.next(),
      readAt: '2026-01-05T08:00:00+07:00',
      personCount: 1,
      jwe: sealed,
    });
    expect(await house.server.archive.registrations()).toMatchObject([
      { personCount: 1, content: { people: [{ fullName: 'TRẦN THỊ THỬ NGHIỆM' }] } },
    ]);
    for (const file of [house.files.file, `${house.files.file}-wal`]) {
      if (existsSync(file)) expect(readFileSync(file).includes('THỬ NGHIỆM')).toBe(false);
    }
  });

  it('says when a seal is not this key’s, and never takes a receipt number twice', async () => {
    const house = await office();
    const petition = { visitId: 'v', filedAt: '2026-01-05T08:00:00+07:00', receiptNumber: 'PA-1', jwe: 'aa..bb.cc.dd' };
    expect(house.server.decide('petitions', { ...house.head(), ...petition }).ok).toBe(true);
    expect(house.server.decide('petitions', { ...house.head(), ...petition })).toMatchObject({ code: 'RECEIPT_TAKEN' });
    expect(await house.server.archive.petitions()).toMatchObject([{ receiptNumber: 'PA-1', content: null }]);
  });
});
