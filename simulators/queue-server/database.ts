import { z } from 'zod';
import { priorityClasses } from '../../src/behaviour/model.ts';
import { openSqlite, type Sqlite } from '../../src/store/database.ts';

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
];

export const ticketStates = ['reserved', 'waiting', 'called', 'done', 'noShow', 'voided', 'expired'] as const;

export const ticketRowSchema = z.object({
  ticketId: z.string(),
  number: z.string(),
  serviceId: z.string(),
  day: z.string(),
  priorityClass: z.enum(priorityClasses),
  robotId: z.string(),
  origin: z.enum(['robot', 'booking', 'lease']),
  state: z.enum(ticketStates),
  issuedAtMs: z.number(),
  reservedUntilMs: z.number(),
  counter: z.number().nullable(),
  calledAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
});
export type TicketRow = z.infer<typeof ticketRowSchema>;

export function openQueueDatabase(file: string): Sqlite {
  return openSqlite(file, shapes);
}

/** Rows of a query as `schema` reads them. */
export function selectRows<S extends z.ZodType>(database: Sqlite, schema: S, query: string, ...params: unknown[]): z.infer<S>[] {
  return database
    .prepare(query)
    .all(...params)
    .map((row) => schema.parse(row));
}

export function selectRow<S extends z.ZodType>(database: Sqlite, schema: S, query: string, ...params: unknown[]): z.infer<S> | null {
  const row = database.prepare(query).get(...params);
  return row === undefined ? null : schema.parse(row);
}
