import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { connectAsync } from 'mqtt';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startMosquitto } from '../../../simulators/broker/mosquitto.ts';
import { freePort } from '../../../simulators/broker/process.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { createSealer } from '../../../src/identity/sealing.ts';
import { startRobot } from '../brokers/cast.ts';
import { temporaryFolder, ward, wish } from '../house.ts';
import { VendorServer } from './vendor-server.ts';
import { dayOf, ulid, type VendorClock } from './vendor-types.ts';

const patience = { timeout: 15_000, interval: 20 };
const schemas = join(import.meta.dirname, '../../../src/queue/contract/schemas');
const names = (text: string) => ({ vi: text, en: text, ko: text });
const usual = { hours: '07:30-11:30, 13:30-17:00', open: true };
const services = [
  { ...usual, serviceId: 'certification', prefix: 'A', name: names('Chứng thực') },
  { ...usual, serviceId: 'residence', prefix: 'C', name: names('Cư trú') },
];

/** The vendor's clock says ten in the morning, when bookings are good; the robot's says what it says, and learns the difference. */
function officeHours(): VendorClock {
  const system = new SystemClock();
  const offMs = Date.parse(`${dayOf(system.nowMs())}T10:00:00+07:00`) - system.nowMs();
  return { nowMs: () => system.nowMs() + offMs, after: (delayMs, run) => system.after(delayMs, run) };
}

async function ward1() {
  const broker = await startMosquitto(temporaryFolder(), await freePort());
  onTestFinished(() => broker.kill());
  const { privateKey, publicKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
  const secret: JWK = await exportJWK(privateKey);
  const open: JWK = await exportJWK(publicKey);
  const clock = officeHours();
  const today = dayOf(clock.nowMs());
  const booking = { serviceId: 'residence', bookedAtMs: clock.nowMs() - 86_400_000, ticketId: null };
  const bookings = [
    { ...booking, code: 'LT-BOOK-0001', day: today },
    { ...booking, code: 'LT-BOOK-0002', day: '2025-10-01' },
  ];
  const file = join(temporaryFolder(), 'vendor.json');
  const options = { ward, url: broker.url, schemas, file, privateKey: secret, clock, services, counters: [1, 2], bookings };
  const start = async () => {
    const server = await VendorServer.start(options);
    onTestFinished(() => server.die());
    return server;
  };
  const server = await start();
  const robot = startRobot('robot-1', { brokerUrls: [broker.url], protocol: 'auto' });
  const ready = () => expect.poll(() => robot.link.online && robot.store.outbox.length === 0, patience).toBe(true);
  await ready();
  await expect.poll(() => robot.store.leases.remaining('certification'), patience).toBe(30);
  return { ...robot, server, start, ready, clock, url: broker.url, sealer: createSealer(open) };
}

describe('a queue server written from the contract alone', () => {
  it.each([
    ['vendor-server.ts', 'mqtt'],
    ['vendor-desk.ts', 'ajv/dist/2020.js'],
    ['vendor-book.ts', 'node:fs'],
    ['vendor-types.ts', 'node:crypto'],
  ])('%s uses nothing of letan', (file, needed) => {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8');
    const imported = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name]) => name ?? '');
    expect(imported).toContain(needed);
    const allowed = /^(node:[a-z]+|mqtt|jose|ajv\/dist\/2020\.js|\.\/vendor-[a-z]+\.ts)$/;
    expect(imported.filter((name) => !allowed.test(name))).toEqual([]);
  });

  it('gives a chain of services a number, calls, recalls, transfers and finishes it', async () => {
    const { server, link, calls, ready } = await ward1();
    const told: unknown[] = [];
    link.ticketUpdated.on((update) => void told.push(update));
    const ticket = await link.reserveTicket({ ...wish, followedBy: ['residence'] });
    expect(ticket).toMatchObject({ number: 'A001', offline: false, waitingCount: 0 });
    await link.commitTicket(ticket.ticketId);
    await ready();
    expect(await server.callNext(1)).toBe('A001');
    await server.callOne('A001', 1, 'recall');
    await server.callOne('A001', 2, 'transfer');
    await vi.waitFor(() => expect(calls).toHaveLength(3), patience);
    expect(calls.map(({ kind, counter, sequence }) => [kind, counter, sequence])).toEqual([
      ['call', 1, 1],
      ['recall', 1, 2],
      ['transfer', 2, 1],
    ]);
    expect(calls[1]?.callId).toBe(calls[0]?.callId);
    expect(calls[2]?.callId).not.toBe(calls[0]?.callId);
    await server.finish('A001');
    await vi.waitFor(() => expect(told).toMatchObject([{ ticketNumber: 'A001', change: 'waitingAgain', counter: 2 }]), patience);
    expect(server.book.waiting('residence').map(({ number }) => number)).toEqual(['A001']);
    expect(calls).toHaveLength(3);
  });

  it('announces its services and counters, and hears the robot', async () => {
    const { server, start, link } = await ward1();
    const seen: string[][] = [];
    const counters: unknown[] = [];
    link.servicesChanged.on((list) => void seen.push(list.map(({ serviceId }) => serviceId)));
    link.servingChanged.on((list) => void counters.push(list));
    server.die();
    await expect.poll(() => link.online, patience).toBe(false);
    const again = await start();
    await expect.poll(() => link.online, patience).toBe(true);
    await vi.waitFor(() => expect(seen.at(-1)).toEqual(['certification', 'residence']), patience);
    await link.commitTicket((await link.reserveTicket(wish)).ticketId);
    await vi.waitFor(() => expect(again.book.waiting('certification')).toHaveLength(1), patience);
    await again.callNext(2);
    await vi.waitFor(() => expect(counters.at(-1)).toContainEqual(expect.objectContaining({ counter: 2, ticketNumber: 'A001' })), patience);
    const idle = { screen: 'idle', paused: false, driving: false, stopped: false, stopCause: null, devices: {} };
    link.publishState(idle);
    await vi.waitFor(() => expect(again.robots.get('robot-1')).toMatchObject({ connection: 'online', state: { state: idle } }), patience);
  });

  it('voids a ticket, checks a booking in once, and refuses one of another day with its window', async () => {
    const { server, link, ready } = await ward1();
    const ticket = await link.reserveTicket(wish);
    await link.voidTicket(ticket.ticketId, 'paper jam');
    await ready();
    expect(server.book.tickets).toMatchObject([{ number: 'A001', status: 'voided' }]);
    const wanted = { visitId: 'visit-2', bookingCode: 'LT-BOOK-0001', language: 'vi' as const };
    const given = await link.checkInBooking(wanted);
    expect(given).toMatchObject({ number: 'C001', serviceId: 'residence', offline: false });
    await expect(link.checkInBooking(wanted)).rejects.toMatchObject({ code: 'BOOKING_USED' });
    await link.voidTicket(given.ticketId, 'paper jam');
    await ready();
    const second = await link.checkInBooking(wanted);
    expect(second.number).toBe('C002');
    await link.commitTicket(second.ticketId);
    await ready();
    expect(server.book.waiting('residence').map(({ number }) => number)).toEqual(['C002']);
    await expect(link.checkInBooking({ ...wanted, bookingCode: 'LT-BOOK-0002' })).rejects.toMatchObject({ code: 'BOOKING_NOT_TODAY' });
    await expect(link.checkInBooking({ ...wanted, bookingCode: 'LT-BOOK-0009' })).rejects.toMatchObject({ code: 'BOOKING_UNKNOWN' });
  });

  it('gets feedback, a petition and a registration, and an officer can read them', async () => {
    const { server, link, sealer, ready } = await ward1();
    const petition = { kind: 'petition', text: 'Đề nghị sửa đèn đường.' };
    const person = { idNumber: '001190000001', oldIdNumber: '', fullName: 'TRẦN THỊ MẪU', birthDate: '1990-01-15', sex: '' };
    const registration = { kind: 'registration', people: [{ ...person, address: 'Số 1, ngõ Mẫu', issuedDate: '' }] };
    await link.submitFeedback({ visitId: 'visit-1', score: 4 });
    const receiptNumber = await link.submitPetition({ visitId: 'visit-1', jwe: await sealer.seal(petition) });
    await link.submitRegistration({ visitId: 'visit-1', personCount: 1, jwe: await sealer.seal(registration) });
    await ready();
    expect(server.book.feedback).toEqual([{ visitId: 'visit-1', score: 4 }]);
    expect(server.book.petitions).toMatchObject([{ receiptNumber }]);
    expect(await server.openSealed(server.book.petitions[0]?.jwe ?? '')).toEqual(petition);
    expect(await server.openSealed(server.book.registrations[0]?.jwe ?? '')).toEqual(registration);
  });

  it('takes in what the robot gave from its lease while the server was away, also over a restart', async () => {
    const { server, start, link, calls, ready } = await ward1();
    const before = await link.reserveTicket(wish);
    await link.commitTicket(before.ticketId);
    await ready();
    await server.stop();
    await expect.poll(() => link.online, patience).toBe(false);
    const offline = await link.reserveTicket(wish);
    expect(offline).toMatchObject({ number: 'A600', offline: true });
    await link.commitTicket(offline.ticketId);
    const again = await start();
    await ready();
    expect(
      again.book
        .waiting('certification')
        .map(({ number }) => number)
        .sort(),
    ).toEqual(['A001', 'A600']);
    expect((await link.reserveTicket(wish)).number).toBe('A002');
    await again.callOne('A600', 1, 'call');
    await vi.waitFor(() => expect(calls).toMatchObject([{ ticketNumber: 'A600', kind: 'call' }]), patience);
  });

  it('orders the robot and gets its answers', async () => {
    const { server, link } = await ward1();
    const orders: string[] = [];
    const configuration = { version: 'sha256:5b8e1f', software: 'letan test', loadedAt: '2026-01-05T07:09:58.000+07:00' };
    link.onCommand(({ command }) => {
      orders.push(command);
      return { ok: true, result: command === 'configurationVersion' ? configuration : {} };
    });
    expect(await server.command('robot-1', { command: 'pause' })).toMatchObject({ ok: true, result: {} });
    expect(await server.command('robot-1', { command: 'configurationVersion' })).toMatchObject({ ok: true, result: configuration });
    expect(orders).toEqual(['pause', 'configurationVersion']);
  });

  it('answers a request that comes twice the same, also after a restart, and decides it once', async () => {
    const { server, start, clock, url } = await ward1();
    const client = await connectAsync(url);
    onTestFinished(() => client.endAsync());
    const replies: Record<string, unknown>[] = [];
    const replyTo = `letan/v1/${ward}/robots/robot-9/replies`;
    client.on('message', (_topic, payload) => void replies.push(JSON.parse(payload.toString())));
    await client.subscribeAsync(replyTo, { qos: 1 });
    const body = {
      ticketId: ulid(clock.nowMs()),
      visitId: 'v',
      serviceId: 'residence',
      followedBy: [],
      priorityClass: 'none',
      language: 'vi',
    };
    const ask = async (change: object = {}, operation = 'tickets/reserve') => {
      const [sentAt, expiresAt] = [0, 60_000].map((ms) => new Date(clock.nowMs() + ms).toISOString());
      const head = {
        version: 1,
        ward,
        messageId: ulid(clock.nowMs()),
        sentAt,
        robotId: 'robot-9',
        replyTo,
        expiresAt,
        idempotencyKey: 'k-1',
      };
      const count = replies.length;
      await client.publishAsync(`letan/v1/${ward}/queue/${operation}/robot-9`, JSON.stringify({ ...head, ...body, ...change }), { qos: 1 });
      await vi.waitFor(() => expect(replies).toHaveLength(count + 1), patience);
      expect(replies.at(-1)).toMatchObject({ inReplyTo: head.messageId });
      return replies.at(-1);
    };
    const first = await ask();
    expect(first).toMatchObject({ ok: true, result: { ticket: { number: 'C001' } } });
    const repeated = await ask();
    expect(repeated?.result).toEqual(first?.result);
    expect(repeated?.messageId).not.toBe(first?.messageId);
    expect(Date.parse(String(repeated?.sentAt))).toBeGreaterThanOrEqual(Date.parse(String(first?.sentAt)));
    expect(await ask({ visitId: 'other' })).toMatchObject({ ok: false, code: 'KEY_REUSED' });
    expect(await ask({ robotId: 'robot-1' })).toMatchObject({ code: 'WRONG_ROBOT' });
    const late = { expiresAt: '2020-01-01T00:00:00Z' };
    expect(await ask({ ...late, idempotencyKey: 'k-2' })).toMatchObject({ code: 'EXPIRED' });
    server.die();
    const again = await start();
    expect(await ask(late)).toMatchObject({ code: 'EXPIRED' });
    expect((await ask())?.result).toEqual(first?.result);
    expect(again.book.tickets).toHaveLength(1);
    const unheard = { ticketId: ulid(clock.nowMs()), reason: 'no answer', offlineTicket: null, idempotencyKey: 'k-3' };
    expect(await ask(unheard, 'tickets/void')).toMatchObject({ ok: true });
    expect(await ask({ ticketId: unheard.ticketId, idempotencyKey: 'k-4' })).toMatchObject({ code: 'TICKET_WITHDRAWN' });
  });
});
