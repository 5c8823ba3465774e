import type { Sqlite } from '../../../src/store/database.ts';
import type { Process } from './machine.ts';

interface Statement {
  run(...params: unknown[]): ReturnType<ReturnType<Sqlite['prepare']>['run']>;
  get(...params: unknown[]): unknown;
  all(...params: unknown[]): unknown[];
}

/** Sees every statement before it runs; may answer other parameters, or null to leave it out. */
export type Tamper = (sql: string, params: unknown[]) => unknown[] | null;

/** Statements compile five times slower than they run. */
const compiled = new WeakMap<Sqlite, Map<string, Statement>>();

function prepared(database: Sqlite, sql: string): Statement {
  const known = compiled.get(database) ?? new Map<string, Statement>();
  compiled.set(database, known);
  const statement = known.get(sql) ?? (database.prepare(sql) as Statement);
  known.set(sql, statement);
  return statement;
}

/**
 * `database` as one process sees it: the process may die before or after every write, and what it had not committed is rolled back then,
 * as SQLite does when the file is opened again. Writes fail while the machine's disk is full. Reads leave no trace, and so may be a dead
 * process's.
 */
export function mortal(database: Sqlite, process: Process, tamper: Tamper = (_sql, params) => params): Sqlite {
  const step = () => {
    try {
      process.step();
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
  const write = <T>(sql: string, run: () => T): T => {
    step();
    if (process.machine.diskFull && !sql.startsWith('ROLLBACK')) throw new Error('database or disk is full');
    const value = run();
    step();
    return value;
  };
  const statement = (sql: string): Statement => {
    const real = prepared(database, sql);
    const isWrite = !sql.startsWith('SELECT');
    const execute =
      <T>(run: (...params: unknown[]) => T, nothing: T) =>
      (...params: unknown[]): T => {
        const used = tamper(sql, params);
        if (used === null) return nothing;
        return isWrite ? write(sql, () => run(...used)) : run(...used);
      };
    const methods: Partial<Statement> = {
      run: execute((...params) => real.run(...params), { changes: 0, lastInsertRowid: 0 }),
      get: execute((...params) => real.get(...params), undefined),
      all: execute((...params) => real.all(...params), []),
    };
    return proxied(real, methods);
  };
  return proxied(database, {
    prepare: statement as Sqlite['prepare'],
    exec(sql) {
      write(sql, () => database.exec(sql));
      return this as Sqlite;
    },
  });
}

/** `target` with some methods replaced. */
function proxied<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get(real, key) {
      if (Reflect.has(methods, key)) return Reflect.get(methods, key);
      const value: unknown = Reflect.get(real, key);
      return typeof value === 'function' ? value.bind(real) : value;
    },
  });
}

/** Empties every table, for the next run. */
export function wipe(database: Sqlite): void {
  if (database.inTransaction) database.exec('ROLLBACK');
  const tables = prepared(database, "SELECT name FROM sqlite_master WHERE type = 'table'").all();
  for (const table of tables)
    if (typeof table === 'object' && table !== null && 'name' in table) prepared(database, `DELETE FROM ${String(table.name)}`).run();
}
