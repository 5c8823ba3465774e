import { z } from 'zod';
import type { PriorityClass } from '../../src/behaviour/model.ts';
import type { Sqlite } from '../../src/store/database.ts';
import { change, selectRow, type TicketRow, ticketRowSchema } from './database.ts';

/** A robot has this long to print and confirm. */
export const reservationMs = 60_000;
/** The queue server's own numbers end here; leased ones begin after it, so the two never meet. */
export const lastOwnNumber = 599;
export const lastLeasedNumber = 999;

const nextSchema = z.object({ next: z.number() });

export interface NewTicket {
  ticketId: string;
  number: string;
  serviceId: string;
  followedBy: readonly string[];
  day: string;
  priorityClass: PriorityClass;
  robotId: string;
  origin: 'robot' | 'booking' | 'lease';
  state: 'reserved' | 'waiting' | 'voided';
  issuedAtMs: number;
  /** Its place among equals. */
  placeMs: number;
}

export function insertTicket(database: Sqlite, ticket: NewTicket): void {
  const { ticketId, number, serviceId, followedBy, day, priorityClass, robotId, origin, state, issuedAtMs, placeMs } = ticket;
  const query = `INSERT INTO tickets (ticketId, number, serviceId, issuedFor, followedBy, day, priorityClass, robotId, origin, state,
    issuedAtMs, reservedUntilMs, placeMs, waitingSinceMs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
  const head = [ticketId, number, serviceId, serviceId, JSON.stringify(followedBy), day, priorityClass, robotId, origin, state];
  change(database, query, ...head, issuedAtMs, issuedAtMs + reservationMs, placeMs, issuedAtMs);
}

export function findTicket(database: Sqlite, ticketId: string): TicketRow | null {
  return selectRow(database, ticketRowSchema, 'SELECT * FROM tickets WHERE ticketId = ?', ticketId);
}

/** The ticket of that number given on `day`. */
export function ticketByNumber(database: Sqlite, day: string, number: string): TicketRow | null {
  return selectRow(database, ticketRowSchema, 'SELECT * FROM tickets WHERE day = ? AND number = ?', day, number);
}

export function setTicketState(database: Sqlite, ticketId: string, state: TicketRow['state']): void {
  change(database, 'UPDATE tickets SET state = ? WHERE ticketId = ?', state, ticketId);
}

/** The first of up to `count` numbers in a row, gone for good, and how many they are; null when the band is used up that day. */
export function takeNumbers(
  database: Sqlite,
  from: { day: string; serviceId: string; band: 'own' | 'leased' },
  count: number,
): { first: number; count: number } | null {
  const { day, serviceId, band } = from;
  const last = band === 'own' ? lastOwnNumber : lastLeasedNumber;
  const query = 'SELECT next FROM numbers WHERE day = ? AND serviceId = ? AND band = ?';
  const first = selectRow(database, nextSchema, query, day, serviceId, band)?.next ?? (band === 'own' ? 1 : lastOwnNumber + 1);
  const granted = Math.min(count, last - first + 1);
  if (granted < 1) return null;
  change(database, 'INSERT OR REPLACE INTO numbers VALUES (?, ?, ?, ?)', day, serviceId, band, first + granted);
  return { first, count: granted };
}

/** `A007`. */
export function formatNumber(prefix: string, value: number): string {
  return prefix + String(value).padStart(3, '0');
}
