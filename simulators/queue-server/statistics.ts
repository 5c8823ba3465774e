import { z } from 'zod';
import type { Sqlite } from '../../src/store/database.ts';
import type { Catalogue } from './catalogue.ts';
import { selectRows } from './database.ts';

const servingSchema = z.object({
  serviceId: z.string(),
  counter: z.number(),
  priorityClass: z.string(),
  waitingSinceMs: z.number(),
  calledAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  result: z.string().nullable(),
});
type ServingRow = z.infer<typeof servingSchema>;
const issuedSchema = z.object({ serviceId: z.string(), priorityClass: z.string(), origin: z.string(), issuedAtMs: z.number() });
type IssuedRow = z.infer<typeof issuedSchema>;
const countSchema = z.object({ name: z.string(), count: z.number() });

/** One line of the day's statistics. Times in minutes; null where there is nothing to measure. */
export interface StatisticsRow {
  group: 'service' | 'counter' | 'hour' | 'priority';
  /** Service id, counter, hour of the day (Vietnam) or priority class. */
  key: string;
  issued: number;
  served: number;
  /** Calls nobody came to. */
  absent: number;
  averageWaitMin: number | null;
  p90WaitMin: number | null;
  averageServiceMin: number | null;
}

export interface DayStatistics {
  day: string;
  rows: StatisticsRow[];
  /** Tickets by where they came from: `robot`, `booking`, `lease`. */
  origins: Record<string, number>;
  bookings: { booked: number; checkedIn: number; cancelled: number };
  /** How often each score 1..5 was given. */
  scores: Record<string, number>;
}

type Group = StatisticsRow['group'];
const groups: readonly Group[] = ['service', 'counter', 'hour', 'priority'];
const vietnamOffsetMs = 7 * 3_600_000;
const hourOf = (epochMs: number) => String(new Date(epochMs + vietnamOffsetMs).getUTCHours()).padStart(2, '0');

/** What became of a day. Waiting is counted per stay: of a ticket with two services each wait by itself. */
export class Statistics {
  private readonly database: Sqlite;
  private readonly catalogue: Catalogue;

  constructor(database: Sqlite, catalogue: Catalogue) {
    this.database = database;
    this.catalogue = catalogue;
  }

  of(day: string): DayStatistics {
    const servings = selectRows(
      this.database,
      servingSchema,
      'SELECT serviceId, counter, priorityClass, waitingSinceMs, calledAtMs, endedAtMs, result FROM servings WHERE day = ?',
      day,
    );
    const issued = selectRows(
      this.database,
      issuedSchema,
      "SELECT issuedFor AS serviceId, priorityClass, origin, issuedAtMs FROM tickets WHERE day = ? AND state NOT IN ('reserved', 'voided', 'expired')",
      day,
    );
    return {
      day,
      rows: groups.flatMap((group) => this.rowsOf(group, servings, issued)),
      origins: countBy(issued.map((ticket) => ticket.origin)),
      bookings: this.bookings(day),
      scores: this.scores(day),
    };
  }

  private rowsOf(group: Group, servings: ServingRow[], issued: IssuedRow[]): StatisticsRow[] {
    const servingsBy = grouped(servings, (row) => keyOf(group, row));
    // A number is issued by no counter.
    const issuedBy = countBy(
      group === 'counter' ? [] : issued.map((row) => keyOf(group, { ...row, counter: 0, calledAtMs: row.issuedAtMs })),
    );
    const all = [...this.expected(group), ...servingsBy.keys(), ...Object.keys(issuedBy)];
    return [...new Set(all)]
      .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
      .map((key) => ({
        group,
        key,
        issued: issuedBy[key] ?? 0,
        ...measured(servingsBy.get(key) ?? []),
      }));
  }

  /** Shown even when nothing happened. */
  private expected(group: Group): string[] {
    if (group === 'service') return this.catalogue.services.map(({ serviceId }) => serviceId);
    return group === 'counter' ? this.catalogue.counters.map(({ counter }) => String(counter)) : [];
  }

  private bookings(day: string): DayStatistics['bookings'] {
    const query = `SELECT CASE WHEN cancelledAtMs IS NOT NULL THEN 'cancelled' ELSE 'booked' END AS name, count(*) AS count
      FROM bookings WHERE day = ? GROUP BY name UNION ALL SELECT 'checkedIn', count(*) FROM checkins WHERE day = ?`;
    const counts = toRecord(selectRows(this.database, countSchema, query, day, day));
    return { booked: counts.booked ?? 0, checkedIn: counts.checkedIn ?? 0, cancelled: counts.cancelled ?? 0 };
  }

  private scores(day: string): Record<string, number> {
    const query = 'SELECT CAST(score AS TEXT) AS name, count(*) AS count FROM feedback WHERE day = ? GROUP BY score';
    return toRecord(selectRows(this.database, countSchema, query, day));
  }
}

function keyOf(group: Group, row: Pick<ServingRow, 'serviceId' | 'counter' | 'priorityClass' | 'calledAtMs'>): string {
  switch (group) {
    case 'service':
      return row.serviceId;
    case 'counter':
      return String(row.counter);
    case 'hour':
      return hourOf(row.calledAtMs);
    case 'priority':
      return row.priorityClass;
  }
}

function measured(rows: readonly ServingRow[]) {
  const waits = rows.map((row) => row.calledAtMs - row.waitingSinceMs).sort((a, b) => a - b);
  const served = rows.filter((row) => row.result === 'served');
  const stays = served.flatMap((row) => (row.endedAtMs === null ? [] : [row.endedAtMs - row.calledAtMs]));
  const p90 = waits[Math.ceil(waits.length * 0.9) - 1];
  return {
    served: served.length,
    absent: rows.filter((row) => row.result === 'absent' || row.result === 'noShow').length,
    averageWaitMin: average(waits),
    p90WaitMin: p90 === undefined ? null : toMinutes(p90),
    averageServiceMin: average(stays),
  };
}

function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

const toMinutes = (ms: number) => Math.round(ms / 6_000) / 10;
const average = (values: readonly number[]) =>
  values.length === 0 ? null : toMinutes(values.reduce((sum, value) => sum + value, 0) / values.length);

function countBy(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}

const toRecord = (rows: readonly { name: string; count: number }[]): Record<string, number> =>
  Object.fromEntries(rows.map(({ name, count }) => [name, count]));

const csvColumns = ['group', 'key', 'issued', 'served', 'absent', 'averageWaitMin', 'p90WaitMin', 'averageServiceMin'] as const;

/** For a spreadsheet: UTF-8 with a byte order mark, commas, CRLF (RFC 4180). */
export function statisticsCsv({ day, rows, origins, bookings, scores }: DayStatistics): string {
  const counts = (group: string, of: Record<string, number>) => Object.entries(of).map(([key, count]) => [day, group, key, String(count)]);
  const lines = [
    ['day', ...csvColumns],
    ...rows.map((row) => [day, ...csvColumns.map((column) => String(row[column] ?? ''))]),
    ...counts('origin', origins),
    ...counts('booking', bookings),
    ...counts('score', scores),
  ];
  return `\uFEFF${lines.map((cells) => cells.map(csvCell).join(',')).join('\r\n')}\r\n`;
}

/** Quoted where needed; a cell that a spreadsheet would take for a formula gets an apostrophe. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
