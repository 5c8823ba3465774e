import { readdirSync } from 'node:fs';
import { until } from './suite.ts';

/** Open files of this process; what is being closed is waited for. */
export async function untilOpenFiles(atMost: number): Promise<void> {
  await until(`at most ${atMost} open files`, () => openFiles() <= atMost);
}

export const openFiles = (): number => readdirSync('/proc/self/fd').length;
