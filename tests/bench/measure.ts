import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What every timing depends on. */
export function machineConditions(): Record<string, string | number> {
  return {
    node: process.versions.node,
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    'load average': (loadavg()[0] ?? 0).toFixed(1),
  };
}

/** The `share` quantile (0..1) of `values`, nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export interface Started {
  child: ChildProcess;
  /** From the spawn of `node` to the line with `readyText`, ms. */
  readyMs: number;
  output: string;
  stop(): Promise<void>;
}

/** Starts `node <args>` and waits for `readyText` on its standard output. */
export function startNode(args: string[], readyText: string): Promise<Started> {
  const startMs = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let output = '';
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`node ${args.join(' ')} ended with ${code}:\n${output}`)));
    child.stdout?.on('data', (text: Buffer) => {
      output += text.toString();
      if (!output.includes(readyText)) return;
      const stop = async () => {
        child.kill('SIGINT');
        await ended;
      };
      resolve({ child, readyMs: performance.now() - startMs, output, stop });
    });
  });
}

/** Resident memory of a process, MB. */
export function rssMb(pid: number): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? Number.NaN) / 1000;
}

/** Bytes of this process's heap after a full collection. */
export function heapUsed(): number {
  setFlagsFromString('--expose_gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('no collector');
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
