import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const firmware = fileURLToPath(new URL('../../../firmware-bridge/firmware/', import.meta.url));
/** Where the gate finds the host's `port_board.h`. */
const hostPort = fileURLToPath(new URL('c/', import.meta.url));
const strict = ['-std=c11', '-Wall', '-Wextra', '-Wshadow', '-Wconversion', '-Werror', '-g', '-O1'];
const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

/** The firmware's C files of a room, all free of AVR headers. */
export const firmwareSources = (room: 'safety' | 'link' | 'link/generated'): string[] =>
  readdirSync(join(firmware, room))
    .filter((file) => file.endsWith('.c'))
    .map((file) => join(firmware, room, file));

/** Compiles for this machine, with sanitizers, runs it and returns what it printed. Throws with the output when it fails. */
export function runC(sources: readonly string[], input = ''): string {
  const folder = mkdtempSync(join(tmpdir(), 'letan-c-'));
  try {
    const program = join(folder, 'program');
    execFileSync('gcc', [...strict, ...sanitizers, `-I${firmware}`, `-I${hostPort}`, ...sources, '-o', program], { encoding: 'utf8' });
    return execFileSync(program, { encoding: 'utf8', input });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
