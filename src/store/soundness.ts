import { isUtf8 } from 'node:buffer';
import type Database from 'libsql';
import { LetanError } from '../core/errors.ts';

type Sqlite = Database.Database;

/**
 * Throws `STORE_FAILED` where the file is damaged in a way that can be seen: broken pages, an index that disagrees with its table (an entry
 * that no key finds would be sent for ever), or text that is no UTF-8, at which libsql ends the whole process when it is read as text.
 * SQLite has no page checksums: a flipped letter in a text stays unseen. 37 to 52 ms for 10,000 tickets and 2,000 calls.
 */
export function ensureSound(database: Sqlite): void {
  // The schema first: names in it are read as text by what follows.
  ensureText(database, 'sqlite_schema', ['type', 'name', 'tbl_name', 'sql']);
  const [first] = rowsOf(database, 'PRAGMA integrity_check(1)');
  if (first?.[0] !== 'ok') throw new LetanError('STORE_FAILED', 'the database is damaged');
  for (const [table] of rowsOf(database, "SELECT name FROM sqlite_schema WHERE type = 'table'")) {
    const columns = rowsOf(database, `SELECT name FROM pragma_table_info('${table}')`).map(([name]) => String(name));
    ensureText(database, String(table), columns);
  }
}

/** All text of a table as one run of bytes: an ASCII character between two texts mends neither of them. */
function ensureText(database: Sqlite, table: string, columns: readonly string[]): void {
  const row = columns.map((column) => `coalesce("${column}", '')`).join(" || ' ' || ");
  const [first] = rowsOf(database, `SELECT CAST(group_concat(${row}, ' ') AS BLOB) FROM "${table}"`);
  const bytes = first?.[0];
  if (Buffer.isBuffer(bytes) && !isUtf8(bytes)) throw new LetanError('STORE_FAILED', 'the database holds damaged text');
}

function rowsOf(database: Sqlite, query: string): unknown[][] {
  return database
    .prepare(query)
    .raw()
    .all()
    .map((row) => (Array.isArray(row) ? row : []));
}
