import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { guarded, inTransaction, type Sqlite, written } from './database.ts';

/** Ticket numbers granted to this robot beforehand: `first`..`last` of one service, valid until `expiresAtMs`. */
export interface Lease {
  leaseId: string;
  serviceId: string;
  prefix: string;
  first: number;
  last: number;
  expiresAtMs: number;
}

const rowSchema = z.object({ leaseId: z.string(), prefix: z.string(), nextNumber: z.number() });
const sumSchema = z.object({ total: z.number().nullable() });

/** The offline numbers. A number taken is gone for good, before anybody sees it. */
export class LeaseBook {
  private readonly database: Sqlite;
  private readonly clock: Clock;

  constructor(database: Sqlite, clock: Clock) {
    this.database = database;
    this.clock = clock;
  }

  /** Adds what is new; a lease already known keeps its own next number. Forgets the expired ones. */
  save(leases: readonly Lease[]): void {
    written(this.database, 'leases', () =>
      inTransaction(this.database, () => {
        this.database.prepare('DELETE FROM leases WHERE expiresAtMs <= ?').run(this.clock.nowMs());
        const insert = this.database.prepare('INSERT INTO leases VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
        for (const lease of leases) insert.run(lease.leaseId, lease.serviceId, lease.prefix, lease.first, lease.last, lease.expiresAtMs);
      }),
    );
  }

  /** Takes the next number of the service, for instance `A701`; null when none is left or the day is over. */
  take(serviceId: string): { leaseId: string; number: string } | null {
    return written(this.database, 'leases', () =>
      inTransaction(this.database, () => {
        const find = this.database.prepare(
          'SELECT leaseId, prefix, nextNumber FROM leases WHERE serviceId = ? AND nextNumber <= lastNumber AND expiresAtMs > ? ORDER BY nextNumber LIMIT 1',
        );
        const row = find.get(serviceId, this.clock.nowMs());
        if (row === undefined) return null;
        const { leaseId, prefix, nextNumber } = rowSchema.parse(row);
        this.database.prepare('UPDATE leases SET nextNumber = nextNumber + 1 WHERE leaseId = ?').run(leaseId);
        return { leaseId, number: prefix + String(nextNumber).padStart(3, '0') };
      }),
    );
  }

  /** Numbers still to give for the service. */
  remaining(serviceId: string): number {
    const row = guarded(this.database, 'leases', () =>
      this.database
        .prepare('SELECT sum(lastNumber - nextNumber + 1) AS total FROM leases WHERE serviceId = ? AND expiresAtMs > ?')
        .get(serviceId, this.clock.nowMs()),
    );
    return sumSchema.parse(row).total ?? 0;
  }
}
