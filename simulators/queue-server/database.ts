import { z } from 'zod';
import { callKinds, priorityClasses } from '../../src/behaviour/model.ts';
import { inTransaction, openSqlite, type Sqlite } from '../../src/store/database.ts';

const shapes = [
  `CREATE TABLE decisions (idempotencyKey TEXT NOT NULL, robotId TEXT NOT NULL, outcome TEXT NOT NULL, decidedAtMs INTEGER NOT NULL,
     PRIMARY KEY (robotId, idempotencyKey));
   CREATE TABLE numbers (day TEXT NOT NULL, serviceId TEXT NOT NULL, band TEXT NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (day, serviceId, band));
   CREATE TABLE tickets (seq INTEGER PRIMARY KEY AUTOINCREMENT, ticketId TEXT NOT NULL UNIQUE, number TEXT NOT NULL, serviceId TEXT NOT NULL,
     day TEXT NOT NULL, priorityClass TEXT NOT NULL, robotId TEXT NOT NULL, origin TEXT NOT NULL, state TEXT NOT NULL, issuedAtMs INTEGER NOT NULL,
     reservedUntilMs INTEGER NOT NULL, counter INTEGER, calledAtMs INTEGER, endedAtMs INTEGER, UNIQUE (day, number));
   CREATE INDEX ticketsByState ON tickets (day, state, serviceId);
   CREATE TABLE withdrawn (ticketId TEXT PRIMARY KEY, withdrawnAtMs INTEGER NOT NULL);
   CREATE TABLE leases (leaseId TEXT PRIMARY KEY, robotId TEXT NOT NULL, serviceId TEXT NOT NULL, prefix TEXT NOT NULL, first INTEGER NOT NULL,
     last INTEGER NOT NULL, day TEXT NOT NULL, expiresAtMs INTEGER NOT NULL);
   CREATE TABLE calls (callId TEXT PRIMARY KEY, ticketId TEXT NOT NULL UNIQUE, counter INTEGER NOT NULL, sequence INTEGER NOT NULL);
   CREATE TABLE checkins (code TEXT NOT NULL, day TEXT NOT NULL, ticketId TEXT NOT NULL UNIQUE, PRIMARY KEY (code, day));
   CREATE TABLE closedServices (serviceId TEXT PRIMARY KEY);
   CREATE TABLE feedback (seq INTEGER PRIMARY KEY AUTOINCREMENT, robotId TEXT NOT NULL, visitId TEXT NOT NULL, score INTEGER NOT NULL, day TEXT NOT NULL);
   CREATE TABLE petitions (receiptNumber TEXT PRIMARY KEY, robotId TEXT NOT NULL, visitId TEXT NOT NULL, jwe TEXT NOT NULL, receivedAtMs INTEGER NOT NULL);
   CREATE TABLE registrations (registrationId TEXT PRIMARY KEY, robotId TEXT NOT NULL, visitId TEXT NOT NULL, personCount INTEGER NOT NULL,
     jwe TEXT NOT NULL, receivedAtMs INTEGER NOT NULL);`,
  // Chains, absences, transfers, bookings, and a row for every stay at a counter.
  `ALTER TABLE decisions ADD COLUMN contentHash TEXT;
   CREATE INDEX decisionsByTime ON decisions (decidedAtMs);
   CREATE INDEX withdrawnByTime ON withdrawn (withdrawnAtMs);
   ALTER TABLE tickets ADD COLUMN issuedFor TEXT NOT NULL DEFAULT '';
   ALTER TABLE tickets ADD COLUMN followedBy TEXT NOT NULL DEFAULT '[]';
   ALTER TABLE tickets ADD COLUMN placeMs INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE tickets ADD COLUMN waitingSinceMs INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE tickets ADD COLUMN absences INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE tickets ADD COLUMN notBeforeMs INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE tickets ADD COLUMN ahead INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE tickets ADD COLUMN forCounter INTEGER;
   ALTER TABLE tickets ADD COLUMN nextKind TEXT NOT NULL DEFAULT 'call';
   UPDATE tickets SET issuedFor = serviceId, placeMs = issuedAtMs, waitingSinceMs = issuedAtMs;
   CREATE INDEX ticketsReserved ON tickets (reservedUntilMs) WHERE state = 'reserved';
   ALTER TABLE leases ADD COLUMN grantedAtMs INTEGER NOT NULL DEFAULT 0;
   CREATE INDEX leasesByRobot ON leases (day, robotId);
   CREATE TABLE servings (seq INTEGER PRIMARY KEY AUTOINCREMENT, ticketId TEXT NOT NULL, number TEXT NOT NULL, day TEXT NOT NULL,
     serviceId TEXT NOT NULL, counter INTEGER NOT NULL, priorityClass TEXT NOT NULL, waitingSinceMs INTEGER NOT NULL, calledAtMs INTEGER NOT NULL,
     endedAtMs INTEGER, result TEXT);
   CREATE INDEX servingsByCounter ON servings (day, counter, seq);
   CREATE INDEX servingsOfTicket ON servings (ticketId);
   INSERT INTO servings (ticketId, number, day, serviceId, counter, priorityClass, waitingSinceMs, calledAtMs, endedAtMs, result)
     SELECT ticketId, number, day, serviceId, counter, priorityClass, issuedAtMs, calledAtMs, endedAtMs,
       CASE state WHEN 'done' THEN 'served' WHEN 'noShow' THEN 'noShow' END
     FROM tickets WHERE calledAtMs IS NOT NULL AND counter IS NOT NULL ORDER BY calledAtMs;
   CREATE TABLE ticketCalls (callId TEXT PRIMARY KEY, ticketId TEXT NOT NULL, counter INTEGER NOT NULL, sequence INTEGER NOT NULL,
     UNIQUE (ticketId, counter));
   INSERT INTO ticketCalls SELECT callId, ticketId, counter, sequence FROM calls;
   DROP TABLE calls;
   DROP TABLE closedServices;
   CREATE TABLE openings (serviceId TEXT PRIMARY KEY, day TEXT NOT NULL, open INTEGER NOT NULL);
   CREATE TABLE closedCounters (counter INTEGER PRIMARY KEY);
   CREATE TABLE announcedCounters (counter INTEGER PRIMARY KEY);
   CREATE TABLE bookings (code TEXT PRIMARY KEY, serviceId TEXT NOT NULL, day TEXT NOT NULL, citizenKey TEXT NOT NULL,
     priorityClass TEXT NOT NULL, channel TEXT NOT NULL, bookedAtMs INTEGER NOT NULL, cancelledAtMs INTEGER);
   CREATE INDEX bookingsByDay ON bookings (day, serviceId);
   CREATE INDEX bookingsByCitizen ON bookings (citizenKey, day);`,
];

/** `parked`: sent away by the officer, for instance for a missing paper, until she calls it again. */
export const ticketStates = ['reserved', 'waiting', 'called', 'done', 'noShow', 'voided', 'expired', 'parked'] as const;

export const ticketRowSchema = z.object({
  ticketId: z.string(),
  number: z.string(),
  /** The service it waits for or is at now. */
  serviceId: z.string(),
  /** The service it was issued for, whose letter the number bears. */
  issuedFor: z.string(),
  /** JSON list of the services after this one. */
  followedBy: z.string(),
  day: z.string(),
  priorityClass: z.enum(priorityClasses),
  robotId: z.string(),
  origin: z.enum(['robot', 'booking', 'lease']),
  state: z.enum(ticketStates),
  issuedAtMs: z.number(),
  reservedUntilMs: z.number(),
  /** Its place among equals; moves back after an absence. */
  placeMs: z.number(),
  /** Since when it waits for this service; for the statistics. */
  waitingSinceMs: z.number(),
  absences: z.number(),
  /** After an absence: not called before. */
  notBeforeMs: z.number(),
  /** 1: transferred by an officer, next in line. */
  ahead: z.number(),
  /** Transferred to this counter, which alone calls it. */
  forCounter: z.number().nullable(),
  nextKind: z.enum(callKinds),
  counter: z.number().nullable(),
  calledAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
});
export type TicketRow = z.infer<typeof ticketRowSchema>;

export function openQueueDatabase(file: string): Sqlite {
  return openSqlite(file, shapes);
}

const prepare = (database: Sqlite, query: string) => database.prepare<unknown[]>(query);
type Statement = ReturnType<typeof prepare>;
const statements = new WeakMap<Sqlite, Map<string, Statement>>();

/** The prepared statement of `query`, prepared once per database. Queries are constants of this program, so their number is bounded. */
function prepared(database: Sqlite, query: string): Statement {
  const known = statements.get(database) ?? new Map<string, Statement>();
  statements.set(database, known);
  const statement = known.get(query) ?? prepare(database, query);
  known.set(query, statement);
  return statement;
}

/** Throws for a query that writes: libsql says nothing when the commit of a statement fails that was read with get() or all(). */
function reading(database: Sqlite, query: string): Statement {
  if (!query.startsWith('SELECT')) throw new RangeError(`a query that writes goes through change() or changeReturning(): ${query}`);
  return prepared(database, query);
}

/** Rows of a query as `schema` reads them. */
export function selectRows<S extends z.ZodType>(database: Sqlite, schema: S, query: string, ...params: unknown[]): z.infer<S>[] {
  return reading(database, query)
    .all(...params)
    .map((row) => schema.parse(row));
}

export function selectRow<S extends z.ZodType>(database: Sqlite, schema: S, query: string, ...params: unknown[]): z.infer<S> | null {
  const row = reading(database, query).get(...params);
  return row === undefined ? null : schema.parse(row);
}

/** Whether the query has a row. */
export function exists(database: Sqlite, query: string, ...params: unknown[]): boolean {
  return reading(database, query).get(...params) !== undefined;
}

/** Carries out a statement; answers how many rows it changed. */
export function change(database: Sqlite, query: string, ...params: unknown[]): number {
  return prepared(database, query).run(...params).changes;
}

/**
 * Carries out a statement with RETURNING; answers the row it changed, null where it changed none. Always in a transaction: its COMMIT
 * throws where the statement cannot be kept.
 */
export function changeReturning<S extends z.ZodType>(database: Sqlite, schema: S, query: string, ...params: unknown[]): z.infer<S> | null {
  return inTransaction(database, () => {
    const row = prepared(database, query).get(...params);
    return row === undefined ? null : schema.parse(row);
  });
}
