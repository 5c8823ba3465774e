import { z } from 'zod';
import type { Service, Serving } from '../../src/behaviour/model.ts';
import type { Clock } from '../../src/core/clock.ts';
import { isoTime, localDay } from '../../src/queue/wire.ts';
import type { Sqlite } from '../../src/store/database.ts';
import { type WardService, wardCounters, wardServices } from './catalogue.ts';
import { selectRow, selectRows, type TicketRow, ticketRowSchema } from './database.ts';

/** Priority tickets called in a row before an ordinary one gets its turn. */
const priorityRun = 2;
/** Services served before today's own average is trusted. */
const enoughServed = 3;

const countSchema = z.object({ count: z.number() });
const averageSchema = z.object({ count: z.number(), averageMs: z.number().nullable() });
const scoreSchema = z.object({ score: z.number(), count: z.number() });

export interface WaitingTicket {
  ticketId: string;
  number: string;
  serviceId: string;
  priorityClass: string;
  origin: string;
  issuedAt: string;
  waitedMin: number;
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

/** Reads today's state of affairs. */
export class Overview {
  private readonly database: Sqlite;
  private readonly clock: Clock;

  constructor(database: Sqlite, clock: Clock) {
    this.database = database;
    this.clock = clock;
  }

  isOpen(serviceId: string): boolean {
    return selectRow(this.database, z.unknown(), 'SELECT 1 FROM closedServices WHERE serviceId = ?', serviceId) === null;
  }

  /** People ahead of a new ticket, and the minutes they will take over the counters that serve it. */
  load(service: WardService): { waitingCount: number; estimatedWaitMin: number } {
    const waitingCount = this.count(service.serviceId, ['waiting', 'reserved']);
    const counters = wardCounters.filter((candidate) => candidate.serviceIds.includes(service.serviceId)).length;
    return { waitingCount, estimatedWaitMin: Math.ceil((waitingCount * this.serviceMin(service)) / Math.max(1, counters)) };
  }

  services(): Service[] {
    return wardServices.map((service) => {
      const { serviceId, prefix, name, hours, procedureCodes } = service;
      return { serviceId, prefix, name, hours, procedureCodes, open: this.isOpen(serviceId), ...this.load(service) };
    });
  }

  /** In the order a counter of these services would call them: see {@link orderQueue}. */
  waiting(serviceIds: readonly string[], counter: number | null): TicketRow[] {
    const rows = this.tickets('waiting').filter((ticket) => serviceIds.includes(ticket.serviceId));
    return orderQueue(rows, counter === null ? 0 : this.priorityRunAt(counter));
  }

  describe(ticket: TicketRow): WaitingTicket {
    const { ticketId, number, serviceId, priorityClass, origin, issuedAtMs } = ticket;
    const waitedMin = Math.max(0, Math.floor((this.clock.nowMs() - issuedAtMs) / 60_000));
    return { ticketId, number, serviceId, priorityClass, origin, issuedAt: isoTime(issuedAtMs), waitedMin };
  }

  serving(): Serving[] {
    return this.tickets('called')
      .flatMap(({ counter, number }) => (counter === null ? [] : [{ counter, ticketNumber: number }]))
      .sort((a, b) => a.counter - b.counter);
  }

  figures(): ServiceFigures[] {
    return wardServices.map(({ serviceId }) => ({
      serviceId,
      issued: this.count(serviceId, ['waiting', 'called', 'done', 'noShow']),
      waiting: this.count(serviceId, ['waiting']),
      served: this.count(serviceId, ['done']),
      noShow: this.count(serviceId, ['noShow']),
      voided: this.count(serviceId, ['voided', 'expired']),
      averageWaitMin: this.average(serviceId, 'calledAtMs - issuedAtMs', 'calledAtMs IS NOT NULL').averageMin,
    }));
  }

  /** How often each score 1..5 was given today. */
  scores(): Record<string, number> {
    const rows = selectRows(
      this.database,
      scoreSchema,
      'SELECT score, count(*) AS count FROM feedback WHERE day = ? GROUP BY score',
      this.today(),
    );
    return Object.fromEntries(rows.map(({ score, count }) => [String(score), count]));
  }

  today(): string {
    return localDay(this.clock.nowMs());
  }

  private tickets(state: TicketRow['state']): TicketRow[] {
    return selectRows(
      this.database,
      ticketRowSchema,
      'SELECT * FROM tickets WHERE day = ? AND state = ? ORDER BY issuedAtMs, seq',
      this.today(),
      state,
    );
  }

  private count(serviceId: string, states: TicketRow['state'][]): number {
    const marks = states.map(() => '?').join(', ');
    const query = `SELECT count(*) AS count FROM tickets WHERE day = ? AND serviceId = ? AND state IN (${marks})`;
    return selectRow(this.database, countSchema, query, this.today(), serviceId, ...states)?.count ?? 0;
  }

  private serviceMin(service: WardService): number {
    const { count, averageMin } = this.average(service.serviceId, 'endedAtMs - calledAtMs', "state = 'done'");
    return averageMin === null || count < enoughServed ? service.usualServiceMin : averageMin;
  }

  private average(serviceId: string, spanMs: string, condition: string): { count: number; averageMin: number | null } {
    const query = `SELECT count(*) AS count, avg(${spanMs}) AS averageMs FROM tickets WHERE day = ? AND serviceId = ? AND ${condition}`;
    const row = selectRow(this.database, averageSchema, query, this.today(), serviceId);
    return { count: row?.count ?? 0, averageMin: row?.averageMs == null ? null : Math.round(row.averageMs / 6_000) / 10 };
  }

  /** Priority tickets this counter has called one after the other up to now. */
  private priorityRunAt(counter: number): number {
    const query = 'SELECT * FROM tickets WHERE day = ? AND counter = ? ORDER BY calledAtMs DESC, seq DESC LIMIT ?';
    const last = selectRows(this.database, ticketRowSchema, query, this.today(), counter, priorityRun);
    const ordinary = last.findIndex((ticket) => ticket.priorityClass === 'none');
    return ordinary === -1 ? last.length : ordinary;
  }
}

/**
 * Priority tickets first, but never more than two in a row while somebody else waits; first come, first served among equals.
 * `run`: priority tickets just called in a row. `tickets` come in order of issue.
 */
export function orderQueue<T extends { priorityClass: string }>(tickets: readonly T[], run: number): T[] {
  const priority = tickets.filter((ticket) => ticket.priorityClass !== 'none');
  const ordinary = tickets.filter((ticket) => ticket.priorityClass === 'none');
  const ordered: T[] = [];
  let inRow = run;
  while (priority.length > 0 || ordinary.length > 0) {
    const ordinaryTurn = priority.length === 0 || (inRow >= priorityRun && ordinary.length > 0);
    const next = ordinaryTurn ? ordinary.shift() : priority.shift();
    inRow = ordinaryTurn ? 0 : inRow + 1;
    if (next) ordered.push(next);
  }
  return ordered;
}
