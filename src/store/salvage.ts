import { isUtf8 } from 'node:buffer';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import Database from 'libsql';
import { z } from 'zod';
import type { Sqlite } from './database.ts';
import { inTransaction } from './database.ts';

/** Rows that came over, by table, and whether the table was read to its end without a fault. */
export type Salvaged = Record<TableName, { rows: number; whole: boolean }>;

const text = { outbox: ['idempotencyKey', 'operation', 'body', 'lane'], journal: ['ticketId', 'state', 'ticket'] } as const;
const tables = {
  outbox: { texts: text.outbox, numbers: ['createdAtMs'] },
  journal: { texts: text.journal, numbers: ['changedAtMs'] },
  leases: { texts: ['leaseId', 'serviceId', 'prefix'], numbers: ['nextNumber', 'lastNumber', 'expiresAtMs'] },
  refused: { texts: ['idempotencyKey', 'operation', 'code', 'body', 'lane'], numbers: ['refusedAtMs'] },
  counters: { texts: ['name'], numbers: ['value'] },
  seenCalls: { texts: ['callId'], numbers: ['sequence', 'seenAtMs'] },
  doneCommands: { texts: ['idempotencyKey', 'outcome'], numbers: ['doneAtMs'] },
  leaseClock: { texts: ['name'], numbers: ['latestMs'] },
} as const;
type TableName = keyof typeof tables;
// Object.keys forgets the key type; the literal above has no others.
const tableNames = Object.keys(tables) as TableName[];
/** Columns that a row of an older shape may lack. */
const optional: readonly string[] = ['lane', 'body'];

/** Places in a row looked at in vain before a gap is given up; a page holds a hundred rows at most. */
const mostMisses = 2_000;

type Row = Record<string, string | number | null>;

/**
 * Carries over into the new database `into` what can still be read in the damaged `file`, row by row from both ends and then one by one in
 * between, so that one bad page costs its own rows alone. The file itself is not touched: a copy is read. Ticket numbers of a lease are
 * given on only where leases, journal and outbox were all read whole; otherwise the lease comes over as used up. Throws what SQLite throws
 * for `into`, and where there is no room for the copy.
 */
export function salvage(file: string, into: Sqlite): Salvaged {
  const copy = `${file}.salvage`;
  const suffixes = ['', '-wal'];
  for (const suffix of suffixes) if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix);
  try {
    const found = new Map(tableNames.map((name) => [name, readAll(copy, name)]));
    return inTransaction(into, () => carryOver(found, into));
  } finally {
    for (const suffix of [...suffixes, '-shm']) rmSync(copy + suffix, { force: true });
  }
}

interface Found {
  rows: Row[];
  whole: boolean;
}

function carryOver(found: ReadonlyMap<TableName, Found>, into: Sqlite): Salvaged {
  const of = (name: TableName): Found => found.get(name) ?? { rows: [], whole: false };
  const sure = of('leases').whole && of('journal').whole && of('outbox').whole;
  const given = highestGiven([...of('journal').rows.map((row) => row.ticket), ...of('outbox').rows.map((row) => row.body)]);
  for (const lease of of('leases').rows) {
    const last = Number(lease.lastNumber);
    const next = Math.max(Number(lease.nextNumber), (given.get(String(lease.leaseId)) ?? 0) + 1);
    lease.nextNumber = sure && next <= last ? next : last + 1;
  }
  const counts = tableNames.map((name) => {
    const { rows, whole } = of(name);
    return [name, { rows: rows.filter((row) => insert(into, name, row)).length, whole }] as const;
  });
  // fromEntries forgets the key type; each table of the list above is in it.
  return Object.fromEntries(counts) as Salvaged;
}

/** False for a row that is there already or breaks the table's rules. */
function insert(into: Sqlite, name: TableName, row: Row): boolean {
  const columns = Object.keys(row);
  const sql = `INSERT OR IGNORE INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
  return into.prepare(sql).run(...Object.values(row)).changes === 1;
}

const offlineSchema = z.object({ offlineTicket: z.object({ leaseId: z.string(), number: z.string() }) });

/** The highest number of each lease that a ticket carries. */
function highestGiven(documents: readonly (Row[string] | undefined)[]): Map<string, number> {
  const highest = new Map<string, number>();
  for (const document of documents) {
    const ticket = offlineSchema.safeParse(parsed(document));
    if (!ticket.success) continue;
    const { leaseId, number } = ticket.data.offlineTicket;
    highest.set(leaseId, Math.max(highest.get(leaseId) ?? 0, Number(number.slice(1)) || 0));
  }
  return highest;
}

function parsed(document: unknown): unknown {
  try {
    return typeof document === 'string' ? JSON.parse(document) : null;
  } catch {
    return null;
  }
}

function readAll(file: string, name: TableName): Found {
  const { texts, numbers } = tables[name];
  for (const left of [texts, texts.filter((column) => !optional.includes(column))]) {
    try {
      return readTable(file, name, left, numbers);
    } catch {
      // The table is of an older shape, or cannot be found at all.
    }
  }
  return { rows: [], whole: false };
}

/** Throws where the table cannot be opened. A connection of its own: a fault may leave one unusable. */
function readTable(file: string, name: TableName, texts: readonly string[], numbers: readonly string[]): Found {
  const database = new Database(file);
  try {
    // As bytes, since libsql ends the process at a text that is no UTF-8.
    const columns = ['rowid', ...texts.map((column) => `CAST(${column} AS BLOB)`), ...numbers].join(', ');
    const select = (end: string) => database.prepare(`SELECT ${columns} FROM ${name} ${end}`).raw();
    const next = select('WHERE rowid > ? ORDER BY rowid LIMIT 1');
    const previous = select('WHERE rowid < ? ORDER BY rowid DESC LIMIT 1');
    const forward = walk((at) => next.get(at), 0);
    if (forward.whole) return toFound(forward.rows, texts, numbers, true);
    const backward = walk((at) => previous.get(at), Number.MAX_SAFE_INTEGER, forward.end);
    const one = select('WHERE rowid = ?');
    const between = probe((at) => one.get(at), forward.end + 1, backward.end);
    return toFound([...forward.rows, ...between, ...backward.rows.toReversed()], texts, numbers, false);
  } finally {
    database.close();
  }
}

/** Follows the rows from `start` until there is none, until `stop`, or until one cannot be read. `end`: the last place read. */
function walk(step: (at: number) => unknown, start: number, stop?: number): { rows: unknown[][]; end: number; whole: boolean } {
  const rows: unknown[][] = [];
  let end = start;
  for (;;) {
    try {
      const row = step(end);
      if (!Array.isArray(row)) return { rows, end, whole: true };
      const at = Number(row[0]);
      if (stop !== undefined && at <= stop) return { rows, end, whole: true };
      // A broken tree may lead in a circle.
      if (stop === undefined ? at <= end : at >= end) return { rows, end, whole: false };
      rows.push(row);
      end = at;
    } catch {
      return { rows, end, whole: false };
    }
  }
}

function probe(at: (rowid: number) => unknown, first: number, end: number): unknown[][] {
  const rows: unknown[][] = [];
  let misses = 0;
  for (let rowid = first; rowid < end && misses < mostMisses; rowid++) {
    misses++;
    try {
      const row = at(rowid);
      if (!Array.isArray(row)) continue;
      rows.push(row);
      misses = 0;
    } catch {
      // That one is lost.
    }
  }
  return rows;
}

function toFound(raw: readonly unknown[][], texts: readonly string[], numbers: readonly string[], whole: boolean): Found {
  const rows = raw.flatMap(([, ...values]) => {
    const row: Row = {};
    for (const [index, column] of [...texts, ...numbers].entries()) {
      const value = index < texts.length ? toText(values[index]) : values[index];
      const fits = index < texts.length ? value !== undefined : Number.isSafeInteger(value);
      if (!fits || (value === null && !optional.includes(column))) return [];
      row[column] = typeof value === 'string' || typeof value === 'number' ? value : null;
    }
    return [row];
  });
  return { rows, whole: whole && rows.length === raw.length };
}

/** Undefined for bytes that are no text. */
function toText(value: unknown): string | null | undefined {
  if (value === null) return null;
  return Buffer.isBuffer(value) && isUtf8(value) ? value.toString('utf8') : undefined;
}
