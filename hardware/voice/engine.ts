import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** One run of an outside program. */
export interface Run {
  /** Exit code; null when killed or not startable. */
  ended: Promise<number | null>;
  /** Ends the program; harmless when it has ended. */
  kill(): void;
}

/** Runs `program` with `input` on its standard input; its output is thrown away. Never throws. */
export function runProgram(program: string, args: readonly string[], input: string): Run {
  let child: ChildProcess;
  const ended = new Promise<number | null>((resolve) => {
    child = spawn(program, args, { stdio: ['pipe', 'ignore', 'ignore'] });
    child.on('error', () => resolve(null));
    child.on('exit', (code) => resolve(code));
    // A program that has gone takes its input with it.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
  return { ended, kill: () => void child.kill('SIGKILL') };
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
