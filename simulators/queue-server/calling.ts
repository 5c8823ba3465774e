import { z } from 'zod';
import type { CallKind } from '../../src/behaviour/model.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Ids } from '../../src/core/ids.ts';
import type { Sqlite } from '../../src/store/database.ts';
import { wardCounters } from './catalogue.ts';
import { selectRow, type TicketRow, ticketRowSchema } from './database.ts';
import type { Overview } from './overview.ts';

/** Later than this a call is neither shown nor spoken. */
export const callLifetimeMs = 60_000;

const callSchema = z.object({ callId: z.string(), sequence: z.number() });

export interface MadeCall {
  callId: string;
  ticketNumber: string;
  counter: number;
  sequence: number;
  kind: CallKind;
  expiresAtMs: number;
}

/** What a counter does with its citizens. Every method runs inside the caller's transaction. */
export class Calling {
  private readonly database: Sqlite;
  private readonly clock: Clock;
  private readonly ids: Ids;
  private readonly overview: Overview;

  constructor(database: Sqlite, clock: Clock, ids: Ids, overview: Overview) {
    this.database = database;
    this.clock = clock;
    this.ids = ids;
    this.overview = overview;
  }

  /** Finishes with the citizen at the counter and calls the next; null when nobody waits. */
  callNext(counter: number): MadeCall | null {
    this.end(counter, 'done');
    const desk = wardCounters.find((candidate) => candidate.counter === counter);
    const next = desk && this.overview.waiting(desk.serviceIds, counter)[0];
    if (!next) return null;
    const nowMs = this.clock.nowMs();
    this.database
      .prepare("UPDATE tickets SET state = 'called', counter = ?, calledAtMs = ? WHERE ticketId = ?")
      .run(counter, nowMs, next.ticketId);
    const callId = this.ids.next();
    this.database.prepare('INSERT INTO calls VALUES (?, ?, ?, 1)').run(callId, next.ticketId, counter);
    return { callId, ticketNumber: next.number, counter, sequence: 1, kind: 'call', expiresAtMs: nowMs + callLifetimeMs };
  }

  /** Calls the citizen of this counter again; null when it serves nobody. */
  recall(counter: number): MadeCall | null {
    const ticket = this.current(counter);
    if (!ticket) return null;
    const query = 'UPDATE calls SET sequence = sequence + 1 WHERE ticketId = ? RETURNING callId, sequence';
    const call = selectRow(this.database, callSchema, query, ticket.ticketId);
    if (!call) return null;
    return { ...call, ticketNumber: ticket.number, counter, kind: 'recall', expiresAtMs: this.clock.nowMs() + callLifetimeMs };
  }

  /** False when the counter serves nobody. */
  end(counter: number, state: 'done' | 'noShow'): boolean {
    const ticket = this.current(counter);
    if (!ticket) return false;
    this.database.prepare('UPDATE tickets SET state = ?, endedAtMs = ? WHERE ticketId = ?').run(state, this.clock.nowMs(), ticket.ticketId);
    return true;
  }

  private current(counter: number): TicketRow | null {
    const query = "SELECT * FROM tickets WHERE day = ? AND counter = ? AND state = 'called' ORDER BY calledAtMs DESC LIMIT 1";
    return selectRow(this.database, ticketRowSchema, query, this.overview.today(), counter);
  }
}
