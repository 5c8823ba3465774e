import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { type Connection, parseStored, read } from './connection.ts';

export type TicketState = 'reserved' | 'committed' | 'voided';

const stateSchema = z.enum(['reserved', 'committed', 'voided']);
const rowSchema = z.object({ ticketId: z.string(), state: stateSchema, ticket: z.string() });

export interface JournalEntry {
  ticketId: string;
  state: TicketState;
  /** As given to {@link Journal.record}; no personal data. Null where it can no longer be read. */
  ticket: unknown;
}

/** The fate of this robot's tickets. Bounded: of more than `limit`, the oldest settled ones leave; an unsettled one never does. */
export class Journal {
  private readonly connection: Connection;
  private readonly clock: Clock;
  private readonly limit: number;

  constructor(connection: Connection, clock: Clock, limit: number) {
    this.connection = connection;
    this.clock = clock;
    this.limit = limit;
  }

  /** Writes a reserved ticket down, durable when it returns. */
  record(ticketId: string, ticket: unknown): void {
    const insert = "INSERT INTO journal (ticketId, state, ticket, changedAtMs) VALUES (?, 'reserved', ?, ?)";
    this.connection.transaction(() => {
      const { lastInsertRowid: seq } = this.connection.run(insert, ticketId, JSON.stringify(ticket), this.clock.nowMs());
      if (seq > this.limit) this.connection.run("DELETE FROM journal WHERE seq <= ? AND state <> 'reserved'", seq - this.limit);
    });
  }

  settle(ticketId: string, state: 'committed' | 'voided'): void {
    this.connection.run('UPDATE journal SET state = ?, changedAtMs = ? WHERE ticketId = ?', state, this.clock.nowMs(), ticketId);
  }

  /** Throws `STORE_FAILED`, also for a row that cannot be read. */
  get(ticketId: string): JournalEntry | null {
    const row = this.connection.get(rowSchema, 'SELECT ticketId, state, ticket FROM journal WHERE ticketId = ?', ticketId);
    return row && toEntry(row);
  }

  /** Tickets neither committed nor voided: after a restart nobody knows whether their paper came out. */
  unsettled(): JournalEntry[] {
    return this.select("SELECT ticketId, state, ticket FROM journal WHERE state = 'reserved' ORDER BY seq");
  }

  /** The last `count` tickets, newest first. */
  latest(count: number): JournalEntry[] {
    return this.select('SELECT ticketId, state, ticket FROM journal ORDER BY seq DESC LIMIT ?', count);
  }

  /** Rows that cannot be read are left out. */
  private select(query: string, ...params: unknown[]): JournalEntry[] {
    return this.connection.all(query, ...params).flatMap((row) => {
      const fields = rowSchema.safeParse(row);
      return fields.success ? [toEntry(fields.data)] : [];
    });
  }
}

function toEntry(row: unknown): JournalEntry {
  const { ticket, ...entry } = read(rowSchema, row);
  return { ...entry, ticket: parseStored(ticket) ?? null };
}
