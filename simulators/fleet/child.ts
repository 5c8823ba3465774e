import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A TypeScript file running as a process of its own. */
export interface Child {
  readonly pid: number;
  /** SIGTERM, and waits. */
  end(): Promise<void>;
}

/** Runs `file` with tsx; resolves when it said `ready`, rejects when it ended before. */
export async function startChild(file: URL, args: readonly string[]): Promise<Child> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(file), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const killNow = () => void child.kill('SIGKILL');
  process.once('exit', killNow);
  const ended = once(child, 'exit').then(() => void process.off('exit', killNow));
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (text: Buffer) => text.includes('ready') && resolve());
  });
  await Promise.race([ready, ended.then(() => Promise.reject(new Error(`${fileURLToPath(file)} ended with ${child.exitCode}`)))]);
  return {
    pid: child.pid ?? 0,
    async end() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Clock ticks of /proc a second; 100 on every Linux that Debian builds. */
const ticksPerS = 100;

/** Processor time a process used since its start, s. */
export function cpuSeconds(pid: number): number {
  // After the name, which may hold spaces, field 12 and 13 are user and system time.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerS;
}

/** Resident memory of a process, MB. */
export function residentMb(pid: number): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? Number.NaN) / 1000;
}

/** Files this process, and what it starts, may have open. Node has raised its own limit to the hard one. */
export function openFilesLimit(): number {
  const match = /Max open files\s+(\d+|unlimited)/.exec(readFileSync('/proc/self/limits', 'utf8'));
  return match?.[1] === 'unlimited' ? Number.POSITIVE_INFINITY : Number(match?.[1] ?? 0);
}
