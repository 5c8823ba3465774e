import { z } from 'zod';
import { assertNever } from '../../../src/core/result.ts';
import { limits, type Operation } from './operations.ts';

/** What a store has to hold, as sorted rows; equal stores give equal texts. */
export interface Contents {
  outbox: [key: string, operation: string, body: string][];
  refused: [key: string, code: string][];
  leases: [leaseId: string, nextNumber: number][];
  journal: [ticketId: string, state: string, ticket: string][];
  counters: [name: string, value: number][];
  seenCalls: [callId: string, sequence: number][];
  cache: [name: string, value: string][];
  doneCommands: [key: string, outcome: string][];
}

interface ModelLease {
  serviceId: string;
  prefix: string;
  next: number;
  last: number;
}

/** Commits and voids may go 200 beyond the outbox's limit (docs of the outbox). */
const settlingReserve = 200;

/** The store as its documentation describes it, in plain memory and written without looking at its SQL. */
export class Model {
  private outbox = new Map<string, string>();
  private refused: [string, string][] = [];
  private leases = new Map<string, ModelLease>();
  private journal = new Map<string, { place: number; state: string; ticket: string }>();
  private recorded = 0;
  private counters = new Map<string, number>();
  private seenCalls = new Map<string, number>();
  private cache = new Map<string, string>();
  private doneCommands = new Map<string, string>();

  /** What the operation has to return, or `{ code }` where it has to throw; an operation that throws changes nothing. */
  apply(operation: Operation): unknown {
    switch (operation.kind) {
      case 'add':
        return this.add(operation.key, operation.body, operation.settling);
      case 'removeFirst':
        return this.removeFirst();
      case 'refuseFirst': {
        const key = this.removeFirst();
        if (key !== null) this.refused.push([key, operation.code]);
        return key;
      }
      case 'record':
        this.record(operation.ticketId, JSON.stringify({ number: operation.number }));
        return null;
      case 'settle': {
        const ticket = this.journal.get(operation.ticketId);
        if (ticket) ticket.state = operation.state;
        return null;
      }
      case 'saveLeases':
        for (const { leaseId, serviceId, prefix, first, last } of operation.leases)
          if (!this.leases.has(leaseId)) this.leases.set(leaseId, { serviceId, prefix, next: first, last });
        return null;
      case 'take':
        return this.take(operation.serviceId);
      case 'markNew': {
        if ((this.seenCalls.get(operation.callId) ?? 0) >= operation.sequence) return false;
        this.seenCalls.set(operation.callId, operation.sequence);
        return true;
      }
      case 'count': {
        const value = Math.max((this.counters.get(operation.name) ?? 0) + 1, operation.atLeast);
        this.counters.set(operation.name, value);
        return value;
      }
      case 'cache':
        this.cache.set(operation.name, JSON.stringify(operation.value));
        return null;
      case 'command': {
        const known = this.doneCommands.get(operation.key);
        if (known === undefined) this.doneCommands.set(operation.key, operation.outcome);
        return known ?? null;
      }
      case 'offlineTicket':
        return this.offlineTicket(operation);
      case 'reopen':
        return null;
      default:
        return assertNever(operation);
    }
  }

  contents(): Contents {
    return {
      outbox: [...this.outbox].map(([key, body]) => [key, 'feedback', JSON.stringify(body)]),
      refused: this.refused,
      leases: [...this.leases].map(([leaseId, { next }]): [string, number] => [leaseId, next]).sort(byFirst),
      journal: [...this.journal].map(([ticketId, { state, ticket }]) => [ticketId, state, ticket]),
      counters: [...this.counters].sort(byFirst),
      seenCalls: [...this.seenCalls].sort(byFirst),
      cache: [...this.cache].sort(byFirst),
      doneCommands: [...this.doneCommands].map(([key, outcome]) => [key, JSON.stringify(outcome)]),
    };
  }

  private add(key: string, body: string, settling: boolean): unknown {
    if (this.outbox.size >= limits.outboxLimit + (settling ? settlingReserve : 0)) return { code: 'OUTBOX_FULL' };
    if (!this.outbox.has(key)) this.outbox.set(key, body);
    return null;
  }

  private removeFirst(): string | null {
    const [key] = this.outbox.keys();
    if (key === undefined) return null;
    this.outbox.delete(key);
    return key;
  }

  /** Of the tickets that are `journalLimit` or more behind, the settled ones leave. */
  private record(ticketId: string, ticket: string): void {
    const place = ++this.recorded;
    this.journal.set(ticketId, { place, state: 'reserved', ticket });
    for (const [id, old] of this.journal) if (old.state !== 'reserved' && old.place <= place - limits.journalLimit) this.journal.delete(id);
  }

  private take(serviceId: string): string | null {
    const open = [...this.leases.values()].filter((lease) => lease.serviceId === serviceId && lease.next <= lease.last);
    const lease = open.sort((a, b) => a.next - b.next)[0];
    if (!lease) return null;
    return lease.prefix + String(lease.next++).padStart(3, '0');
  }

  private offlineTicket(operation: Operation & { kind: 'offlineTicket' }): unknown {
    if (this.outbox.size >= limits.outboxLimit) return { code: 'OUTBOX_FULL' };
    if (operation.breaks) return { code: 'CANCELLED' };
    const number = this.take(operation.serviceId);
    this.record(operation.ticketId, JSON.stringify({ number }));
    this.add(operation.key, String(number), false);
    return number;
  }
}

const byFirst = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : 1);

export const textOf = (contents: Contents): string => JSON.stringify(contents);

/** The rows of one text that the other has not, shortened; null where the texts are equal. */
export function difference(found: string, expected: string): string | null {
  if (found === expected) return null;
  const tables = z.record(z.string(), z.array(z.unknown()));
  const rows = (text: string) =>
    Object.entries(tables.parse(JSON.parse(text))).flatMap(([table, all]) =>
      all.map((row) => `${table} ${JSON.stringify(row)}`.slice(0, 80)),
    );
  const [has, wants] = [rows(found), rows(expected)];
  const only = (some: string[], others: string[]) =>
    some
      .filter((row) => !others.includes(row))
      .slice(0, 5)
      .join('; ');
  return `only found: ${only(has, wants)}; only expected: ${only(wants, has)}`;
}
