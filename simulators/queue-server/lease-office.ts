import { z } from 'zod';
import type { Clock } from '../../src/core/clock.ts';
import type { Ids } from '../../src/core/ids.ts';
import type { OfflineTicket, Outcome, RequestOf } from '../../src/queue/contract.ts';
import { endOfDayMs, isoTime, localDay } from '../../src/queue/wire.ts';
import type { Sqlite } from '../../src/store/database.ts';
import type { Catalogue, WardService } from './catalogue.ts';
import { change, selectRow, selectRows, ticketRowSchema } from './database.ts';
import { accept, refuse } from './outcomes.ts';
import { insertTicket, takeNumbers } from './tickets.ts';

const leaseSchema = z.object({
  leaseId: z.string(),
  serviceId: z.string(),
  prefix: z.string(),
  first: z.number(),
  last: z.number(),
  day: z.string(),
  grantedAtMs: z.number(),
  expiresAtMs: z.number(),
});
const heldSchema = z.object({ held: z.number() });

/** Numbers for outages, and the tickets given from them. Every method runs inside the caller's transaction. */
export class LeaseOffice {
  private readonly database: Sqlite;
  private readonly clock: Clock;
  private readonly ids: Ids;
  private readonly catalogue: Catalogue;

  constructor(database: Sqlite, clock: Clock, ids: Ids, catalogue: Catalogue) {
    this.database = database;
    this.clock = clock;
    this.ids = ids;
    this.catalogue = catalogue;
  }

  /**
   * Numbers from a band of their own, for one robot and until midnight. A robot gets `leasedPerRobot` of each service a day at most, so
   * that one which asks without end leaves the others theirs; what it does not use is not given to anybody else that day.
   */
  lease({ robotId, numbersPerService }: RequestOf<'leases'>): Outcome {
    const leases = this.catalogue.services.flatMap((service) => this.grant(service, robotId, numbersPerService) ?? []);
    if (leases.length > 0) return accept({ leases });
    return refuse('NUMBERS_EXHAUSTED', `this robot has its ${this.catalogue.leasedPerRobot} numbers of today, or none are left`);
  }

  private grant(service: WardService, robotId: string, wanted: number) {
    const { serviceId, prefix } = service;
    const nowMs = this.clock.nowMs();
    const day = localDay(nowMs);
    const query = 'SELECT coalesce(sum(last - first + 1), 0) AS held FROM leases WHERE day = ? AND robotId = ? AND serviceId = ?';
    const held = selectRow(this.database, heldSchema, query, day, robotId, serviceId)?.held ?? 0;
    const taken = takeNumbers(this.database, { day, serviceId, band: 'leased' }, Math.min(wanted, this.catalogue.leasedPerRobot - held));
    if (taken === null) return null;
    const lease = { leaseId: this.ids.next(), serviceId, prefix, first: taken.first, last: taken.first + taken.count - 1 };
    const expiresAtMs = endOfDayMs(nowMs);
    const insert = `INSERT INTO leases (leaseId, robotId, serviceId, prefix, first, last, day, expiresAtMs, grantedAtMs)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
    change(this.database, insert, lease.leaseId, robotId, serviceId, prefix, lease.first, lease.last, day, expiresAtMs, nowMs);
    return { ...lease, expiresAt: isoTime(expiresAtMs) };
  }

  /**
   * Takes in a ticket that was given from a lease. It waits in the order of its issue; who was called meanwhile stays called. Its paper
   * is out, so a service of its chain that does not exist is left out instead of refusing it.
   */
  enter(ticketId: string, robotId: string, offline: OfflineTicket, state: 'waiting' | 'voided'): Outcome {
    const { leaseId, number, serviceId, priorityClass } = offline;
    const lease = selectRow(this.database, leaseSchema, 'SELECT * FROM leases WHERE leaseId = ? AND robotId = ?', leaseId, robotId);
    const value = Number(number.slice(1));
    if (!lease || lease.serviceId !== serviceId || lease.prefix !== number[0] || value < lease.first || value > lease.last)
      return refuse('LEASE_UNKNOWN', 'the number is of no lease of this robot');
    const query = 'SELECT * FROM tickets WHERE ticketId = ? OR (day = ? AND number = ?)';
    const taken = selectRows(this.database, ticketRowSchema, query, ticketId, lease.day, number);
    const same = taken.find((ticket) => ticket.ticketId === ticketId && ticket.number === number && ticket.robotId === robotId);
    if (same) return (same.state === 'voided') === (state === 'voided') ? accept() : refuse('TICKET_STATE', `the ticket is ${same.state}`);
    if (taken.length > 0) return refuse('TICKET_STATE', 'the number was already given');
    const known = this.catalogue.services.map((service) => service.serviceId);
    const followedBy = [...new Set(offline.followedBy)].filter((next) => next !== serviceId && known.includes(next));
    // A clock that is wrong must not push a ticket before its lease was granted, nor behind those that came later.
    const issuedAtMs = Math.max(lease.grantedAtMs, Math.min(Date.parse(offline.issuedAt), this.clock.nowMs(), lease.expiresAtMs - 1));
    const { day } = lease;
    insertTicket(this.database, {
      ...{ ticketId, number, serviceId, followedBy, day, priorityClass, robotId, state, issuedAtMs },
      origin: 'lease',
      placeMs: issuedAtMs,
    });
    return accept();
  }
}
