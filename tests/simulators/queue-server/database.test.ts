import { expect, it } from 'vitest';
import { z } from 'zod';
import { change, changeReturning, exists, openQueueDatabase, selectRow, selectRows } from '../../../simulators/queue-server/database.ts';

/** A table whose rows only the end of their transaction finds wrong, as a disk that takes no more does. */
function refusedAtTheEnd() {
  const database = openQueueDatabase(':memory:');
  database.exec(`CREATE TABLE counters (counter INTEGER PRIMARY KEY);
    CREATE TABLE stays (number TEXT PRIMARY KEY, counter INTEGER REFERENCES counters DEFERRABLE INITIALLY DEFERRED)`);
  change(database, 'INSERT INTO counters VALUES (1)');
  return database;
}
const row = z.object({ number: z.string() });
const insert = 'INSERT INTO stays VALUES (?, ?) RETURNING number';

it('a write that answers a row throws where its commit fails, and is kept where not', () => {
  const database = refusedAtTheEnd();
  // The way of libsql that makes this necessary: the row comes, the failure does not, and nothing is kept.
  expect(database.prepare(insert).get('A001', 9)).toMatchObject({ number: 'A001' });
  expect(exists(database, 'SELECT 1 FROM stays')).toBe(false);

  expect(() => changeReturning(database, row, insert, 'A002', 9)).toThrow(/FOREIGN KEY/);
  expect(exists(database, 'SELECT 1 FROM stays')).toBe(false);
  expect(changeReturning(database, row, insert, 'A003', 1)).toEqual({ number: 'A003' });
  expect(selectRows(database, row, 'SELECT number FROM stays')).toEqual([{ number: 'A003' }]);
  expect(database.inTransaction).toBe(false);
});

it('what reads cannot write', () => {
  const database = refusedAtTheEnd();
  for (const read of [
    () => selectRow(database, row, insert, 'A001', 1),
    () => selectRows(database, row, insert, 'A001', 1),
    () => exists(database, insert, 'A001', 1),
  ])
    expect(read).toThrow(RangeError);
  expect(exists(database, 'SELECT 1 FROM stays')).toBe(false);
});
