import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { guarded, inTransaction, type Sqlite, written } from './database.ts';

export type TicketState = 'reserved' | 'committed' | 'voided';

const stateSchema = z.enum(['reserved', 'committed', 'voided']);
const rowSchema = z.object({ ticketId: z.string(), state: stateSchema, ticket: z.string() });

export interface JournalEntry {
  ticketId: string;
  state: TicketState;
  /** As given to {@link Journal.record}; no personal data. */
  ticket: unknown;
}

/** The fate of this robot's tickets. Bounded: of more than `limit`, the oldest leave. */
export class Journal {
  private readonly database: Sqlite;
  private readonly clock: Clock;
  private readonly limit: number;

  constructor(database: Sqlite, clock: Clock, limit: number) {
    this.database = database;
    this.clock = clock;
    this.limit = limit;
  }

  /** Writes a reserved ticket down, durable when it returns. */
  record(ticketId: string, ticket: unknown): void {
    const insert = "INSERT INTO journal (ticketId, state, ticket, changedAtMs) VALUES (?, 'reserved', ?, ?)";
    written(this.database, 'journal', () =>
      inTransaction(this.database, () => {
        const { lastInsertRowid } = this.database.prepare(insert).run(ticketId, JSON.stringify(ticket), this.clock.nowMs());
        const seq = Number(lastInsertRowid);
        if (seq > this.limit) this.database.prepare('DELETE FROM journal WHERE seq <= ?').run(seq - this.limit);
      }),
    );
  }

  settle(ticketId: string, state: 'committed' | 'voided'): void {
    written(this.database, 'journal', () =>
      this.database.prepare('UPDATE journal SET state = ?, changedAtMs = ? WHERE ticketId = ?').run(state, this.clock.nowMs(), ticketId),
    );
  }

  get(ticketId: string): JournalEntry | null {
    const row = guarded(this.database, 'journal', () =>
      this.database.prepare('SELECT ticketId, state, ticket FROM journal WHERE ticketId = ?').get(ticketId),
    );
    return row === undefined ? null : toEntry(row);
  }

  /** Tickets neither committed nor voided: after a restart nobody knows whether their paper came out. */
  unsettled(): JournalEntry[] {
    return this.select("SELECT ticketId, state, ticket FROM journal WHERE state = 'reserved' ORDER BY seq");
  }

  /** The last `count` tickets, newest first. */
  latest(count: number): JournalEntry[] {
    return this.select('SELECT ticketId, state, ticket FROM journal ORDER BY seq DESC LIMIT ?', count);
  }

  private select(query: string, ...params: unknown[]): JournalEntry[] {
    return guarded(this.database, 'journal', () => this.database.prepare(query).all(...params)).map(toEntry);
  }
}

function toEntry(row: unknown): JournalEntry {
  const { ticket, ...entry } = rowSchema.parse(row);
  return { ...entry, ticket: JSON.parse(ticket) };
}
