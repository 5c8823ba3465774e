import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Files, SimulatedDisk } from './disk.ts';
import type { Plan, RunPlan } from './plan.ts';
import { type DiskRecord, parseTrace } from './trace.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A folder in memory where there is one: fsync costs nothing there, and the shim sees the same calls. */
export function makeScratch(): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'letan-power-cut-'));
}

/** Compiles the shim into `scratch`; returns its path. */
export function buildShim(scratch: string): string {
  const shim = join(scratch, 'disk-shim.so');
  execFileSync('gcc', [
    '-O2',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-shared',
    '-fPIC',
    '-o',
    shim,
    join(here, 'disk-shim.c'),
    '-ldl',
    '-lpthread',
  ]);
  return shim;
}

/** Runs a TypeScript program with the shim over `folder`, to its end or until it kills itself; returns what it printed. */
export function runShimmed(shim: string, program: string, plan: { folder: string; log?: string }): string {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    LD_PRELOAD: shim,
    LETAN_DISK_FOLDER: plan.folder,
    ...(plan.log === undefined ? {} : { LETAN_DISK_LOG: plan.log }),
  };
  const args = ['--import', 'tsx', program, JSON.stringify(plan)];
  const run = spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8', timeout: 60_000, maxBuffer: 1 << 28 });
  if (run.status !== 0 && run.signal !== 'SIGKILL') throw new Error(`${program} ended with ${run.status ?? run.signal}:\n${run.stderr}`);
  return run.stdout;
}

/** Files of a folder but the WAL index, which SQLite rebuilds. */
export function readFolder(folder: string): Files {
  const names = readdirSync(folder).filter((name) => !name.endsWith('-shm'));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}

export function writeFolder(folder: string, files: Files): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
}

/**
 * Lets `program` play the plan on a folder that starts with `files`; returns all it did to its files. Throws where the record is not the
 * whole truth: played back without a cut it must give the very files that the process left.
 */
export function record(shim: string, scratch: string, run: { program: string; plan: RunPlan; files: Files }): DiskRecord[] {
  const { program, plan, files } = run;
  const folder = join(scratch, 'recorded');
  const log = join(scratch, 'log');
  writeFolder(folder, files);
  try {
    const whole: Plan = { ...plan, folder, log };
    runShimmed(shim, program, whole);
    const records = parseTrace(readFileSync(log));
    const disk = new SimulatedDisk(files);
    for (const one of records) disk.apply(one);
    ensureSame(disk.whole(), readFolder(folder));
    return records;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(log, { force: true });
  }
}

function ensureSame(played: Files, real: Files): void {
  const names = [...new Set([...played.keys(), ...real.keys()])];
  const different = names.filter((name) => !played.get(name)?.equals(real.get(name) ?? Buffer.from('missing')));
  if (different.length > 0) throw new Error(`the record misses something that happened to ${different.join(', ')}`);
}
