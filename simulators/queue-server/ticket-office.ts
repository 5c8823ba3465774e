import { z } from 'zod';
import type { PriorityClass } from '../../src/behaviour/model.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Ids } from '../../src/core/ids.ts';
import type { OfflineTicket, Outcome, RefusalCode, RequestOf } from '../../src/queue/contract.ts';
import { endOfDayMs, isoTime, localDay } from '../../src/queue/wire.ts';
import type { Sqlite } from '../../src/store/database.ts';
import { sampleBookings, type WardService, wardServices } from './catalogue.ts';
import { selectRow, selectRows, type TicketRow, ticketRowSchema } from './database.ts';
import type { Overview } from './overview.ts';

/** A robot has this long to print and confirm. */
export const reservationMs = 60_000;
/** The queue server's own numbers end here; leased ones begin after it, so the two never meet. */
const lastOwnNumber = 599;
const lastLeasedNumber = 999;

const nextSchema = z.object({ next: z.number() });
const leaseSchema = z.object({
  leaseId: z.string(),
  serviceId: z.string(),
  prefix: z.string(),
  first: z.number(),
  last: z.number(),
  day: z.string(),
});
const anySchema = z.unknown();

export const refuse = (code: RefusalCode, detail: string): Outcome => ({ ok: false, code, detail });
export const accept = (result: unknown = {}): Outcome => ({ ok: true, result });

interface NewTicket {
  ticketId: string;
  number: string;
  serviceId: string;
  day: string;
  priorityClass: PriorityClass;
  robotId: string;
  origin: 'robot' | 'booking' | 'lease';
  state: 'reserved' | 'waiting' | 'voided';
  issuedAtMs: number;
}

/** Numbers and tickets: reserve, commit, void, check-in, leases. Every method runs inside the caller's transaction. */
export class TicketOffice {
  private readonly database: Sqlite;
  private readonly clock: Clock;
  private readonly ids: Ids;
  private readonly overview: Overview;

  constructor(database: Sqlite, clock: Clock, ids: Ids, overview: Overview) {
    this.database = database;
    this.clock = clock;
    this.ids = ids;
    this.overview = overview;
  }

  reserve(request: RequestOf<'tickets/reserve'>): Outcome {
    const { ticketId, serviceId, priorityClass, robotId } = request;
    return this.give({ ticketId, serviceId, priorityClass, robotId, origin: 'robot' });
  }

  /** A number booked online, good for one ticket on its day and equal to a paper number. */
  checkIn(request: RequestOf<'checkins'>): Outcome {
    const { ticketId, robotId, bookingCode } = request;
    const booking = sampleBookings.find((candidate) => candidate.code === bookingCode);
    if (!booking) return refuse('BOOKING_UNKNOWN', 'no such booking');
    const today = this.today();
    if (booking.day !== null && booking.day !== today) return refuse('BOOKING_NOT_TODAY', `the booking is for ${booking.day}`);
    const used = selectRow(this.database, anySchema, 'SELECT 1 FROM checkins WHERE code = ? AND day = ?', bookingCode, today);
    if (used !== null) return refuse('BOOKING_USED', 'the booking was already checked in');
    const { serviceId, priorityClass } = booking;
    const outcome = this.give({ ticketId, serviceId, priorityClass, robotId, origin: 'booking' });
    if (outcome.ok) this.database.prepare('INSERT INTO checkins VALUES (?, ?, ?)').run(bookingCode, today, ticketId);
    return outcome;
  }

  /** The paper is out. An expired reservation comes back to life: somebody holds that paper, and no number is used twice. */
  commit({ ticketId, robotId, offlineTicket }: RequestOf<'tickets/commit'>): Outcome {
    if (offlineTicket) return this.enter(ticketId, robotId, offlineTicket, 'waiting');
    const ticket = this.find(ticketId, robotId);
    if (!ticket) return refuse('TICKET_UNKNOWN', 'no such reservation');
    if (ticket.state === 'voided') return refuse('TICKET_STATE', 'the ticket was voided');
    if (ticket.state === 'reserved' || ticket.state === 'expired') this.setState(ticketId, 'waiting');
    return accept();
  }

  /** Also for a reservation not heard of yet: it is refused when it comes. */
  void({ ticketId, robotId, offlineTicket }: RequestOf<'tickets/void'>): Outcome {
    if (offlineTicket) return this.enter(ticketId, robotId, offlineTicket, 'voided');
    const ticket = this.find(ticketId, robotId);
    if (!ticket) {
      this.database.prepare('INSERT OR IGNORE INTO withdrawn VALUES (?, ?)').run(ticketId, this.clock.nowMs());
      return accept();
    }
    if (ticket.state !== 'reserved' && ticket.state !== 'expired' && ticket.state !== 'voided')
      return refuse('TICKET_STATE', `the ticket is ${ticket.state}`);
    this.setState(ticketId, 'voided');
    this.database.prepare('DELETE FROM checkins WHERE ticketId = ?').run(ticketId);
    return accept();
  }

  /** Numbers for an outage, from a band of their own, good until midnight. */
  lease({ robotId, numbersPerService }: RequestOf<'leases'>): Outcome {
    const expiresAtMs = endOfDayMs(this.clock.nowMs());
    const leases = wardServices.flatMap((service) => {
      const first = this.takeNumbers(service.serviceId, 'leased', numbersPerService, lastOwnNumber + 1, lastLeasedNumber);
      if (first === null) return [];
      const { serviceId, prefix } = service;
      const lease = { leaseId: this.ids.next(), serviceId, prefix, first, last: first + numbersPerService - 1 };
      const insert = this.database.prepare('INSERT INTO leases VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
      insert.run(lease.leaseId, robotId, serviceId, prefix, lease.first, lease.last, this.today(), expiresAtMs);
      return [{ ...lease, expiresAt: isoTime(expiresAtMs) }];
    });
    return accept({ leases });
  }

  /** Withdraws reservations nobody confirmed; answers how many. */
  expire(): number {
    const late = "UPDATE tickets SET state = 'expired', endedAtMs = ? WHERE state = 'reserved' AND reservedUntilMs <= ?";
    const nowMs = this.clock.nowMs();
    return this.database.prepare(late).run(nowMs, nowMs).changes;
  }

  private give(wish: {
    ticketId: string;
    serviceId: string;
    priorityClass: PriorityClass;
    robotId: string;
    origin: 'robot' | 'booking';
  }): Outcome {
    const service = wardServices.find((candidate) => candidate.serviceId === wish.serviceId);
    if (!service) return refuse('SERVICE_UNKNOWN', 'no such service');
    if (!this.overview.isOpen(service.serviceId)) return refuse('SERVICE_CLOSED', 'the service is closed');
    if (selectRow(this.database, anySchema, 'SELECT 1 FROM withdrawn WHERE ticketId = ?', wish.ticketId) !== null)
      return refuse('TICKET_WITHDRAWN', 'the robot gave this reservation up');
    if (selectRow(this.database, anySchema, 'SELECT 1 FROM tickets WHERE ticketId = ?', wish.ticketId) !== null)
      return refuse('TICKET_STATE', 'the ticket exists already');
    const load = this.overview.load(service);
    const next = this.takeNumbers(service.serviceId, 'own', 1, 1, lastOwnNumber);
    if (next === null) return refuse('NUMBERS_EXHAUSTED', 'no number is left today');
    const number = formatNumber(service, next);
    const issuedAtMs = this.clock.nowMs();
    this.insert({ ...wish, number, day: this.today(), state: 'reserved', issuedAtMs });
    const { ticketId, serviceId, priorityClass } = wish;
    const ticket = {
      ticketId,
      number,
      serviceId,
      serviceName: service.name,
      followedBy: [],
      priorityClass,
      ...load,
      issuedAt: isoTime(issuedAtMs),
    };
    return accept({ ticket, reservedUntil: isoTime(issuedAtMs + reservationMs) });
  }

  /** Takes in a ticket that was given from a lease. */
  private enter(ticketId: string, robotId: string, offline: OfflineTicket, state: 'waiting' | 'voided'): Outcome {
    const { leaseId, number, serviceId, priorityClass } = offline;
    const lease = selectRow(this.database, leaseSchema, 'SELECT * FROM leases WHERE leaseId = ? AND robotId = ?', leaseId, robotId);
    const value = Number(number.slice(1));
    if (!lease || lease.serviceId !== serviceId || lease.prefix !== number[0] || value < lease.first || value > lease.last)
      return refuse('LEASE_UNKNOWN', 'the number is of no lease of this robot');
    const taken = selectRows(
      this.database,
      ticketRowSchema,
      'SELECT * FROM tickets WHERE ticketId = ? OR (day = ? AND number = ?)',
      ticketId,
      lease.day,
      number,
    );
    const same = taken.find((ticket) => ticket.ticketId === ticketId && ticket.number === number);
    if (same) return same.state === state ? accept() : refuse('TICKET_STATE', `the ticket is ${same.state}`);
    if (taken.length > 0) return refuse('TICKET_STATE', 'the number was already given');
    // A clock that runs ahead must not push a ticket behind those that came later.
    const issuedAtMs = Math.min(Date.parse(offline.issuedAt), this.clock.nowMs());
    this.insert({ ticketId, number, serviceId, day: lease.day, priorityClass, robotId, origin: 'lease', state, issuedAtMs });
    return accept();
  }

  private insert(ticket: NewTicket): void {
    const { ticketId, number, serviceId, day, priorityClass, robotId, origin, state, issuedAtMs } = ticket;
    this.database
      .prepare(
        'INSERT INTO tickets (ticketId, number, serviceId, day, priorityClass, robotId, origin, state, issuedAtMs, reservedUntilMs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(ticketId, number, serviceId, day, priorityClass, robotId, origin, state, issuedAtMs, issuedAtMs + reservationMs);
  }

  /** The first of `count` numbers in a row, gone for good; null when the band is used up today. */
  private takeNumbers(serviceId: string, band: 'own' | 'leased', count: number, first: number, last: number): number | null {
    const day = this.today();
    const query = 'SELECT next FROM numbers WHERE day = ? AND serviceId = ? AND band = ?';
    const next = selectRow(this.database, nextSchema, query, day, serviceId, band)?.next ?? first;
    if (next + count - 1 > last) return null;
    this.database.prepare('INSERT OR REPLACE INTO numbers VALUES (?, ?, ?, ?)').run(day, serviceId, band, next + count);
    return next;
  }

  private find(ticketId: string, robotId: string): TicketRow | null {
    return selectRow(this.database, ticketRowSchema, 'SELECT * FROM tickets WHERE ticketId = ? AND robotId = ?', ticketId, robotId);
  }

  private setState(ticketId: string, state: TicketRow['state']): void {
    this.database.prepare('UPDATE tickets SET state = ? WHERE ticketId = ?').run(state, ticketId);
  }

  private today(): string {
    return localDay(this.clock.nowMs());
  }
}

function formatNumber(service: WardService, value: number): string {
  return service.prefix + String(value).padStart(3, '0');
}
