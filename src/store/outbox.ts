import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { LetanError } from '../core/errors.ts';
import { guarded, inTransaction, type Sqlite, written } from './database.ts';

const rowSchema = z.object({ seq: z.number(), idempotencyKey: z.string(), operation: z.string(), body: z.string() });
const countSchema = z.object({ count: z.number() });

/** A promise that the queue server has not acknowledged yet. */
export interface OutboxEntry {
  seq: number;
  idempotencyKey: string;
  operation: string;
  /** The request's body as given to {@link Outbox.add}. */
  body: unknown;
}

/** Commits and voids settle a promise already made, so they may go this far beyond the limit. */
const settlingReserve = 200;
/** Refusals kept for a technician. */
const refusedKept = 500;

/**
 * What was promised and not yet acknowledged by the queue server, in order. Bounded: at `limit` entries new promises are refused with
 * `OUTBOX_FULL` (nothing old is ever dropped); commits and voids have a reserve of 200 beyond it.
 */
export class Outbox {
  private readonly database: Sqlite;
  private readonly clock: Clock;
  readonly limit: number;

  constructor(database: Sqlite, clock: Clock, limit: number) {
    this.database = database;
    this.clock = clock;
    this.limit = limit;
  }

  /** Durable when it returns. The same key twice is one entry. Throws `OUTBOX_FULL`, `STORE_FAILED`. */
  add(entry: { idempotencyKey: string; operation: string; body: unknown }, kind: 'promise' | 'settling' = 'promise'): void {
    if (kind === 'promise') this.ensureRoom();
    else if (this.length >= this.limit + settlingReserve) throw new LetanError('OUTBOX_FULL', `${this.length} undelivered messages`);
    written(this.database, 'outbox', () =>
      this.database
        .prepare('INSERT INTO outbox (idempotencyKey, operation, body, createdAtMs) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
        .run(entry.idempotencyKey, entry.operation, JSON.stringify(entry.body), this.clock.nowMs()),
    );
  }

  /** Throws `OUTBOX_FULL` when no new promise may be made. */
  ensureRoom(): void {
    if (this.length >= this.limit) throw new LetanError('OUTBOX_FULL', `${this.length} undelivered messages, limit ${this.limit}`);
  }

  /** The oldest entry, or null. */
  first(): OutboxEntry | null {
    const row = guarded(this.database, 'outbox', () =>
      this.database.prepare('SELECT seq, idempotencyKey, operation, body FROM outbox ORDER BY seq LIMIT 1').get(),
    );
    if (row === undefined) return null;
    const { body, ...entry } = rowSchema.parse(row);
    return { ...entry, body: JSON.parse(body) };
  }

  /** The queue server acknowledged the key. */
  remove(idempotencyKey: string): void {
    written(this.database, 'outbox', () => this.database.prepare('DELETE FROM outbox WHERE idempotencyKey = ?').run(idempotencyKey));
  }

  /** The queue server refused for good: the entry leaves, and key and code stay for a technician (never the body). */
  refuse(entry: OutboxEntry, code: string): void {
    written(this.database, 'outbox', () =>
      inTransaction(this.database, () => {
        this.database.prepare('DELETE FROM outbox WHERE seq = ?').run(entry.seq);
        const keep = this.database.prepare('INSERT INTO refused (idempotencyKey, operation, code, refusedAtMs) VALUES (?, ?, ?, ?)');
        const { lastInsertRowid } = keep.run(entry.idempotencyKey, entry.operation, code, this.clock.nowMs());
        this.database.prepare('DELETE FROM refused WHERE seq <= ?').run(Number(lastInsertRowid) - refusedKept);
      }),
    );
  }

  get length(): number {
    return this.count('outbox');
  }
  get refusedCount(): number {
    return this.count('refused');
  }

  private count(table: 'outbox' | 'refused'): number {
    return countSchema.parse(guarded(this.database, table, () => this.database.prepare(`SELECT count(*) AS count FROM ${table}`).get()))
      .count;
  }
}
