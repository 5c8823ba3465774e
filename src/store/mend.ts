import { existsSync, renameSync, rmSync } from 'node:fs';
import { toErrorInfo } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { forgetOldest, setAside } from './aside.ts';
import { openSqlite } from './database.ts';
import { salvage } from './salvage.ts';

const parts = ['', '-wal', '-shm'];
const newFile = (file: string) => `${file}.new`;

/** A power cut met {@link mend} between its two renames: the damaged file is aside, the new one not yet in its place. */
export function finishMending(file: string): void {
  if (!existsSync(file) && existsSync(newFile(file))) renameSync(newFile(file), file);
}

/**
 * Replaces the damaged `file` by a new one that holds what could be read of it; the damaged one is kept aside, unchanged, with `tag` in its
 * name. The new one is complete on the disk before the damaged one is moved. Throws where nothing can be written.
 */
export function mend(file: string, tag: string, logger: Logger): { aside: string; note: string; forgotten: string[] } {
  const made = newFile(file);
  for (const part of parts) rmSync(made + part, { force: true });
  const note = build(file, made, logger);
  const aside = setAside(file, tag);
  renameSync(made, file);
  return { aside, note, forgotten: forgetOldest(file) };
}

function build(file: string, made: string, logger: Logger): string {
  const database = openSqlite(made);
  try {
    const { outbox, journal, leases } = salvage(file, database);
    const whole = outbox.whole && journal.whole && leases.whole;
    return `carried over: ${outbox.rows} undelivered messages, ${journal.rows} tickets${whole ? '' : '; some rows are lost, leased numbers are not given on'}`;
  } catch (error) {
    logger.error(toErrorInfo(error, 'STORE_FAILED'), 'nothing carried over from the damaged store');
    return 'a new one was started, empty';
  } finally {
    // All of it into the one file, which is then synced.
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    for (const part of ['-wal', '-shm']) rmSync(made + part, { force: true });
  }
}
