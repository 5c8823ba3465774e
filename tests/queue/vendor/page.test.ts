import { describe, expect, it } from 'vitest';
import { type Exchange, requestExchanges } from '../../../src/queue/contract/examples.ts';
import { operations } from '../../../src/queue/contract.ts';
import { compiledSchemas } from '../contract/schemas.ts';
import { ward } from '../house.ts';
import { type Json, type Operation, reference, type Side, vendor } from './sides.ts';
import { ulid } from './vendor-types.ts';

const secondMs = 1_000;
const dayMs = 86_400_000;
const isOperation = (name: string): name is Operation => operations.some((operation) => operation === name);

/** The page's words, ids and times are its own; so is how long one citizen takes. */
const own = ['messageId', 'sentAt', 'version', 'ward', 'detail', 'leaseId', 'issuedAt', 'reservedUntil', 'expiresAt', 'software'];
const common = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, part) => ([...own, 'estimatedWaitMin'].includes(key) ? undefined : part)));
/** Of these the circumstances are played in the rules below, or are not the vendor's. */
const elsewhere = ['BOOKING_TOO_EARLY', 'BOOKING_TOO_LATE', 'TRY_LATER'];

describe('what the page shows', () => {
  it('is what the vendor answers', async () => {
    const side = await vendor();
    const schemas = compiledSchemas();
    let leaseId = '';
    for (const exchange of requestExchanges.filter(({ reply }) => !elsewhere.includes(String(reply.code)))) {
      const { channel, payload, reply, says } = exchange;
      if (!isOperation(channel)) throw new Error(`${channel} is no operation`);
      const offline = typeof payload.offlineTicket === 'object' && payload.offlineTicket;
      const sent = { ...payload, expiresAt: expiryOf(exchange, side), ...(offline ? { offlineTicket: { ...offline, leaseId } } : {}) };
      const restore = arrange(exchange, side);
      const answer = await side.put(channel, 'robot-1', JSON.stringify(sent));
      restore();
      expect(common(answer), says).toEqual(common(reply));
      const head = { version: 1, ward, messageId: ulid(0), sentAt: '2026-01-05T08:00:00Z' };
      expect(schemas.get(`${channel.replace('/', '-')}-reply`)?.({ ...head, ...answer }), says).toBe(true);
      if (channel === 'leases') leaseId = /"leaseId":"(\w+)"/.exec(JSON.stringify(answer))?.[1] ?? '';
    }
  });
});

const expiryOf = ({ payload, reply }: Exchange, { clock }: Side) =>
  reply.code === 'EXPIRED' ? payload.expiresAt : new Date(clock.nowMs() + 60 * secondMs).toISOString();

function arrange({ given }: Exchange, side: Awaited<ReturnType<typeof vendor>>): () => void {
  if (given?.startsWith('all numbers')) side.exhaust('business');
  if (!given?.includes('is closed')) return () => {};
  side.setOpen('residence', false);
  return () => side.setOpen('residence', true);
}

let counted = 0;
const newId = () => `01KE6E3G02${String(++counted).padStart(16, '0')}`;

/** Asks as a robot does; `more` replaces parts of the head. */
function asker({ put, clock }: Side) {
  return (operation: Operation, body: object, robotId = 'robot-1', more: Json = {}): Promise<Json | null> =>
    put(operation, robotId, JSON.stringify({ ...headOf(robotId, clock.nowMs()), ...body, ...more }));
}

function headOf(robotId: string, nowMs: number): Json {
  const [sentAt, expiresAt] = [nowMs, nowMs + 60 * secondMs].map((atMs) => new Date(atMs).toISOString());
  const replyTo = `letan/v1/${ward}/robots/${robotId}/replies`;
  return { version: 1, ward, messageId: newId(), sentAt, robotId, replyTo, expiresAt, idempotencyKey: newId() };
}

const reservation = (serviceId: string, more: object = {}) => ({
  ticketId: newId(),
  visitId: 'visit-1',
  serviceId,
  followedBy: [],
  priorityClass: 'none',
  language: 'vi',
  ...more,
});
const settled = (ticketId: string, offlineTicket: object | null = null) => ({ ticketId, offlineTicket });
const voided = (ticketId: string, offlineTicket: object | null = null) => ({ ticketId, reason: 'test', offlineTicket });
const checkin = (bookingCode: string) => ({ ticketId: newId(), visitId: 'visit-1', bookingCode, language: 'vi' });
const ticketOf = (answer: Json | null): Json => Object(Object(answer?.result).ticket);

describe.each([
  ['the reference queue server', reference],
  ['the vendor', vendor],
])('the rules of the page at %s', (_name, open) => {
  it('EXPIRED comes before the remembered key and leaves nothing under it', async () => {
    const side = await open();
    const ask = asker(side);
    const wish = reservation('certification');
    const key = { idempotencyKey: 'k-1' };
    const late = { ...key, expiresAt: new Date(side.clock.nowMs()).toISOString() };
    expect(await ask('tickets/reserve', { ...wish, visitId: 'other' }, 'robot-1', late)).toMatchObject({ code: 'EXPIRED' });
    const first = await ask('tickets/reserve', wish, 'robot-1', key);
    expect(ticketOf(first)).toMatchObject({ number: 'A001' });
    expect(await ask('tickets/reserve', wish, 'robot-1', late)).toMatchObject({ code: 'EXPIRED' });
    expect((await ask('tickets/reserve', wish, 'robot-1', key))?.result).toEqual(first?.result);
  });

  it('KEY_REUSED looks at what a body says, not at how it is written', async () => {
    const side = await open();
    const { put, clock } = side;
    const ask = asker(side);
    const followedBy = ['civil-status', 'residence'];
    const wish = reservation('certification', { followedBy });
    const key = { idempotencyKey: 'k-1' };
    const first = await ask('tickets/reserve', wish, 'robot-1', key);
    const backwards = Object.entries({ ...headOf('robot-1', clock.nowMs()), ...wish, ...key }).reverse();
    const again = JSON.stringify(Object.fromEntries(backwards), null, 2).replaceAll('civil', '\\u0063ivil');
    expect((await put('tickets/reserve', 'robot-1', again))?.result).toEqual(first?.result);
    const turned = { ...wish, followedBy: followedBy.toReversed() };
    expect(await ask('tickets/reserve', turned, 'robot-1', key)).toMatchObject({ code: 'KEY_REUSED' });
    expect(await ask('tickets/commit', settled(wish.ticketId), 'robot-1', key)).toMatchObject({ code: 'KEY_REUSED' });
    expect((await ask('tickets/reserve', wish, 'robot-1', key))?.result).toEqual(first?.result);
    expect(ticketOf(await ask('tickets/reserve', reservation('certification'), 'robot-2', key))).toMatchObject({ number: 'A002' });
  });

  it('BAD_MESSAGE is not remembered: mended, the same key is good', async () => {
    const ask = asker(await open());
    const key = { idempotencyKey: 'k-1' };
    const twice = reservation('certification', { followedBy: ['certification'] });
    expect(await ask('tickets/reserve', twice, 'robot-1', key)).toMatchObject({ code: 'BAD_MESSAGE' });
    expect(await ask('tickets/reserve', { ...twice, followedBy: [] }, 'robot-1', key)).toMatchObject({ ok: true });
  });

  it.each(['2026-02-30T08:00:00Z', '2025-02-29T08:00:00Z', '2026-01-05T24:00:00Z', '2026-01-05T08:00:60Z', '2026-01-05T08:00Z'])(
    'the time %s is BAD_MESSAGE',
    async (time) => {
      const ask = asker(await open());
      const feedback = { visitId: 'visit-1', score: 4, givenAt: time };
      expect(await ask('feedback', feedback)).toMatchObject({ ok: false, code: 'BAD_MESSAGE' });
      expect(await ask('feedback', { ...feedback, givenAt: '2024-02-29T08:00:00Z' })).toMatchObject({ ok: true });
      expect(await ask('leases', { numbersPerService: 1 }, 'robot-1', { expiresAt: time })).toMatchObject({ code: 'BAD_MESSAGE' });
    },
  );

  it('what no message may hold is not answered, wherever it stands', async () => {
    const side = await open();
    const levels = (count: number) => `${'['.repeat(count)}1${']'.repeat(count)}`;
    const put = (note: string) => {
      const text = JSON.stringify({ ...headOf('robot-1', side.clock.nowMs()), ...reservation('certification'), note: '?' });
      return side.put('tickets/reserve', 'robot-1', text.replace('"?"', note));
    };
    for (const note of ['"\\u0000"', '"\\ud800"', '["x","\\udc00 "]', '{"__proto__":1}', '{"a":[{"constructor":1}]}', levels(12)])
      expect(await put(note), note).toBeNull();
    for (const note of ['"\\ud83d\\ude00"', levels(11), '{"proto":null}']) expect(await put(note), note).toMatchObject({ ok: true });
  });

  it('a ticketId names one ticket, of one robot', async () => {
    const ask = asker(await open());
    const wish = reservation('certification');
    await ask('tickets/reserve', wish);
    for (const robot of ['robot-1', 'robot-2']) expect(await ask('tickets/reserve', wish, robot)).toMatchObject({ code: 'TICKET_STATE' });
    expect(await ask('tickets/commit', settled(wish.ticketId), 'robot-2')).toMatchObject({ code: 'TICKET_UNKNOWN' });
    expect(await ask('tickets/commit', settled(wish.ticketId))).toMatchObject({ ok: true });
    expect(ticketOf(await ask('tickets/reserve', reservation('certification')))).toMatchObject({ number: 'A002', waitingCount: 1 });
  });

  it('a booking met by a closed service stays good; late confirmed it counts, superseded it does not', async () => {
    const side = await open();
    const ask = asker(side);
    const code = side.book(dayMs);
    side.setOpen('residence', false);
    expect(await ask('checkins', checkin(code))).toMatchObject({ code: 'SERVICE_CLOSED' });
    side.setOpen('residence', true);
    const first = checkin(code);
    expect(ticketOf(await ask('checkins', first))).toMatchObject({ number: 'C001' });
    expect(await ask('checkins', checkin(code))).toMatchObject({ code: 'BOOKING_USED' });
    side.clock.advance(60 * secondMs);
    const second = checkin(code);
    expect(ticketOf(await ask('checkins', second))).toMatchObject({ number: 'C002' });
    expect(await ask('tickets/commit', settled(first.ticketId))).toMatchObject({ code: 'TICKET_WITHDRAWN' });
    side.clock.advance(60 * secondMs);
    expect(await ask('tickets/commit', settled(second.ticketId))).toMatchObject({ ok: true });
    expect(side.line('residence')).toEqual(['C002']);
    side.clock.advance(8 * 3600 * secondMs);
    expect(await ask('checkins', checkin(code))).toMatchObject({ code: 'BOOKING_TOO_LATE' });
  });

  it('a booking has its place from the opening on, and its paper the time of check-in', async () => {
    const side = await open();
    const ask = asker(side);
    const code = side.book(dayMs);
    const paper = reservation('residence');
    await ask('tickets/reserve', paper);
    await ask('tickets/commit', settled(paper.ticketId));
    side.clock.advance(60 * secondMs);
    const booked = checkin(code);
    const ticket = ticketOf(await ask('checkins', booked));
    expect(Date.parse(String(ticket.issuedAt))).toBe(side.clock.nowMs());
    await ask('tickets/commit', settled(booked.ticketId));
    expect(side.line('residence')).toEqual(['C002', 'C001']);
  });

  it('a leased number is of its lease and of the day of that', async () => {
    const side = await open();
    const ask = asker(side);
    const lend = async () => {
      const result = Object((await ask('leases', { numbersPerService: 5 }))?.result);
      const lease = Object(result.leases).find((one: Json) => one.prefix === 'A');
      const { leaseId, serviceId, first } = lease;
      const times = { issuedAt: new Date(side.clock.nowMs()).toISOString(), visitId: 'visit-1' };
      return { leaseId, serviceId, number: `A${first}`, followedBy: ['gone'], priorityClass: 'none', ...times };
    };
    const given = await lend();
    const [ticketId, another] = [newId(), newId()];
    expect(await ask('tickets/void', voided(another, given), 'robot-2')).toMatchObject({ code: 'LEASE_UNKNOWN' });
    expect(await ask('tickets/commit', settled(ticketId, given))).toMatchObject({ ok: true });
    expect(await ask('tickets/commit', settled(ticketId, given))).toMatchObject({ ok: true });
    expect(await ask('tickets/void', voided(ticketId, given))).toMatchObject({ code: 'TICKET_STATE' });
    expect(await ask('tickets/commit', settled(another, given))).toMatchObject({ code: 'TICKET_STATE' });
    expect(side.line('certification')).toEqual(['A600']);
    const late = { ...given, number: 'A601' };
    side.clock.advance(dayMs);
    const today = await lend();
    expect(today.number).toBe('A600');
    expect(await ask('tickets/commit', settled(newId(), late))).toMatchObject({ ok: true });
    expect(await ask('tickets/commit', settled(newId(), today))).toMatchObject({ ok: true });
    expect(side.line('certification')).toEqual(['A600']);
  });

  it('a registration is kept once, and another one under its id refused for good', async () => {
    const side = await open();
    const ask = asker(side);
    const jwe = 'e30..AAAA.AAAA.AAAA';
    const registration = { registrationId: newId(), visitId: 'visit-1', personCount: 1, readAt: '2026-01-05T08:00:00Z', jwe };
    for (let n = 0; n < 2; n++) expect(await ask('registrations', registration)).toMatchObject({ ok: true });
    expect(await ask('registrations', { ...registration, jwe: 'e30..BBBB.AAAA.AAAA' })).toMatchObject({ code: 'BAD_MESSAGE' });
    expect(await ask('registrations', registration, 'robot-2')).toMatchObject({ code: 'BAD_MESSAGE' });
    expect(await side.registrations()).toBe(1);
  });

  it('each counter calls two priority tickets in a row at most', async () => {
    const side = await open();
    const ask = asker(side);
    for (const priorityClass of ['none', 'elderly', 'elderly', 'elderly', 'elderly', 'elderly']) {
      const wish = reservation('certification', { priorityClass });
      await ask('tickets/reserve', wish);
      await ask('tickets/commit', settled(wish.ticketId));
    }
    const called = [1, 1, 3, 3, 1, 3].map((counter) => side.callNext(counter));
    expect(called).toEqual(['A002', 'A003', 'A004', 'A005', 'A001', 'A006']);
  });
});
