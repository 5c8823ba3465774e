import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { LetanError } from '../core/errors.ts';
import { type Connection, parseStored } from './connection.ts';

const rowSchema = z.object({
  seq: z.number().int(),
  idempotencyKey: z.string(),
  operation: z.string(),
  body: z.string(),
  lane: z.string().nullable(),
  attempts: z.number().int(),
});
const seqSchema = z.object({ seq: z.number().int() });
const countSchema = z.object({ count: z.number() });
const sumsSchema = z.object({ count: z.number(), bytes: z.number() });

/** A promise that the queue server has not acknowledged yet. */
export interface OutboxEntry {
  seq: number;
  idempotencyKey: string;
  operation: string;
  /** The request's body as given to {@link Outbox.add}. */
  body: unknown;
  /** Entries of one lane go strictly one after the other; null goes alone. */
  lane: string | null;
  /** How often the queue server left it unanswered while it answered others. */
  attempts: number;
}

export interface NewEntry {
  idempotencyKey: string;
  operation: string;
  body: unknown;
  /** What it is about, for instance a ticket id. */
  lane?: string;
}

export interface OutboxLimits {
  /** Entries at which new promises are refused. */
  entries: number;
  /** Bytes of stored bodies at which new promises are refused. */
  bytes: number;
  /** Why the disk takes no new promise now; null where it does. */
  diskTrouble: () => string | null;
}

/** Unanswered attempts that make an entry stuck. */
export const stuckAfter = 5;
/** Longest pause between two attempts; a deferral further away comes from a clock that was set back, and counts as over. */
export const longestPauseMs = 3_600_000;

/** Commits and voids settle a promise already made, so they may go this far beyond the limits. */
const settlingReserve = 200;
/** 200 of them, at 1 kB with their offline ticket, twice over. */
const settlingReserveBytes = 400 * 1024;
/** Refusals kept for a technician, and the bytes of their bodies. */
const refusedKept = 500;
const refusedBytesKept = 8 * 1024 * 1024;

const columns = 'seq, idempotencyKey, operation, body, lane, attempts';
const dueQuery = `SELECT ${columns} FROM outbox AS entry
  WHERE seq > ?1 AND (deferredUntilMs <= ?2 OR deferredUntilMs > ?3)
    AND (lane IS NULL OR NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.lane = entry.lane AND earlier.seq < entry.seq))
  ORDER BY seq LIMIT ?4`;

/**
 * What was promised and not yet acknowledged by the queue server, in order. Bounded in entries, in bytes and by the room on the disk: at
 * a bound new promises are refused with `OUTBOX_FULL` and nothing old is ever dropped; commits and voids have a reserve of 200 entries
 * beyond it.
 */
export class Outbox {
  private readonly connection: Connection;
  private readonly clock: Clock;
  private readonly limits: OutboxLimits;
  private counted: { undone: number; count: number; bytes: number } | null = null;

  constructor(connection: Connection, clock: Clock, limits: OutboxLimits) {
    this.connection = connection;
    this.clock = clock;
    this.limits = limits;
  }

  /** Entries at which new promises are refused. */
  get limit(): number {
    return this.limits.entries;
  }

  /** Durable when it returns. The same key twice is one entry. Throws `OUTBOX_FULL`, `STORE_FAILED`. */
  add(entry: NewEntry, kind: 'promise' | 'settling' = 'promise'): void {
    const body = JSON.stringify(entry.body);
    const bytes = Buffer.byteLength(body);
    if (kind === 'promise') this.ensureRoom(bytes);
    else this.ensureReserve(bytes);
    const insert = 'INSERT INTO outbox (idempotencyKey, operation, body, createdAtMs, lane) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING';
    const sums = this.sums();
    const { changes } = this.connection.run(insert, entry.idempotencyKey, entry.operation, body, this.clock.nowMs(), entry.lane ?? null);
    if (changes === 0) return;
    sums.count++;
    sums.bytes += bytes;
  }

  /** Throws `OUTBOX_FULL` when no new promise of `bytes` may be made. */
  ensureRoom(bytes = 0): void {
    const { count, bytes: used } = this.sums();
    const { entries, bytes: most, diskTrouble } = this.limits;
    if (count >= entries) throw new LetanError('OUTBOX_FULL', `${count} undelivered messages, limit ${entries}`);
    if (used + bytes > most) throw new LetanError('OUTBOX_FULL', `${used} undelivered bytes, limit ${most}`);
    const trouble = diskTrouble();
    if (trouble !== null) throw new LetanError('OUTBOX_FULL', trouble);
  }

  /** The oldest entry, or null. */
  first(): OutboxEntry | null {
    return this.readable(this.connection.all(`SELECT ${columns} FROM outbox ORDER BY seq LIMIT 1`))[0] ?? null;
  }

  /**
   * Up to `count` entries after `afterSeq` that may be sent now, in order: the first of each lane, and none whose pause is not over. A row
   * that cannot be read goes to the refused ones.
   */
  due(afterSeq: number, count: number): OutboxEntry[] {
    if (this.length === 0) return [];
    const nowMs = this.clock.nowMs();
    return this.readable(this.connection.all(dueQuery, afterSeq, nowMs, nowMs + longestPauseMs, count));
  }

  /** ms until the first deferred entry may be sent; null where none is deferred. */
  nextDueMs(): number | null {
    if (this.length === 0) return null;
    const nowMs = this.clock.nowMs();
    const query = 'SELECT min(deferredUntilMs) AS next FROM outbox WHERE attempts > 0 AND deferredUntilMs > ? AND deferredUntilMs <= ?';
    const next = this.connection.get(z.object({ next: z.number().nullable() }), query, nowMs, nowMs + longestPauseMs)?.next ?? null;
    return next === null ? null : next - nowMs;
  }

  /** The queue server acknowledged the key. */
  remove(idempotencyKey: string): void {
    this.connection.run('DELETE FROM outbox WHERE idempotencyKey = ?', idempotencyKey);
    this.counted = null;
  }

  /** The queue server acknowledged all of these; one transaction. */
  removeAll(entries: readonly OutboxEntry[]): void {
    this.connection.transaction(() => {
      for (const { seq } of entries) this.connection.run('DELETE FROM outbox WHERE seq = ?', seq);
    });
    this.counted = null;
  }

  /** Sets an entry back for `pauseMs` (at most {@link longestPauseMs}) after its `attempts`-th attempt in vain. */
  postpone(entry: OutboxEntry, attempts: number, pauseMs: number): void {
    const untilMs = this.clock.nowMs() + Math.min(pauseMs, longestPauseMs);
    this.connection.run('UPDATE outbox SET attempts = ?, deferredUntilMs = ? WHERE seq = ?', attempts, untilMs, entry.seq);
  }

  /**
   * The queue server refused for good: the entry leaves, and stays among the refused with its code, so that a technician may put it back
   * once the cause is mended. Of those the last 500 are kept, of 8 MiB together.
   */
  refuse(entry: Pick<OutboxEntry, 'seq' | 'idempotencyKey' | 'operation'>, code: string): void {
    const keep = `INSERT INTO refused (idempotencyKey, operation, code, refusedAtMs, body, lane)
      VALUES (?, ?, ?, ?, (SELECT body FROM outbox WHERE seq = ?), (SELECT lane FROM outbox WHERE seq = ?))`;
    this.connection.transaction(() => {
      const { idempotencyKey, operation, seq } = entry;
      const { lastInsertRowid } = this.connection.run(keep, idempotencyKey, operation, code, this.clock.nowMs(), seq, seq);
      this.connection.run('DELETE FROM outbox WHERE seq = ?', seq);
      this.connection.run('DELETE FROM refused WHERE seq <= ?', lastInsertRowid - refusedKept);
      const newest = 'SELECT seq, sum(length(body)) OVER (ORDER BY seq DESC) AS total FROM refused';
      this.connection.run(`DELETE FROM refused WHERE seq IN (SELECT seq FROM (${newest}) WHERE total > ?)`, refusedBytesKept);
    });
    this.counted = null;
  }

  /** Sends what was refused with `code` once more, after an update of either side mended the cause. Answers how many. */
  putBack(code: string): number {
    const { changes } = this.connection.transaction(() => {
      const copied = this.connection.run(
        `INSERT INTO outbox (idempotencyKey, operation, body, createdAtMs, lane)
           SELECT idempotencyKey, operation, body, refusedAtMs, lane FROM refused WHERE code = ? AND body IS NOT NULL ORDER BY seq
         ON CONFLICT DO NOTHING`,
        code,
      );
      this.connection.run('DELETE FROM refused WHERE code = ? AND body IS NOT NULL', code);
      return copied;
    });
    this.counted = null;
    return changes;
  }

  get length(): number {
    return this.sums().count;
  }
  /** Bytes of the bodies that wait. */
  get bytes(): number {
    return this.sums().bytes;
  }
  /** Entries that the queue server does not answer although it answers others. */
  get stuckCount(): number {
    return this.count('outbox WHERE attempts >= ?', stuckAfter);
  }
  get refusedCount(): number {
    return this.count('refused');
  }

  private ensureReserve(bytes: number): void {
    const { count, bytes: used } = this.sums();
    if (count < this.limits.entries + settlingReserve && used + bytes <= this.limits.bytes + settlingReserveBytes) return;
    throw new LetanError('OUTBOX_FULL', `${count} undelivered messages, ${used} bytes`);
  }

  private readable(rows: readonly unknown[]): OutboxEntry[] {
    return rows.flatMap((row) => {
      const fields = rowSchema.safeParse(row);
      const body = fields.success ? parseStored(fields.data.body) : undefined;
      if (fields.success && body !== undefined) return [{ ...fields.data, body }];
      const place = seqSchema.safeParse(row);
      const named = z.object({ idempotencyKey: z.string(), operation: z.string() }).safeParse(row);
      const { idempotencyKey, operation } = named.success ? named.data : { idempotencyKey: 'unreadable', operation: 'unreadable' };
      if (place.success) this.refuse({ ...place.data, idempotencyKey, operation }, 'BAD_MESSAGE');
      return [];
    });
  }

  /** Kept in memory, since every promise asks; counted anew when a transaction was undone. */
  private sums(): { count: number; bytes: number } {
    const { undone } = this.connection;
    if (this.counted?.undone !== undone) {
      const query = 'SELECT count(*) AS count, ifnull(sum(length(CAST(body AS BLOB))), 0) AS bytes FROM outbox';
      const { count, bytes } = this.connection.get(sumsSchema, query) ?? { count: 0, bytes: 0 };
      this.counted = { undone, count, bytes };
    }
    return this.counted;
  }

  private count(what: string, ...params: unknown[]): number {
    return this.connection.get(countSchema, `SELECT count(*) AS count FROM ${what}`, ...params)?.count ?? 0;
  }
}
