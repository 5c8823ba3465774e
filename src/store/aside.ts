import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Broken databases kept; each may be as large as the store. */
const kept = 3;
const parts = ['', '-wal', '-shm'];

/** Moves a broken database and its WAL files out of the way, so that nothing in them is lost to a later look. */
export function setAside(file: string, tag: string): string {
  const aside = `${file}.broken-${tag}`;
  for (const part of parts) if (existsSync(file + part)) renameSync(file + part, aside + part);
  return aside;
}

/** Deletes all but the three newest databases set aside; answers those deleted. */
export function forgetOldest(file: string): string[] {
  const folder = dirname(file);
  const asides = readdirSync(folder).filter((name) => name.startsWith(`${basename(file)}.broken-`) && !/-(wal|shm)$/.test(name));
  const oldest = asides.sort().slice(0, -kept);
  for (const name of oldest) for (const part of parts) rmSync(join(folder, name + part), { force: true });
  return oldest;
}
