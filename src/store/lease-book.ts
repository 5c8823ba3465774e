import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import type { Connection } from './connection.ts';

/** Ticket numbers granted to this robot beforehand: `first`..`last` of one service, valid until `expiresAtMs`. */
export interface Lease {
  leaseId: string;
  serviceId: string;
  prefix: string;
  first: number;
  last: number;
  expiresAtMs: number;
}

const rowSchema = z.object({ leaseId: z.string(), prefix: z.string(), nextNumber: z.number().int(), lastNumber: z.number().int() });
const sumSchema = z.object({ total: z.number().nullable() });
const latestSchema = z.object({ latestMs: z.number() });

/** Leases kept; a queue server that grants without end must not fill the disk. Twenty services, five grants a day, five times over. */
const leasesKept = 500;
/** The latest time seen is written when it moved by this much: every number taken would cost a page otherwise. */
const clockGrainMs = 60_000;
const noteTime = "INSERT OR REPLACE INTO leaseClock VALUES ('latest', ?)";

/**
 * The offline numbers. A number taken is gone for good, before anybody sees it; a second lease of a service joins the first. Time only
 * goes forward here: what expired once stays expired when the clock is set back, until {@link LeaseBook.save} tells a time to be sure of.
 */
export class LeaseBook {
  private readonly connection: Connection;
  private readonly clock: Clock;
  /** The latest time this process saw. */
  private seenMs = 0;
  /** What the disk has, read once: nobody else writes it. Read anew after a transaction was undone. */
  private stored: { undone: number; latestMs: number } | null = null;

  constructor(connection: Connection, clock: Clock) {
    this.connection = connection;
    this.clock = clock;
  }

  /**
   * Adds what is new; a lease already known keeps its own next number. Forgets the expired ones. `nowMs`: the time as the queue server
   * that just granted them has it.
   */
  save(leases: readonly Lease[], nowMs: number = this.clock.nowMs()): void {
    const insert = 'INSERT INTO leases VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING';
    this.connection.transaction(() => {
      this.connection.run('DELETE FROM leases WHERE expiresAtMs <= ?', this.latest(nowMs));
      this.note(nowMs);
      this.seenMs = nowMs;
      for (const { leaseId, serviceId, prefix, first, last, expiresAtMs } of leases)
        if (expiresAtMs > nowMs) this.connection.run(insert, leaseId, serviceId, prefix, first, last, expiresAtMs);
      this.connection.run('DELETE FROM leases WHERE rowid NOT IN (SELECT rowid FROM leases ORDER BY rowid LIMIT ?)', leasesKept);
    });
  }

  /** Takes the next number of the service, for instance `A701`; null when none is left or the day is over. Durable when it returns. */
  take(serviceId: string, nowMs: number = this.clock.nowMs()): { leaseId: string; number: string } | null {
    const find = `SELECT leaseId, prefix, nextNumber, lastNumber FROM leases
      WHERE serviceId = ? AND nextNumber <= lastNumber AND expiresAtMs > ? ORDER BY nextNumber LIMIT 1`;
    return this.connection.transaction(() => {
      const row = this.connection.get(rowSchema, find, serviceId, this.forward(nowMs));
      if (row === null) return null;
      this.connection.run('UPDATE leases SET nextNumber = nextNumber + 1 WHERE leaseId = ?', row.leaseId);
      return { leaseId: row.leaseId, number: row.prefix + String(row.nextNumber).padStart(3, '0') };
    });
  }

  /** Numbers still to give for the service. */
  remaining(serviceId: string, nowMs: number = this.clock.nowMs()): number {
    const query = 'SELECT sum(lastNumber - nextNumber + 1) AS total FROM leases WHERE serviceId = ? AND expiresAtMs > ?';
    return this.connection.get(sumSchema, query, serviceId, this.latest(nowMs))?.total ?? 0;
  }

  /** `nowMs`, or the latest time seen where the clock was set back; remembers it over a restart. */
  private forward(nowMs: number): number {
    const latestMs = this.latest(nowMs);
    if (latestMs > this.storedMs() + clockGrainMs) this.note(latestMs);
    return latestMs;
  }

  private note(latestMs: number): void {
    this.connection.run(noteTime, latestMs);
    this.stored = { undone: this.connection.undone, latestMs };
  }

  private latest(nowMs: number): number {
    this.seenMs = Math.max(this.seenMs, nowMs, this.storedMs());
    return this.seenMs;
  }

  private storedMs(): number {
    const { undone } = this.connection;
    if (this.stored?.undone !== undone) {
      const row = this.connection.get(latestSchema, "SELECT latestMs FROM leaseClock WHERE name = 'latest'");
      this.stored = { undone, latestMs: row?.latestMs ?? 0 };
    }
    return this.stored.latestMs;
  }
}
