import { z } from 'zod';
import { type PriorityClass, priorityClasses } from '../../src/behaviour/model.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Random } from '../../src/core/random.ts';
import type { Outcome, RefusalCode, RequestOf } from '../../src/queue/contract.ts';
import { isoTime, localDay } from '../../src/queue/wire.ts';
import type { Sqlite } from '../../src/store/database.ts';
import { type Catalogue, sampleBookings } from './catalogue.ts';
import { change, exists, selectRow, selectRows, type TicketRow } from './database.ts';
import { timeOnDay } from './hours.ts';
import type { Opening } from './opening.ts';
import { refuse } from './outcomes.ts';
import type { TicketOffice } from './ticket-office.ts';
import { findTicket } from './tickets.ts';

const dayMs = 86_400_000;
/** Without letters and digits that are easily confused; eight of 32 cannot be guessed by trying. */
const codeAlphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const codeLength = 8;

/** By which way a number was booked; the limits count both. */
export const bookingChannels = ['app', 'desk'] as const;

const bookingSchema = z.object({
  code: z.string(),
  serviceId: z.string(),
  day: z.string(),
  priorityClass: z.enum(priorityClasses),
  channel: z.enum(bookingChannels),
  bookedAtMs: z.number(),
  cancelledAtMs: z.number().nullable(),
});
const listedSchema = bookingSchema.extend({ ticketNumber: z.string().nullable() });
export type ListedBooking = z.infer<typeof listedSchema>;
const checkinSchema = z.object({ ticketId: z.string() });
const countSchema = z.object({ count: z.number() });

export interface BookingWish {
  serviceId: string;
  /** `2026-01-05`. */
  day: string;
  /** The same for every booking of one citizen, and nothing that tells who she is. */
  citizenKey: string;
  priorityClass: PriorityClass;
  channel: (typeof bookingChannels)[number];
}

export type BookingAnswer =
  | { ok: true; code: string; validFrom: string; validUntil: string }
  | { ok: false; reason: string; text: { vi: string; en: string } };

const wrong = (reason: string, vi: string, en: string): BookingAnswer => ({ ok: false, reason, text: { vi, en } });

/** Numbers booked online, and their check-in. Every method runs inside the caller's transaction. */
export class BookingOffice {
  private readonly database: Sqlite;
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly catalogue: Catalogue;
  private readonly office: TicketOffice;
  private readonly opening: Opening;

  constructor(
    database: Sqlite,
    sources: { clock: Clock; random: Random },
    rooms: { catalogue: Catalogue; office: TicketOffice; opening: Opening },
  ) {
    this.database = database;
    this.clock = sources.clock;
    this.random = sources.random;
    this.catalogue = rooms.catalogue;
    this.office = rooms.office;
    this.opening = rooms.opening;
  }

  /** Asked again for what is booked already, it answers the same code. */
  book(wish: BookingWish): BookingAnswer {
    const { serviceId, day, citizenKey } = wish;
    const fault = this.faultOf(wish);
    if (fault) return fault;
    const same = 'SELECT * FROM bookings WHERE citizenKey = ? AND day = ? AND serviceId = ? AND cancelledAtMs IS NULL';
    const before = selectRow(this.database, bookingSchema, same, citizenKey, day, serviceId);
    if (before) return this.answer(before.code, day);
    const { perCitizenAndDay, perServiceAndDay } = this.catalogue.bookings;
    if (this.count('citizenKey', citizenKey, day) >= perCitizenAndDay)
      return wrong(
        'TOO_MANY',
        `Mỗi người đặt nhiều nhất ${perCitizenAndDay} số một ngày.`,
        `At most ${perCitizenAndDay} numbers a day each.`,
      );
    if (this.count('serviceId', serviceId, day) >= perServiceAndDay)
      return wrong('DAY_FULL', 'Ngày này đã hết số đặt trước.', 'All numbers of that day are booked.');
    const code = this.newCode();
    const insert = `INSERT INTO bookings (code, serviceId, day, citizenKey, priorityClass, channel, bookedAtMs) VALUES (?, ?, ?, ?, ?, ?, ?)`;
    change(this.database, insert, code, serviceId, day, citizenKey, wish.priorityClass, wish.channel, this.clock.nowMs());
    return this.answer(code, day);
  }

  /** False when there is no such booking, or it was used. */
  cancel(code: string): boolean {
    const query = `UPDATE bookings SET cancelledAtMs = ? WHERE code = ? AND cancelledAtMs IS NULL
      AND NOT EXISTS (SELECT 1 FROM checkins WHERE checkins.code = bookings.code)`;
    return change(this.database, query, this.clock.nowMs(), code) > 0;
  }

  /** Of one day, in order of booking, at most 500. */
  list(day: string): ListedBooking[] {
    const query = `SELECT bookings.*, tickets.number AS ticketNumber FROM bookings
      LEFT JOIN checkins ON checkins.code = bookings.code LEFT JOIN tickets ON tickets.ticketId = checkins.ticketId
      WHERE bookings.day = ? ORDER BY bookedAtMs LIMIT 500`;
    return selectRows(this.database, listedSchema, query, day);
  }

  /** A number booked online, good for one ticket on its day and equal to a paper number of the time it was booked. */
  checkIn({ ticketId, robotId, bookingCode }: RequestOf<'checkins'>): Outcome {
    const today = localDay(this.clock.nowMs());
    const sample = this.catalogue.sampleBookings ? sampleBookings.find((candidate) => candidate.code === bookingCode) : undefined;
    const query = 'SELECT * FROM bookings WHERE code = ? AND cancelledAtMs IS NULL';
    const booked = sample ? null : selectRow(this.database, bookingSchema, query, bookingCode);
    const booking = sample ?? booked;
    if (!booking) return refuse('BOOKING_UNKNOWN', 'no such booking');
    const refusal = booking.day === null ? null : this.windowRefusal(booking.day);
    if (refusal) return refusal;
    const before = this.checkedIn(bookingCode, today);
    if (before && !this.office.hasLapsed(before)) return refuse('BOOKING_USED', 'the booking was already checked in');
    const { serviceId, priorityClass } = booking;
    const placeMs = booked ? this.placeOf(serviceId, booked.day, booked.bookedAtMs) : null;
    const outcome = this.office.give({ ticketId, serviceId, followedBy: [], priorityClass, robotId, origin: 'booking', placeMs });
    if (!outcome.ok) return outcome;
    if (before) this.office.supersede(before);
    change(this.database, 'INSERT OR REPLACE INTO checkins VALUES (?, ?, ?)', bookingCode, today, ticketId);
    return outcome;
  }

  private faultOf({ serviceId, day }: BookingWish): BookingAnswer | null {
    const { bookings, services } = this.catalogue;
    const nowMs = this.clock.nowMs();
    const lastDay = localDay(nowMs + bookings.daysAhead * dayMs);
    if (!services.some((service) => service.serviceId === serviceId))
      return wrong('SERVICE_UNKNOWN', 'Không có lĩnh vực này.', 'There is no such service.');
    if (day < localDay(nowMs)) return wrong('DAY_PAST', 'Ngày này đã qua.', 'That day is over.');
    if (day > lastDay)
      return wrong('DAY_TOO_FAR', `Chỉ đặt trước nhiều nhất ${bookings.daysAhead} ngày.`, `At most ${bookings.daysAhead} days ahead.`);
    if (nowMs >= this.window(day).untilMs) return wrong('DAY_OVER', 'Hôm nay đã hết giờ nhận số.', "Today's check-in is over.");
    return null;
  }

  private window(day: string): { fromMs: number; untilMs: number } {
    const { from, until } = this.catalogue.bookings;
    return { fromMs: timeOnDay(day, minuteOf(from)), untilMs: timeOnDay(day, minuteOf(until)) };
  }

  /** Null when the booking is good now. */
  private windowRefusal(day: string): Outcome | null {
    const nowMs = this.clock.nowMs();
    const { fromMs, untilMs } = this.window(day);
    if (nowMs >= fromMs && nowMs < untilMs) return null;
    const today = day === localDay(nowMs);
    const code: RefusalCode = !today ? 'BOOKING_NOT_TODAY' : nowMs < fromMs ? 'BOOKING_TOO_EARLY' : 'BOOKING_TOO_LATE';
    const detail = `the booking is good from ${isoTime(fromMs)} until ${isoTime(untilMs)}`;
    return { ...refuse(code, detail), validFrom: isoTime(fromMs), validUntil: isoTime(untilMs) };
  }

  /** Its ticket of that day, if it was checked in. */
  private checkedIn(code: string, day: string): TicketRow | null {
    const checkin = selectRow(this.database, checkinSchema, 'SELECT ticketId FROM checkins WHERE code = ? AND day = ?', code, day);
    return checkin && findTicket(this.database, checkin.ticketId);
  }

  /** By the time it was booked, but not before the day's opening: who waits since then was there before. */
  private placeOf(serviceId: string, day: string, bookedAtMs: number): number {
    const service = this.catalogue.services.find((candidate) => candidate.serviceId === serviceId);
    return Math.max(bookedAtMs, service ? this.opening.beginsMs(service, day) : 0);
  }

  private answer(code: string, day: string): BookingAnswer {
    const { fromMs, untilMs } = this.window(day);
    return { ok: true, code, validFrom: isoTime(fromMs), validUntil: isoTime(untilMs) };
  }

  private count(column: 'citizenKey' | 'serviceId', value: string, day: string): number {
    const query = `SELECT count(*) AS count FROM bookings WHERE ${column} = ? AND day = ? AND cancelledAtMs IS NULL`;
    return selectRow(this.database, countSchema, query, value, day)?.count ?? 0;
  }

  private newCode(): string {
    const letters = Array.from({ length: codeLength }, () => codeAlphabet[Math.floor(this.random.next() * codeAlphabet.length)] ?? '');
    const code = `LT-BOOK-${letters.join('')}`;
    return exists(this.database, 'SELECT 1 FROM bookings WHERE code = ?', code) ? this.newCode() : code;
  }
}

/** Minutes after midnight of `08:00`. */
function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
