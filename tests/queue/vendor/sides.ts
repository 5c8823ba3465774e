import { join } from 'node:path';
import { SimulatedClock } from '../../../src/core/clock.ts';
import type { operations } from '../../../src/queue/contract.ts';
import { topicOf } from '../../../src/queue/topics.ts';
import { buildHouse, settle, temporaryFolder, ward } from '../house.ts';
import { VendorBook } from './vendor-book.ts';
import { parse, VendorDesk } from './vendor-desk.ts';
import { dayOf, ulid, type VendorService } from './vendor-types.ts';

export type Json = Record<string, unknown>;
export type Operation = (typeof operations)[number];
const names = {
  certification: ['A', 'Chứng thực', 'Certification', '공증'],
  'civil-status': ['B', 'Hộ tịch', 'Civil status', '가족관계 등록'],
  residence: ['C', 'Cư trú', 'Residence', '거주 등록'],
  business: ['D', 'Kinh doanh và an sinh', 'Business and welfare', '사업·복지'],
};
const counters: Record<number, string[]> = {
  1: ['certification', 'civil-status'],
  2: ['civil-status', 'residence'],
  3: ['residence', 'business', 'certification'],
};

/** A queue server that is asked in bytes, at 08:00 of 5 January 2026. */
export interface Side {
  clock: SimulatedClock;
  /** What is answered to the robot of the topic, head and all that this side gives it; null when nothing is. */
  put(operation: Operation, robotId: string, text: string): Promise<Json | null>;
  setOpen(serviceId: string, open: boolean): void;
  /** Books residence for today, `agoMs` before now; answers the code. */
  book(agoMs: number): string;
  /** Numbers that wait today, in order of place. */
  line(serviceId: string): string[];
  callNext(counter: number): string | null;
  registrations(): Promise<number>;
}

/** The reference queue server, behind a broker in memory. */
export async function reference(): Promise<Side> {
  const { clock, broker, server } = await buildHouse();
  return {
    clock,
    put: async (operation, robotId, text) => {
      const before = broker.log.length;
      broker.publish('robot', topicOf(operation, { ward, robot: robotId }), text, false);
      await settle();
      const replies = topicOf('replies', { ward, robot: robotId });
      return broker.log.slice(before).find(({ from, topic }) => from === 'server' && topic === replies)?.body ?? null;
    },
    setOpen: (serviceId, open) => server.setOpen(serviceId, open),
    book: (agoMs) => {
      const day = dayOf(clock.nowMs() + agoMs);
      const wish = { serviceId: 'residence', day, citizenKey: 'someone', priorityClass: 'none', channel: 'app' } as const;
      const booked = server.book(wish);
      if (!booked.ok) throw new Error(booked.reason);
      clock.advance(agoMs);
      return booked.code;
    },
    line: (serviceId) => server.overview.waiting([serviceId], null).map(({ number }) => number),
    callNext: (counter) => server.callNext(counter)?.ticketNumber ?? null,
    registrations: async () => (await server.archive.registrations()).length,
  };
}

const vendorServices = (): VendorService[] =>
  Object.entries(names).map(([serviceId, [prefix = '', vi = '', en = '', ko = '']]) => {
    const name = { vi, en, ko };
    return { serviceId, prefix, name, hours: '07:30-11:30, 13:30-17:00', open: true };
  });

/** What the vendor wrote, without its MQTT. */
export async function vendor(): Promise<Side & { exhaust(serviceId: string): void }> {
  const clock = new SimulatedClock();
  const services = vendorServices();
  const today = dayOf(clock.nowMs());
  const booking = { bookedAtMs: clock.nowMs() - 86_400_000, ticketId: null };
  const bookings = [
    { ...booking, code: 'LT-BOOK-0001', serviceId: 'certification', day: today },
    { ...booking, code: 'LT-BOOK-0003', serviceId: 'residence', day: today },
    { ...booking, code: 'LT-BOOK-0004', serviceId: 'business', day: today },
    { ...booking, code: 'LT-BOOK-0090', serviceId: 'residence', day: '2025-10-01' },
  ];
  const book = new VendorBook({ file: join(temporaryFolder(), 'vendor.json'), clock, services, bookings });
  const schemas = join(import.meta.dirname, '../../../src/queue/contract/schemas');
  const desk = new VendorDesk({ ward, schemas, clock, book });
  return {
    clock,
    put: async (operation, robotId, text) => desk.answer(operation, robotId, parse(Buffer.from(text))),
    setOpen: (serviceId, open) => {
      for (const service of services) if (service.serviceId === serviceId) service.open = open;
    },
    book: (agoMs) => {
      const code = `LT-BOOK-${ulid(clock.nowMs()).slice(-8)}`;
      const bookedAtMs = clock.nowMs();
      clock.advance(agoMs);
      bookings.push({ code, serviceId: 'residence', day: dayOf(clock.nowMs()), bookedAtMs, ticketId: null });
      return code;
    },
    line: (serviceId) => book.waiting(serviceId).map(({ number }) => number),
    callNext: (counter) =>
      book.change(() => {
        const ticket = book.next(counter, counters[counter] ?? []);
        if (ticket) ticket.status = 'called';
        return ticket?.number ?? null;
      }),
    registrations: async () => book.registrations.length,
    exhaust: (serviceId) =>
      book.change(() => {
        const wish = { visitId: 'visit-9', serviceId, followedBy: [], priorityClass: 'none' };
        while (book.reserve('robot-9', { ...wish, ticketId: ulid(clock.nowMs()) }).ok);
      }),
  };
}
