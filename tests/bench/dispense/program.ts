/** Builds and runs the C programs of this folder around the firmware's own safety functions, for this machine. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const releasedFirmware = fileURLToPath(new URL('../../../firmware-bridge/firmware/', import.meta.url));
/** Where the gate finds the host's `port_board.h`. */
const hostPort = fileURLToPath(new URL('../../firmware-bridge/firmware/c/', import.meta.url));

const cFiles = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.c'))
    .map((file) => join(folder, file));

export interface Program {
  run(args: readonly (string | number)[]): Promise<string>;
  remove(): void;
}

/** `firmware`: a copy of the firmware's folder in the place of the real one. */
export async function buildProgram(name: 'fills' | 'faults', firmware = releasedFirmware): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), `letan-${name}-`));
  const program = join(folder, name);
  const own = ['kitchen.c', 'host.c', `${name}.c`].map((file) => here + file);
  const sources = [
    ...own,
    ...cFiles(join(firmware, 'safety')),
    join(firmware, 'link/codec.c'),
    ...cFiles(join(firmware, 'link/generated')),
  ];
  const flags = ['-std=c11', '-O2', '-Wall', '-Wextra', `-I${firmware}`, `-I${hostPort}`, `-I${here}`];
  await execute('gcc', [...flags, ...sources, '-lm', '-o', program]);
  return {
    run: async (args) => (await execute(program, args.map(String), { maxBuffer: 1 << 26 })).stdout,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
