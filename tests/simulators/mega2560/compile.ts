import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const programs = new URL('programs/', import.meta.url).pathname;

export interface Compiled {
  elf: string;
  hex: string;
  remove(): void;
}

/** Compiles `programs/<name>.c` for the ATmega2560. */
export function compile(name: string): Compiled {
  const folder = mkdtempSync(join(tmpdir(), 'letan-avr-'));
  const elf = join(folder, `${name}.elf`);
  const flags = ['-mmcu=atmega2560', '-DF_CPU=16000000UL', '-std=c11', '-Os', '-Wall', '-Wextra', '-Werror'];
  execFileSync('avr-gcc', [...flags, '-o', elf, join(programs, `${name}.c`)]);
  const hexFile = join(folder, `${name}.hex`);
  execFileSync('avr-objcopy', ['-O', 'ihex', elf, hexFile]);
  return { elf, hex: readFileSync(hexFile, 'utf8'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
