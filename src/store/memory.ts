import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { guarded, inTransaction, type Sqlite, written } from './database.ts';

const counterSchema = z.object({ value: z.number() });
const sequenceSchema = z.object({ sequence: z.number() });
const cacheSchema = z.object({ value: z.string() });

/** Calls remembered; a ward calls some hundreds a day. */
const seenKept = 2000;

/** A number that only grows, also over a restart. */
export class Counter {
  private readonly database: Sqlite;
  private readonly name: string;

  constructor(database: Sqlite, name: string) {
    this.database = database;
    this.name = name;
  }

  /** The next number, `atLeast` or more: 1, 2, 3 … without it. Durable when it returns. */
  next(atLeast = 1): number {
    const add = 'INSERT INTO counters VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = max(value + 1, ?2) RETURNING value';
    // A transaction of its own: libsql's get() ends the statement after its first row and says nothing when that commit fails.
    const row = written(this.database, 'counters', () =>
      inTransaction(this.database, () => this.database.prepare(add).get(this.name, atLeast)),
    );
    return counterSchema.parse(row).value;
  }
}

/** Which calls were spoken, so that neither a repeated message nor a restart speaks one twice. */
export class SeenCalls {
  private readonly database: Sqlite;
  private readonly clock: Clock;

  constructor(database: Sqlite, clock: Clock) {
    this.database = database;
    this.clock = clock;
  }

  /** True once for each higher `sequence` of a call. */
  markNew(callId: string, sequence: number): boolean {
    return written(this.database, 'seenCalls', () =>
      inTransaction(this.database, () => {
        const row = this.database.prepare('SELECT sequence FROM seenCalls WHERE callId = ?').get(callId);
        if (row !== undefined && sequenceSchema.parse(row).sequence >= sequence) return false;
        this.database.prepare('INSERT OR REPLACE INTO seenCalls VALUES (?, ?, ?)').run(callId, sequence, this.clock.nowMs());
        const prune = 'DELETE FROM seenCalls WHERE callId NOT IN (SELECT callId FROM seenCalls ORDER BY callId DESC LIMIT ?)';
        this.database.prepare(prune).run(seenKept);
        return true;
      }),
    );
  }
}

/** Last known announcements, so that a robot that starts offline still knows the services. Few, fixed names. */
export class Cache {
  private readonly database: Sqlite;

  constructor(database: Sqlite) {
    this.database = database;
  }

  set(name: string, value: unknown): void {
    written(this.database, 'cache', () =>
      this.database.prepare('INSERT OR REPLACE INTO cache VALUES (?, ?)').run(name, JSON.stringify(value)),
    );
  }

  get(name: string): unknown {
    const row = guarded(this.database, 'cache', () => this.database.prepare('SELECT value FROM cache WHERE name = ?').get(name));
    return row === undefined ? null : JSON.parse(cacheSchema.parse(row).value);
  }
}
