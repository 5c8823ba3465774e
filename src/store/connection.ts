import type Database from 'libsql';
import type { ZodType } from 'zod';
import { type ErrorInfo, LetanError } from '../core/errors.ts';
import { Signal } from '../core/signal.ts';
import { isDamage, isDiskFull, type Sqlite } from './database.ts';

type Statement = Database.Statement<unknown[]>;

/**
 * The store's one way to its database: compiled statements, whole transactions, and every failure as `STORE_FAILED`. A write that meets a
 * full disk is tried once more after `relieve` has made room.
 */
export class Connection {
  /** {@link Connection.trouble} came, changed or went. */
  readonly troubleChanged = new Signal<ErrorInfo | null>();
  /** Grows with every transaction undone: what was counted in memory before is worth nothing after. */
  undone = 0;
  /** What last went wrong, until a write succeeds again. */
  trouble: ErrorInfo | null = null;
  /** The file itself turned out to be broken; stays. */
  damage: ErrorInfo | null = null;
  private readonly handle: Sqlite;
  private readonly relieve: () => boolean;
  private readonly statements = new Map<string, Statement>();
  private open = true;

  constructor(handle: Sqlite, relieve: () => boolean = () => false) {
    this.handle = handle;
    this.relieve = relieve;
  }

  get database(): Sqlite {
    return this.handle;
  }

  /** The first row as `schema` reads it; null where there is none. Throws `STORE_FAILED`, also for a row that does not fit. */
  get<T>(schema: ZodType<T>, sql: string, ...params: unknown[]): T | null {
    const row = this.guarded(() => this.prepared(sql).get(...params));
    return row === undefined ? null : read(schema, row);
  }

  /** Every row, unchecked: the caller decides what becomes of one that does not fit. */
  all(sql: string, ...params: unknown[]): unknown[] {
    return this.guarded(() => this.prepared(sql).all(...params));
  }

  /** Writes, durable when it returns unless inside a {@link Connection.transaction}. Answers rows changed and the last row's number. */
  run(sql: string, ...params: unknown[]): { changes: number; lastInsertRowid: number } {
    const { changes, lastInsertRowid } = this.writing(() => this.guarded(() => this.prepared(sql).run(...params)));
    return { changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) };
  }

  /** A write that answers a row. */
  runReturning<T>(schema: ZodType<T>, sql: string, ...params: unknown[]): T {
    // In a transaction, since libsql's get() ends the statement after its first row and says nothing when that commit fails.
    return this.transaction(() =>
      read(
        schema,
        this.guarded(() => this.prepared(sql).get(...params)),
      ),
    );
  }

  /** Runs `work` whole or not at all; inside another transaction it becomes part of that one. On a full disk it runs a second time. */
  transaction<T>(work: () => T): T {
    if (this.handle.inTransaction) return work();
    const once = () => {
      this.guarded(() => this.handle.exec('BEGIN IMMEDIATE'));
      try {
        const value = work();
        this.guarded(() => this.handle.exec('COMMIT'));
        return value;
      } catch (error) {
        this.undone++;
        if (this.handle.inTransaction) this.handle.exec('ROLLBACK');
        throw error;
      }
    };
    return this.writing(once);
  }

  /** Closes the handle, if it is this store's own. A compiled statement would outlive it, so nothing runs from here on. */
  close(own: boolean): void {
    this.open = false;
    this.statements.clear();
    if (own) this.handle.close();
  }

  note(trouble: ErrorInfo | null): void {
    if (trouble === this.trouble || (trouble?.code === this.trouble?.code && trouble?.detail === this.trouble?.detail)) return;
    this.trouble = trouble;
    this.troubleChanged.emit(trouble);
  }

  private writing<T>(work: () => T): T {
    const inner = this.handle.inTransaction;
    const value = this.withRelief(inner, work);
    // Inside a transaction only the COMMIT shows that the disk took it.
    if (!inner) this.note(null);
    return value;
  }

  private withRelief<T>(inner: boolean, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (inner || !isDiskFull(error) || !this.relieve()) throw error;
      return work();
    }
  }

  /** For calls into SQLite alone: whatever they throw becomes `STORE_FAILED`. */
  private guarded<T>(call: () => T): T {
    if (!this.open) throw new LetanError('STORE_FAILED', 'the store is closed');
    try {
      return call();
    } catch (cause) {
      const error = new LetanError('STORE_FAILED', cause instanceof Error ? cause.message : String(cause), { cause });
      if (isDamage(cause)) this.damage ??= error.toInfo();
      this.note(error.toInfo());
      throw error;
    }
  }

  private prepared(sql: string): Statement {
    const known = this.statements.get(sql);
    if (known) return known;
    const statement = this.handle.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }
}

/** Throws `STORE_FAILED` for a row that does not fit: a flipped bit must not come through as another kind of error. */
export function read<T>(schema: ZodType<T>, row: unknown): T {
  const result = schema.safeParse(row);
  if (!result.success) throw new LetanError('STORE_FAILED', 'a stored row cannot be read');
  return result.data;
}

/** JSON that was stored; undefined where it is none. */
export function parseStored(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
