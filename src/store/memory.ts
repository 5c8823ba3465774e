import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { type Connection, parseStored } from './connection.ts';

const counterSchema = z.object({ value: z.number() });
const sequenceSchema = z.object({ sequence: z.number() });
const cacheSchema = z.object({ value: z.string() });
const outcomeSchema = z.object({ outcome: z.string() });

/** Calls remembered; a ward calls some hundreds a day. */
const seenKept = 2000;
/** Commands remembered; a ward sends some ten a day, and a broker repeats one within the hour of its session. */
const commandsKept = 500;

/** A number that only grows, also over a restart. */
export class Counter {
  private readonly connection: Connection;
  private readonly name: string;

  constructor(connection: Connection, name: string) {
    this.connection = connection;
    this.name = name;
  }

  /** The next number, `atLeast` or more: 1, 2, 3 … without it. Durable when it returns. */
  next(atLeast = 1): number {
    const add = 'INSERT INTO counters VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = max(value + 1, ?2) RETURNING value';
    return this.connection.runReturning(counterSchema, add, this.name, atLeast).value;
  }
}

/** Which calls were spoken, so that neither a repeated message nor a restart speaks one twice. */
export class SeenCalls {
  private readonly connection: Connection;
  private readonly clock: Clock;
  /** What a full disk did not take: at least until the next start nothing of it is spoken twice. */
  private readonly unwritten = new Map<string, number>();

  constructor(connection: Connection, clock: Clock) {
    this.connection = connection;
    this.clock = clock;
  }

  /** True once for each higher `sequence` of a call. Durable when it returns; remembered until the next start when it throws `STORE_FAILED`. */
  markNew(callId: string, sequence: number): boolean {
    if ((this.unwritten.get(callId) ?? 0) >= sequence) return false;
    try {
      return this.write(callId, sequence);
    } catch (error) {
      this.unwritten.set(callId, sequence);
      const oldest = this.unwritten.keys().next();
      if (this.unwritten.size > seenKept && !oldest.done) this.unwritten.delete(oldest.value);
      throw error;
    }
  }

  /** Looks before it begins to write: a full disk must not hide what is known. */
  private write(callId: string, sequence: number): boolean {
    const row = this.connection.get(sequenceSchema, 'SELECT sequence FROM seenCalls WHERE callId = ?', callId);
    if (row !== null && row.sequence >= sequence) return false;
    return this.connection.transaction(() => {
      const keep = 'INSERT OR REPLACE INTO seenCalls VALUES (?, ?, ?)';
      const { lastInsertRowid } = this.connection.run(keep, callId, sequence, this.clock.nowMs());
      this.connection.run('DELETE FROM seenCalls WHERE rowid <= ?', lastInsertRowid - seenKept);
      return true;
    });
  }
}

/** Last known announcements, so that a robot that starts offline still knows the services. Few, fixed names. */
export class Cache {
  private readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  set(name: string, value: unknown): void {
    this.connection.run('INSERT OR REPLACE INTO cache VALUES (?, ?)', name, JSON.stringify(value));
  }

  /** Null where nothing is known, or nothing that can be read. */
  get(name: string): unknown {
    const row = this.connection.get(cacheSchema, 'SELECT value FROM cache WHERE name = ?', name);
    return row === null ? null : (parseStored(row.value) ?? null);
  }
}

/** Commands of the ward that were carried out, by idempotency key: a reboot that is delivered again after the reboot is not done again. */
export class DoneCommands {
  private readonly connection: Connection;
  private readonly clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.connection = connection;
    this.clock = clock;
  }

  /** As given to {@link DoneCommands.remember}; null where the key is new. Check its shape: it comes from a disk. */
  outcomeOf(idempotencyKey: string): unknown {
    const row = this.connection.get(outcomeSchema, 'SELECT outcome FROM doneCommands WHERE idempotencyKey = ?', idempotencyKey);
    return row === null ? null : (parseStored(row.outcome) ?? { unreadable: true });
  }

  /** Durable when it returns; the first outcome of a key stays, the last 500 keys are kept. */
  remember(idempotencyKey: string, outcome: unknown): void {
    const insert = 'INSERT INTO doneCommands (idempotencyKey, outcome, doneAtMs) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
    this.connection.transaction(() => {
      const { lastInsertRowid } = this.connection.run(insert, idempotencyKey, JSON.stringify(outcome), this.clock.nowMs());
      this.connection.run('DELETE FROM doneCommands WHERE seq <= ?', lastInsertRowid - commandsKept);
    });
  }
}
