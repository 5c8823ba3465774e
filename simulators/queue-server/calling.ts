import { z } from 'zod';
import type { CallKind } from '../../src/behaviour/model.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Ids } from '../../src/core/ids.ts';
import type { Sqlite } from '../../src/store/database.ts';
import type { Catalogue } from './catalogue.ts';
import { change, changeReturning, selectRow, type TicketRow, ticketRowSchema } from './database.ts';
import type { Opening } from './opening.ts';
import { chainOf, type Overview } from './overview.ts';
import { ticketByNumber } from './tickets.ts';

/** Later than this a call is neither shown nor spoken. */
export const callLifetimeMs = 60_000;
/** The contract's highest sequence of one call. */
const lastSequence = 1000;

const callSchema = z.object({ callId: z.string(), sequence: z.number() });

export interface MadeCall {
  callId: string;
  ticketNumber: string;
  counter: number;
  sequence: number;
  kind: CallKind;
  expiresAtMs: number;
}

export interface TicketUpdate {
  ticketNumber: string;
  change: 'waitingAgain' | 'noShow' | 'served' | 'voided';
  counter: number | null;
}

/** What an action of a counter leaves to be announced. `done`: false where there was nothing to do. */
export interface Happening {
  done: boolean;
  calls: MadeCall[];
  updates: TicketUpdate[];
  /** Counters that serve somebody else now. */
  counters: number[];
}

export type TransferTarget = { counter: number } | { serviceId: string };
type Result = 'served' | 'absent' | 'noShow' | 'transferred' | 'parked';

const nothing: Happening = { done: false, calls: [], updates: [], counters: [] };

/** What a counter does with its citizens. Every method runs inside the caller's transaction. */
export class Calling {
  private readonly database: Sqlite;
  private readonly clock: Clock;
  private readonly ids: Ids;
  private readonly catalogue: Catalogue;
  private readonly overview: Overview;
  private readonly opening: Opening;

  constructor(
    database: Sqlite,
    sources: { clock: Clock; ids: Ids },
    rooms: { catalogue: Catalogue; overview: Overview; opening: Opening },
  ) {
    this.database = database;
    this.clock = sources.clock;
    this.ids = sources.ids;
    this.catalogue = rooms.catalogue;
    this.overview = rooms.overview;
    this.opening = rooms.opening;
  }

  /** Finishes with the citizen at the counter and calls the next. A closed counter calls nobody. */
  callNext(counter: number): Happening {
    const desk = this.catalogue.counters.find((candidate) => candidate.counter === counter);
    if (!desk || !this.opening.isCounterOpen(counter)) return nothing;
    const finished = this.finish(counter);
    const next = this.overview.next(desk.serviceIds, counter);
    if (!next) return { ...finished, done: false, counters: [counter] };
    return { ...finished, done: true, calls: [this.callTo(next, counter, next.nextKind)], counters: [counter] };
  }

  /** Calls the citizen of this counter once more. */
  recall(counter: number): Happening {
    const ticket = this.current(counter);
    const query =
      'UPDATE ticketCalls SET sequence = sequence + 1 WHERE ticketId = ? AND counter = ? AND sequence < ? RETURNING callId, sequence';
    const call = ticket && changeReturning(this.database, callSchema, query, ticket.ticketId, counter, lastSequence);
    if (!call) return nothing;
    return { ...nothing, done: true, calls: [{ ...call, ...this.callOf(ticket, counter, 'recall') }] };
  }

  /** Served: goes on to the next of its services with its old place, or is done. */
  finish(counter: number): Happening {
    const ticket = this.current(counter);
    if (!ticket) return nothing;
    this.endServing(ticket, 'served');
    this.overview.forgetAverages();
    const [next, ...rest] = chainOf(ticket);
    if (next === undefined) return this.leave(ticket, 'done', 'served');
    const query = `UPDATE tickets SET state = 'waiting', serviceId = ?, followedBy = ?, counter = NULL, waitingSinceMs = ?, absences = 0,
      ahead = 0, forCounter = NULL, nextKind = 'call' WHERE ticketId = ?`;
    change(this.database, query, next, JSON.stringify(rest), this.clock.nowMs(), ticket.ticketId);
    return this.said(ticket, 'waitingAgain');
  }

  /** Nobody came: waits again a few places later, and is a no-show after the last call. */
  absent(counter: number): Happening {
    const ticket = this.current(counter);
    if (!ticket) return nothing;
    const last = ticket.absences + 1 >= this.catalogue.absence.calls;
    this.endServing(ticket, last ? 'noShow' : 'absent');
    change(this.database, 'UPDATE tickets SET absences = absences + 1 WHERE ticketId = ?', ticket.ticketId);
    if (last) return this.leave(ticket, 'noShow', 'noShow');
    const { placeMs, notBeforeMs } = this.placeAfterAbsence(ticket);
    const query = `UPDATE tickets SET state = 'waiting', counter = NULL, waitingSinceMs = ?, placeMs = ?, notBeforeMs = ?, nextKind = 'recall'
      WHERE ticketId = ?`;
    change(this.database, query, this.clock.nowMs(), placeMs, notBeforeMs, ticket.ticketId);
    return this.said(ticket, 'waitingAgain');
  }

  /** Sent away until called again by hand, for instance for a missing paper. */
  park(counter: number): Happening {
    const ticket = this.current(counter);
    if (!ticket) return nothing;
    this.endServing(ticket, 'parked');
    return this.leave(ticket, 'parked', 'waitingAgain');
  }

  /** To another counter, called at once where it is free and else next in line there; or to another service, next in line. */
  transfer(counter: number, target: TransferTarget): Happening {
    const ticket = this.current(counter);
    const counters = 'counter' in target ? [target.counter] : this.countersOf(target.serviceId);
    const known = counters.filter(
      (candidate) => candidate !== counter && this.catalogue.counters.some((desk) => desk.counter === candidate),
    );
    if (!ticket || (known.length === 0 && ('counter' in target || counters.length === 0))) return nothing;
    this.endServing(ticket, 'transferred');
    const serviceId = 'serviceId' in target ? target.serviceId : ticket.serviceId;
    const chain = JSON.stringify(chainOf(ticket).filter((later) => later !== serviceId));
    const query = `UPDATE tickets SET state = 'waiting', serviceId = ?, followedBy = ?, counter = NULL, waitingSinceMs = ?, absences = 0,
      ahead = 1, forCounter = ?, nextKind = 'transfer' WHERE ticketId = ?`;
    const forCounter = 'counter' in target ? target.counter : null;
    change(this.database, query, serviceId, chain, this.clock.nowMs(), forCounter, ticket.ticketId);
    const free = known.find((candidate) => this.opening.isCounterOpen(candidate) && !this.current(candidate));
    if (free === undefined) return this.said(ticket, 'waitingAgain');
    const moved = { ...ticket, serviceId, waitingSinceMs: this.clock.nowMs() };
    return { done: true, calls: [this.callTo(moved, free, 'transfer')], updates: [], counters: [counter, free] };
  }

  /** Calls one ticket out of turn: somebody who waits (`walkDirect`), or who was parked or marked a no-show. */
  callTicket(counter: number, number: string): Happening {
    const ticket = ticketByNumber(this.database, this.overview.today(), number);
    if (!ticket || !this.opening.isCounterOpen(counter)) return nothing;
    const waits = ticket.state === 'waiting';
    if (!waits && ticket.state !== 'noShow' && ticket.state !== 'parked') return nothing;
    const finished = this.finish(counter);
    const again = { ...ticket, waitingSinceMs: waits ? ticket.waitingSinceMs : this.clock.nowMs() };
    return { ...finished, done: true, calls: [this.callTo(again, counter, waits ? 'walkDirect' : 'recall')], counters: [counter] };
  }

  /** The citizen left, as she told somebody: her number does not count any more. */
  dismiss(number: string): Happening {
    const ticket = ticketByNumber(this.database, this.overview.today(), number);
    if (!ticket || (ticket.state !== 'waiting' && ticket.state !== 'parked')) return nothing;
    change(this.database, 'DELETE FROM checkins WHERE ticketId = ?', ticket.ticketId);
    return { ...this.leave(ticket, 'voided', 'voided'), counters: [] };
  }

  private callTo(ticket: TicketRow, counter: number, kind: CallKind): MadeCall {
    const { ticketId, number, day, serviceId, priorityClass, waitingSinceMs } = ticket;
    const nowMs = this.clock.nowMs();
    const taken = `UPDATE tickets SET state = 'called', counter = ?, calledAtMs = ?, endedAtMs = NULL, ahead = 0, forCounter = NULL,
      notBeforeMs = 0 WHERE ticketId = ?`;
    change(this.database, taken, counter, nowMs, ticketId);
    const serving = `INSERT INTO servings (ticketId, number, day, serviceId, counter, priorityClass, waitingSinceMs, calledAtMs)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
    change(this.database, serving, ticketId, number, day, serviceId, counter, priorityClass, waitingSinceMs, nowMs);
    return { ...this.nextCall(ticketId, counter), ...this.callOf(ticket, counter, kind) };
  }

  /** Further calls of a ticket to the same counter are the same call with a higher sequence, also across restarts. */
  private nextCall(ticketId: string, counter: number): { callId: string; sequence: number } {
    const query = `INSERT INTO ticketCalls VALUES (?, ?, ?, 1) ON CONFLICT (ticketId, counter) DO UPDATE SET
      sequence = CASE WHEN sequence < ${lastSequence} THEN sequence + 1 ELSE 1 END,
      callId = CASE WHEN sequence < ${lastSequence} THEN callId ELSE excluded.callId END RETURNING callId, sequence`;
    const call = changeReturning(this.database, callSchema, query, this.ids.next(), ticketId, counter);
    if (!call) throw new RangeError('an upsert returns its row');
    return call;
  }

  private callOf(ticket: TicketRow, counter: number, kind: CallKind) {
    return { ticketNumber: ticket.number, counter, kind, expiresAtMs: this.clock.nowMs() + callLifetimeMs };
  }

  private placeAfterAbsence(ticket: TicketRow): { placeMs: number; notBeforeMs: number } {
    const { placesLater, graceMin } = this.catalogue.absence;
    const others = this.overview
      .tickets('waiting')
      .filter((other) => other.serviceId === ticket.serviceId && other.placeMs >= ticket.placeMs);
    const before = others[placesLater - 1] ?? others.at(-1);
    const placeMs = Math.max(ticket.placeMs, (before?.placeMs ?? 0) + 1);
    return { placeMs, notBeforeMs: others.length < placesLater ? this.clock.nowMs() + graceMin * 60_000 : 0 };
  }

  private leave(ticket: TicketRow, state: 'done' | 'noShow' | 'parked' | 'voided', update: TicketUpdate['change']): Happening {
    change(this.database, 'UPDATE tickets SET state = ?, endedAtMs = ? WHERE ticketId = ?', state, this.clock.nowMs(), ticket.ticketId);
    return this.said(ticket, update);
  }

  private endServing(ticket: TicketRow, result: Result): void {
    const query = 'UPDATE servings SET endedAtMs = ?, result = ? WHERE ticketId = ? AND endedAtMs IS NULL';
    change(this.database, query, this.clock.nowMs(), result, ticket.ticketId);
  }

  private said({ number, counter }: TicketRow, update: TicketUpdate['change']): Happening {
    const counters = counter === null ? [] : [counter];
    return { done: true, calls: [], updates: [{ ticketNumber: number, change: update, counter }], counters };
  }

  private countersOf(serviceId: string): number[] {
    return this.catalogue.counters.filter((desk) => desk.serviceIds.includes(serviceId)).map((desk) => desk.counter);
  }

  private current(counter: number): TicketRow | null {
    const query = "SELECT * FROM tickets WHERE day = ? AND counter = ? AND state = 'called' ORDER BY calledAtMs DESC LIMIT 1";
    return selectRow(this.database, ticketRowSchema, query, this.overview.today(), counter);
  }
}
