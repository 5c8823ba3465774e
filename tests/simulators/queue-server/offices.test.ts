import { describe, expect, it } from 'vitest';
import { defaultCatalogue, loadCatalogue } from '../../../simulators/queue-server/catalogue.ts';
import { freeAfterQueue } from '../../../simulators/queue-server/estimate.ts';
import { spansOf } from '../../../simulators/queue-server/hours.ts';
import { statisticsCsv } from '../../../simulators/queue-server/statistics.ts';
import type { Outcome } from '../../../src/queue/contract.ts';
import { numberIn, type Office, office, queueOf, reserve, secondMs, settle, wish } from './office.ts';

const hourMs = 3_600 * secondMs;
const today = '2026-01-05';
const citizen = 'aaaaaaaaaaaaaaaaaaaa';

function book(house: Office, change = {}) {
  return house.server.book({ serviceId: 'residence', day: today, citizenKey: citizen, priorityClass: 'none', channel: 'app', ...change });
}
function bookedCode(house: Office, change = {}): string {
  const answer = book(house, change);
  return answer.ok ? answer.code : answer.reason;
}
function checkIn({ server, head, ids }: Office, bookingCode: string) {
  const ticketId = ids.next();
  const outcome = server.decide('checkins', { ...head(), ticketId, visitId: 'v', bookingCode, language: 'vi' });
  return { ticketId, outcome };
}
const leasesIn = (outcome: Outcome): { prefix: string; first: number; last: number; leaseId: string; serviceId: string }[] =>
  outcome.ok ? Object(outcome.result).leases : [];

describe('an idempotency key', () => {
  it('is good for one content of one operation', async () => {
    const house = await office();
    const request = { ...house.head('r1', 'key-1'), ticketId: house.ids.next(), ...wish };
    const first = house.server.decide('tickets/reserve', request);
    expect(
      house.server.decide('tickets/reserve', { ...request, ...house.head('r1', 'key-1'), expiresAt: '2026-01-07T08:00:00+07:00' }),
    ).toEqual(first);
    expect(house.server.decide('tickets/reserve', { ...request, serviceId: 'residence' })).toMatchObject({ code: 'KEY_REUSED' });
    const { ticketId } = request;
    expect(house.server.decide('tickets/commit', { ...house.head('r1', 'key-1'), ticketId, offlineTicket: null })).toMatchObject({
      code: 'KEY_REUSED',
    });
    expect(house.server.decide('tickets/reserve', request)).toEqual(first);
  });

  it('is remembered for eight days', async () => {
    const house = await office();
    const request = { ...house.head('r1', 'key-1'), visitId: 'v', score: 5, givenAt: '2026-01-05T08:00:00+07:00' };
    house.server.decide('feedback', request);
    house.clock.advance(8 * 24 * hourMs);
    expect(house.server.decide('feedback', { ...request, score: 1 })).toMatchObject({ code: 'KEY_REUSED' });
    house.clock.advance(hourMs);
    expect(house.server.decide('feedback', { ...request, score: 1 }).ok).toBe(true);
  });
});

describe('a booking', () => {
  it('is for today to six days ahead, one a service and two a day for each citizen', async () => {
    const house = await office();
    const code = bookedCode(house);
    expect(code).toMatch(/^LT-BOOK-[A-Z2-9]{8}$/);
    expect(bookedCode(house)).toBe(code);
    expect(bookedCode(house, { serviceId: 'business', channel: 'desk' })).toMatch(/^LT-BOOK-/);
    expect(bookedCode(house, { serviceId: 'certification' })).toBe('TOO_MANY');
    expect(bookedCode(house, { serviceId: 'certification', citizenKey: 'b'.repeat(20) })).toMatch(/^LT-BOOK-/);
    expect(bookedCode(house, { day: '2026-01-11' })).toMatch(/^LT-BOOK-/);
    expect(bookedCode(house, { day: '2026-01-12' })).toBe('DAY_TOO_FAR');
    expect(bookedCode(house, { day: '2026-01-04' })).toBe('DAY_PAST');
    expect(bookedCode(house, { serviceId: 'nothing' })).toBe('SERVICE_UNKNOWN');
    expect(house.server.cancelBooking(code)).toBe(true);
    expect(checkIn(house, code).outcome).toMatchObject({ code: 'BOOKING_UNKNOWN' });
    house.clock.advance(8 * hourMs);
    expect(bookedCode(house, { serviceId: 'certification', citizenKey: 'c'.repeat(20) })).toBe('DAY_OVER');
  });

  it('is checked in from 08:00 until 16:00 of its day, and the robot learns when', async () => {
    const house = await office();
    const tomorrow = bookedCode(house, { day: '2026-01-06' });
    const window = { validFrom: '2026-01-06T08:00:00.000+07:00', validUntil: '2026-01-06T16:00:00.000+07:00' };
    expect(checkIn(house, tomorrow).outcome).toMatchObject({ code: 'BOOKING_NOT_TODAY', ...window });
    house.clock.advance(24 * hourMs - 1);
    expect(checkIn(house, tomorrow).outcome).toMatchObject({ code: 'BOOKING_TOO_EARLY', ...window });
    house.clock.advance(1);
    expect(checkIn(house, tomorrow).outcome.ok).toBe(true);
    expect(checkIn(house, tomorrow).outcome).toMatchObject({ code: 'BOOKING_USED' });
    const other = bookedCode(house, { day: '2026-01-06', serviceId: 'business' });
    house.clock.advance(8 * hourMs);
    expect(checkIn(house, other).outcome).toMatchObject({ code: 'BOOKING_TOO_LATE' });
  });

  it('has the place of the time it was booked, but not before the opening', async () => {
    const house = await office();
    const early = bookedCode(house, { day: '2026-01-06' });
    house.clock.advance(24 * hourMs);
    const paper = (priorityClass: 'none' = 'none') => {
      const { ticketId } = reserve(house, { serviceId: 'residence', priorityClass });
      settle(house, 'tickets/commit', ticketId);
      house.clock.advance(secondMs);
    };
    paper();
    const late = bookedCode(house, { citizenKey: 'b'.repeat(20), day: '2026-01-06' });
    house.clock.advance(secondMs);
    paper();
    for (const code of [late, early]) settle(house, 'tickets/commit', checkIn(house, code).ticketId);
    expect(queueOf(house.server, ['residence'])).toEqual(['C004', 'C001', 'C003', 'C002']);
  });

  it('is free again when its ticket was voided', async () => {
    const house = await office();
    const code = bookedCode(house);
    const first = checkIn(house, code);
    settle(house, 'tickets/void', first.ticketId);
    expect(settle(house, 'tickets/commit', first.ticketId)).toMatchObject({ code: 'TICKET_STATE' });
    expect(checkIn(house, code).outcome.ok).toBe(true);
  });

  it('whose paper nobody confirmed in time gets another number, and the old one stays void', async () => {
    const house = await office();
    const code = bookedCode(house);
    const lost = checkIn(house, code);
    house.clock.advance(60 * secondMs - 1);
    expect(checkIn(house, code).outcome).toMatchObject({ code: 'BOOKING_USED' });
    house.clock.advance(1);
    const second = checkIn(house, code);
    expect([numberIn(lost.outcome), numberIn(second.outcome)]).toEqual(['C001', 'C002']);
    expect(checkIn(house, code).outcome).toMatchObject({ code: 'BOOKING_USED' });
    for (let n = 0; n < 2; n++) expect(settle(house, 'tickets/commit', lost.ticketId)).toMatchObject({ code: 'TICKET_WITHDRAWN' });
    expect(settle(house, 'tickets/commit', second.ticketId).ok).toBe(true);
    expect(settle(house, 'tickets/void', lost.ticketId).ok).toBe(true);
    expect(queueOf(house.server, ['residence'])).toEqual(['C002']);
    expect(checkIn(house, code).outcome).toMatchObject({ code: 'BOOKING_USED' });
  });

  it('whose paper was confirmed late counts, and is not checked in again', async () => {
    const house = await office();
    const code = bookedCode(house);
    const late = checkIn(house, code);
    house.clock.advance(3_600 * secondMs);
    expect(settle(house, 'tickets/commit', late.ticketId).ok).toBe(true);
    expect(checkIn(house, code).outcome).toMatchObject({ code: 'BOOKING_USED' });
    expect(queueOf(house.server, ['residence'])).toEqual(['C001']);
  });

  it('keeps its first number where the second is refused', async () => {
    const house = await office();
    const code = bookedCode(house);
    const first = checkIn(house, code);
    house.clock.advance(65 * secondMs);
    house.server.setOpen('residence', false);
    expect(checkIn(house, code).outcome).toMatchObject({ code: 'SERVICE_CLOSED' });
    expect(settle(house, 'tickets/commit', first.ticketId).ok).toBe(true);
  });
});

describe('leases', () => {
  it('are bounded for each robot and day, so that a flood leaves the others theirs', async () => {
    const house = await office();
    const ask = (robot: string) => house.server.decide('leases', { ...house.head(robot), numbersPerService: 100 });
    const spans = [ask('r1'), ask('r1')].map((outcome) => leasesIn(outcome)[0]).map((lease) => [lease?.first, lease?.last]);
    expect(spans).toEqual([
      [600, 699],
      [700, 719],
    ]);
    for (let n = 0; n < 50; n++) expect(ask('r1')).toMatchObject({ code: 'NUMBERS_EXHAUSTED' });
    expect(leasesIn(ask('r2'))[0]).toMatchObject({ first: 720, last: 819 });
    house.clock.advance(16 * hourMs);
    expect(leasesIn(ask('r1'))[0]).toMatchObject({ first: 600, last: 699 });
  });

  it('give tickets that wait by their time of issue, whatever the robot’s clock says', async () => {
    const house = await office();
    const [lease] = leasesIn(house.server.decide('leases', { ...house.head(), numbersPerService: 10 }));
    if (!lease) throw new Error('no lease');
    house.clock.advance(60 * secondMs);
    settle(house, 'tickets/commit', reserve(house).ticketId);
    house.clock.advance(60 * secondMs);
    const enter = (number: string, issuedAt: string) => {
      const { leaseId, serviceId } = lease;
      const offlineTicket = { leaseId, serviceId, number, issuedAt, followedBy: ['gone'], priorityClass: 'none' as const, visitId: 'v' };
      return house.server.decide('tickets/commit', { ...house.head(), ticketId: house.ids.next(), offlineTicket });
    };
    for (const [number, at] of [
      ['A600', '2026-01-05T08:00:30+07:00'],
      ['A601', '2020-01-01T00:00:00+07:00'],
      ['A602', '2031-01-01T00:00:00+07:00'],
    ] as const)
      expect(enter(number, at).ok).toBe(true);
    expect(queueOf(house.server)).toEqual(['A601', 'A600', 'A001', 'A602']);
  });
});

describe('opening', () => {
  const ward = loadCatalogue('config/wards/cua-nam.yaml');

  it('goes by the hours of the ward file, and by hand for the rest of the day', async () => {
    const house = await office(undefined, { catalogue: ward });
    const isOpen = () => house.server.overview.isOpen('certification');
    const seen = [isOpen()];
    for (const hours of [3.5, 2, 3.5]) {
      house.clock.advance(hours * hourMs);
      seen.push(isOpen());
    }
    expect(seen).toEqual([true, false, true, false]);
    expect(reserve(house).outcome).toMatchObject({ code: 'SERVICE_CLOSED' });
    house.server.setOpen('certification', true);
    expect(numberIn(reserve(house).outcome)).toBe('A001');
    house.clock.advance(7 * hourMs);
    expect(isOpen()).toBe(false);
  });

  it('is announced when the hour strikes', async () => {
    const house = await office(undefined, { catalogue: ward });
    house.clock.advance(3.5 * hourMs + 6 * secondMs);
    const last = house.broker.sent('/queue/services').at(-1)?.body.services;
    expect(Object(last)[0]).toMatchObject({ serviceId: 'certification', open: false });
  });

  it('reads spans of a day, and only such', () => {
    expect(spansOf('07:30-11:30, 13:30-17:00')).toEqual([
      { fromMin: 450, untilMin: 690 },
      { fromMin: 810, untilMin: 1020 },
    ]);
    for (const text of ['', '7:30-11:30', '11:30-07:30', '07:30-12:00, 11:00-17:00', '07:60-08:00', '08:00-25:00'])
      expect(spansOf(text)).toBeNull();
  });

  it('serves in the pilot’s file what the simulation serves', () => {
    expect(ward.services).toEqual(defaultCatalogue.services);
    expect(ward.counters).toEqual(defaultCatalogue.counters);
    expect(ward).toMatchObject({ opening: 'hours', sampleBookings: false });
  });
});

describe('estimates', () => {
  const serviceMin = new Map([
    ['a', 4],
    ['b', 10],
  ]);
  it('share the work among the counters that are open', () => {
    const one = { counter: 1, serviceIds: ['a', 'b'], freeInMin: 0 };
    const two = { counter: 2, serviceIds: ['b'], freeInMin: 2 };
    expect(freeAfterQueue({ waiting: new Map(), serviceMin, counters: [one, two] })).toEqual(
      new Map([
        [1, 0],
        [2, 2],
      ]),
    );
    expect(freeAfterQueue({ waiting: new Map([['a', 3]]), serviceMin, counters: [one, two] })).toEqual(
      new Map([
        [1, 12],
        [2, 2],
      ]),
    );
    expect(freeAfterQueue({ waiting: new Map([['b', 2]]), serviceMin, counters: [one, two] })).toEqual(
      new Map([
        [1, 10],
        [2, 12],
      ]),
    );
  });

  it('grow when a counter closes', async () => {
    const house = await office();
    for (let n = 0; n < 6; n++) settle(house, 'tickets/commit', reserve(house).ticketId);
    const estimate = () => house.server.overview.services()[0]?.estimatedWaitMin;
    expect(estimate()).toBe(12);
    house.server.setCounterOpen(3, false);
    expect(estimate()).toBe(24);
  });
});

it('statistics tell waits, service times and absences of a day by counter, hour and class, and as CSV', async () => {
  const house = await office();
  for (const priorityClass of ['none', 'elderly'] as const) settle(house, 'tickets/commit', reserve(house, { priorityClass }).ticketId);
  house.clock.advance(10 * 60 * secondMs);
  house.server.callNext(1);
  house.clock.advance(5 * 60 * secondMs);
  house.server.callNext(1);
  house.server.noShow(1);
  const day = house.server.statistics.of(today);
  const row = (group: string, key: string) => day.rows.find((candidate) => candidate.group === group && candidate.key === key);
  expect(row('service', 'certification')).toMatchObject({
    issued: 2,
    served: 1,
    absent: 1,
    averageWaitMin: 12.5,
    p90WaitMin: 15,
    averageServiceMin: 5,
  });
  expect(row('counter', '1')).toMatchObject({ served: 1, absent: 1 });
  expect(row('hour', '08')).toMatchObject({ issued: 2, served: 1 });
  expect(row('priority', 'elderly')).toMatchObject({ issued: 1, served: 1, averageWaitMin: 10 });
  expect(statisticsCsv(day)).toContain(`${today},priority,elderly,1,1,0,10,10,5\r\n`);
});
