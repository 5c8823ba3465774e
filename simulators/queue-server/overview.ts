import { z } from 'zod';
import type { Service, Serving } from '../../src/behaviour/model.ts';
import type { Clock } from '../../src/core/clock.ts';
import { isoTime, localDay } from '../../src/queue/wire.ts';
import type { Sqlite } from '../../src/store/database.ts';
import type { Catalogue, WardService } from './catalogue.ts';
import { selectRows, type TicketRow, ticketRowSchema } from './database.ts';
import { freeAfterQueue } from './estimate.ts';
import type { Opening } from './opening.ts';
import { orderQueue } from './queue-order.ts';
import { findTicket } from './tickets.ts';

/** Services served before today's own average is trusted. */
const enoughServed = 3;
/** Somebody who takes longer than the average is expected to take this share of it yet. */
const overdueShare = 0.25;

const countSchema = z.object({ serviceId: z.string(), count: z.number() });
const averageSchema = z.object({ serviceId: z.string(), count: z.number(), averageMs: z.number() });
const currentSchema = z.object({ counter: z.number(), serviceId: z.string(), calledAtMs: z.number() });
const scoreSchema = z.object({ score: z.number(), count: z.number() });
const stateCountSchema = z.object({ issuedFor: z.string(), serviceId: z.string(), state: z.string(), count: z.number() });
const resultSchema = z.object({ serviceId: z.string(), result: z.string().nullable(), count: z.number(), waitMs: z.number() });
const queuedSchema = z.object({
  ticketId: z.string(),
  serviceId: z.string(),
  priorityClass: z.string(),
  ahead: z.number(),
  absences: z.number(),
  notBeforeMs: z.number(),
  forCounter: z.number().nullable(),
});
type QueuedRow = z.infer<typeof queuedSchema>;
const classSchema = z.object({ priorityClass: z.string() });

export interface WaitingTicket {
  ticketId: string;
  number: string;
  serviceId: string;
  priorityClass: string;
  origin: string;
  issuedAt: string;
  waitedMin: number;
  /** Services after this one. */
  followedBy: string[];
  absences: number;
  /** After an absence: not called before. */
  notBefore: string | null;
  transferred: boolean;
}

export interface ServiceFigures {
  serviceId: string;
  issued: number;
  waiting: number;
  served: number;
  noShow: number;
  voided: number;
  averageWaitMin: number | null;
}

export interface ServiceLoad {
  /** People ahead of who comes now. */
  waitingCount: number;
  estimatedWaitMin: number;
}

/** Reads today's state of affairs. */
export class Overview {
  private readonly database: Sqlite;
  private readonly clock: Clock;
  private readonly catalogue: Catalogue;
  private readonly opening: Opening;
  private averages: { day: string; serviceMin: Map<string, number> } | null = null;

  constructor(database: Sqlite, clock: Clock, catalogue: Catalogue, opening: Opening) {
    this.database = database;
    this.clock = clock;
    this.catalogue = catalogue;
    this.opening = opening;
  }

  isOpen(serviceId: string): boolean {
    const service = this.catalogue.services.find((candidate) => candidate.serviceId === serviceId);
    return service !== undefined && this.opening.isServiceOpen(service);
  }

  /** People ahead of a new ticket, and the minutes until it will be called. */
  load(service: WardService): ServiceLoad {
    return this.loads().get(service.serviceId) ?? { waitingCount: 0, estimatedWaitMin: 0 };
  }

  services(): Service[] {
    const loads = this.loads();
    const open = this.opening.openServices();
    return this.catalogue.services.map(({ serviceId, prefix, name, hours, procedureCodes }) => {
      const load = loads.get(serviceId) ?? { waitingCount: 0, estimatedWaitMin: 0 };
      return { serviceId, prefix, name, hours, procedureCodes, open: open.has(serviceId), ...load };
    });
  }

  /** In the order `counter` would call them, or any counter of these services where it is null; those in their grace come last. */
  waiting(serviceIds: readonly string[], counter: number | null): TicketRow[] {
    return this.front(serviceIds, counter, Number.POSITIVE_INFINITY).tickets;
  }

  /** The first `limit` of {@link waiting}, and how many there are. */
  front(serviceIds: readonly string[], counter: number | null, limit: number): { tickets: TicketRow[]; count: number } {
    const { ready, inGrace } = this.line(serviceIds, counter);
    const all = [...ready, ...inGrace];
    return { tickets: all.slice(0, limit).flatMap(({ ticketId }) => findTicket(this.database, ticketId) ?? []), count: all.length };
  }

  /** Whom `counter` would call now. */
  next(serviceIds: readonly string[], counter: number): TicketRow | null {
    const [first] = this.line(serviceIds, counter).ready;
    return first ? findTicket(this.database, first.ticketId) : null;
  }

  describe(ticket: TicketRow): WaitingTicket {
    const { ticketId, number, serviceId, priorityClass, origin, issuedAtMs, absences, notBeforeMs } = ticket;
    const nowMs = this.clock.nowMs();
    return {
      ticketId,
      number,
      serviceId,
      priorityClass,
      origin,
      issuedAt: isoTime(issuedAtMs),
      waitedMin: Math.max(0, Math.floor((nowMs - issuedAtMs) / 60_000)),
      followedBy: chainOf(ticket),
      absences,
      notBefore: notBeforeMs > nowMs ? isoTime(notBeforeMs) : null,
      transferred: ticket.ahead === 1,
    };
  }

  serving(): Serving[] {
    return this.tickets('called')
      .flatMap(({ counter, number }) => (counter === null ? [] : [{ counter, ticketNumber: number }]))
      .sort((a, b) => a.counter - b.counter);
  }

  /** Tickets of today in one state, in order of their place. */
  tickets(state: TicketRow['state']): TicketRow[] {
    const query = 'SELECT * FROM tickets WHERE day = ? AND state = ? ORDER BY placeMs, seq';
    return selectRows(this.database, ticketRowSchema, query, this.today(), state);
  }

  figures(): ServiceFigures[] {
    const states = selectRows(
      this.database,
      stateCountSchema,
      'SELECT issuedFor, serviceId, state, count(*) AS count FROM tickets WHERE day = ? GROUP BY issuedFor, serviceId, state',
      this.today(),
    );
    const results = selectRows(
      this.database,
      resultSchema,
      'SELECT serviceId, result, count(*) AS count, sum(calledAtMs - waitingSinceMs) AS waitMs FROM servings WHERE day = ? GROUP BY serviceId, result',
      this.today(),
    );
    return this.catalogue.services.map(({ serviceId }) => {
      const issued = states.filter((row) => row.issuedFor === serviceId);
      const here = states.filter((row) => row.serviceId === serviceId);
      const calls = results.filter((row) => row.serviceId === serviceId);
      const callCount = total(calls);
      const waitMs = calls.reduce((sum, row) => sum + row.waitMs, 0);
      return {
        serviceId,
        issued: total(issued.filter(({ state }) => !['reserved', 'voided', 'expired'].includes(state))),
        waiting: total(here.filter(({ state }) => state === 'waiting')),
        served: total(calls.filter(({ result }) => result === 'served')),
        noShow: total(here.filter(({ state }) => state === 'noShow')),
        voided: total(issued.filter(({ state }) => state === 'voided' || state === 'expired')),
        averageWaitMin: callCount === 0 ? null : Math.round(waitMs / callCount / 6_000) / 10,
      };
    });
  }

  /** How often each score 1..5 was given today. */
  scores(): Record<string, number> {
    const query = 'SELECT score, count(*) AS count FROM feedback WHERE day = ? GROUP BY score';
    const rows = selectRows(this.database, scoreSchema, query, this.today());
    return Object.fromEntries(rows.map(({ score, count }) => [String(score), count]));
  }

  today(): string {
    return localDay(this.clock.nowMs());
  }

  /** Somebody was served: the averages are read anew. */
  forgetAverages(): void {
    this.averages = null;
  }

  private loads(): Map<string, ServiceLoad> {
    const waiting = this.waitingCounts();
    const serviceMin = this.serviceMinutes();
    const counters = this.callingCounters(serviceMin);
    const freeAt = freeAfterQueue({ waiting, serviceMin, counters });
    return new Map(
      this.catalogue.services.map(({ serviceId }) => {
        const times = counters.filter((desk) => desk.serviceIds.includes(serviceId)).map((desk) => freeAt.get(desk.counter) ?? 0);
        const estimatedWaitMin = times.length === 0 ? 0 : Math.ceil(Math.min(...times));
        return [serviceId, { waitingCount: waiting.get(serviceId) ?? 0, estimatedWaitMin }];
      }),
    );
  }

  private waitingCounts(): Map<string, number> {
    const query = "SELECT serviceId, count(*) AS count FROM tickets WHERE day = ? AND state IN ('waiting', 'reserved') GROUP BY serviceId";
    return new Map(selectRows(this.database, countSchema, query, this.today()).map(({ serviceId, count }) => [serviceId, count]));
  }

  /** Minutes one citizen takes: today's own average once a few were served. */
  private serviceMinutes(): Map<string, number> {
    const day = this.today();
    if (this.averages?.day === day) return this.averages.serviceMin;
    const query =
      "SELECT serviceId, count(*) AS count, avg(endedAtMs - calledAtMs) AS averageMs FROM servings WHERE day = ? AND result = 'served' GROUP BY serviceId";
    const rows = selectRows(this.database, averageSchema, query, day).filter(({ count }) => count >= enoughServed);
    const measured = new Map(rows.map(({ serviceId, averageMs }) => [serviceId, averageMs / 60_000]));
    const serviceMin = new Map(
      this.catalogue.services.map(({ serviceId, usualServiceMin }) => [serviceId, measured.get(serviceId) ?? usualServiceMin]),
    );
    this.averages = { day, serviceMin };
    return serviceMin;
  }

  /** Open counters, each with the minutes until its present citizen is served; and for a service without one those that will open. */
  private callingCounters(serviceMin: Map<string, number>) {
    const query = "SELECT counter, serviceId, calledAtMs FROM tickets WHERE day = ? AND state = 'called' AND counter IS NOT NULL";
    const current = selectRows(this.database, currentSchema, query, this.today());
    const nowMs = this.clock.nowMs();
    const closed = this.opening.closedCounters();
    const open = this.catalogue.counters.filter(({ counter }) => !closed.has(counter));
    const isCalled = (serviceId: string) => open.some((desk) => desk.serviceIds.includes(serviceId));
    const counters = this.catalogue.counters.map((desk) =>
      open.includes(desk) ? desk : { ...desk, serviceIds: desk.serviceIds.filter((serviceId) => !isCalled(serviceId)) },
    );
    return counters.map((desk) => {
      const citizen = current.find((candidate) => candidate.counter === desk.counter);
      const averageMin = citizen ? (serviceMin.get(citizen.serviceId) ?? 0) : 0;
      const elapsedMin = citizen ? (nowMs - citizen.calledAtMs) / 60_000 : 0;
      return { ...desk, freeInMin: Math.max(averageMin - elapsedMin, averageMin * overdueShare) };
    });
  }

  /** A whole day may wait: only what the order looks at is read of each. */
  private line(serviceIds: readonly string[], counter: number | null): { ready: QueuedRow[]; inGrace: QueuedRow[] } {
    const nowMs = this.clock.nowMs();
    const query = `SELECT ticketId, serviceId, priorityClass, ahead, absences, notBeforeMs, forCounter FROM tickets
      WHERE day = ? AND state = 'waiting' ORDER BY placeMs, seq`;
    const mine = selectRows(this.database, queuedSchema, query, this.today()).filter(({ forCounter, serviceId }) =>
      forCounter === null || counter === null ? serviceIds.includes(serviceId) : forCounter === counter,
    );
    const run = counter === null ? 0 : this.priorityRunAt(counter);
    const ready = mine.filter((ticket) => ticket.notBeforeMs <= nowMs);
    return { ready: orderQueue(ready, run, this.catalogue.priority), inGrace: mine.filter((ticket) => ticket.notBeforeMs > nowMs) };
  }

  /** Priority tickets this counter has called one after the other up to now. */
  private priorityRunAt(counter: number): number {
    const { atMostInRow } = this.catalogue.priority;
    const query = 'SELECT priorityClass FROM servings WHERE day = ? AND counter = ? ORDER BY seq DESC LIMIT ?';
    const last = selectRows(this.database, classSchema, query, this.today(), counter, atMostInRow);
    const ordinary = last.findIndex((serving) => serving.priorityClass === 'none');
    return ordinary === -1 ? last.length : ordinary;
  }
}

const total = (rows: readonly { count: number }[]): number => rows.reduce((sum, { count }) => sum + count, 0);
const chainSchema = z.array(z.string());

/** Services of a ticket after the present one. */
export function chainOf(ticket: Pick<TicketRow, 'followedBy'>): string[] {
  return chainSchema.parse(JSON.parse(ticket.followedBy));
}
