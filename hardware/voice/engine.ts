import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Clock } from '../../src/core/clock.ts';

/** One run of an outside program. */
export interface Run {
  /** Exit code once it has ended and its output is whole; null when killed or not startable. */
  ended: Promise<number | null>;
  /** What it wrote on its standard output so far. */
  output(): Uint8Array;
  /** Ends the program; harmless when it has ended. */
  kill(): void;
}

/** 3 minutes of speech; a program that writes more is killed. */
const outputLimitBytes = 8 * 1024 * 1024;

/** Runs `program` with `input` on its standard input. Never throws. */
export function runProgram(program: string, args: readonly string[], input: string | Uint8Array): Run {
  let child: ChildProcess;
  const chunks: Buffer[] = [];
  let length = 0;
  const ended = new Promise<number | null>((resolve) => {
    child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    child.on('error', () => resolve(null));
    child.on('close', (code) => resolve(code));
    child.stdout?.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > outputLimitBytes) child.kill('SIGKILL');
    });
    // A program that has gone takes its input with it.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
  const kill = () => {
    child.kill('SIGKILL');
    // A child of its own may hold the pipe open for ever.
    child.stdout?.destroy();
  };
  return { ended, output: () => Buffer.concat(chunks), kill };
}

export type RunOutcome = 'interrupted' | 'took too long' | `ended ${number}` | 'was killed or did not start';

/** Waits for a program; kills it after `timeoutMs` or when `signal` aborts. Never rejects. */
export function untilEnd(run: Run, clock: Clock, timeoutMs: number, signal: AbortSignal): Promise<RunOutcome> {
  return new Promise((resolve) => {
    const settle = (outcome: RunOutcome) => {
      cancel();
      signal.removeEventListener('abort', interrupt);
      resolve(outcome);
    };
    const end = (outcome: RunOutcome) => {
      run.kill();
      settle(outcome);
    };
    const interrupt = () => end('interrupted');
    const cancel = clock.after(timeoutMs, () => end('took too long'));
    if (signal.aborted) interrupt();
    else signal.addEventListener('abort', interrupt);
    void run.ended.then((code) => settle(code === null ? 'was killed or did not start' : `ended ${code}`));
  });
}

/** Resolves after `delayMs`, or at once when `signal` aborts. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || delayMs <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = () => {
      cancel();
      signal.removeEventListener('abort', settle);
      resolve();
    };
    const cancel = clock.after(delayMs, settle);
    signal.addEventListener('abort', settle);
  });
}

/** Full path of a program on PATH; null when it is not installed. */
export function findProgram(name: string, path = process.env.PATH ?? ''): string | null {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Look in the next folder.
    }
  }
  return null;
}
