import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BoardHost } from '../../../../simulators/mega2560/board-host.ts';
import { parseHex } from '../../../../simulators/mega2560/hex.ts';

const path = (file: string): string => new URL(file, import.meta.url).pathname;
/** On a loaded machine the hits come slowly. */
const deadlineMs = 120_000;
const lookEveryMs = 200;

function firmataFlash(folder: string): Uint8Array {
  const elf = join(folder, 'firmata.elf');
  const hex = join(folder, 'firmata.hex');
  const flags = ['-mmcu=atmega2560', '-DF_CPU=16000000UL', '-std=gnu11', '-Os', '-Wall', '-Wextra', '-Werror'];
  execFileSync('avr-gcc', [...flags, '-o', elf, path('firmata.c')]);
  execFileSync('avr-objcopy', ['-O', 'ihex', elf, hex]);
  return parseHex(readFileSync(hex, 'utf8'));
}

interface Client {
  stop(): void;
  /** Rejects when it ends by itself, with what it complained of. */
  failed: Promise<never>;
}

function startClient(port: string): Client {
  const child = spawn(process.execPath, [path('client.mjs'), port], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  let stopped = false;
  child.stderr.on('data', (text: Buffer) => {
    complaint += text.toString();
  });
  const failed = new Promise<never>((_, reject) => {
    child.once('exit', (code) => {
      if (!stopped) reject(new Error(`johnny-five ended with ${code}: ${complaint}`));
    });
  });
  const stop = () => {
    stopped = true;
    child.kill('SIGKILL');
  };
  return { stop, failed };
}

function isLatencies(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'number');
}

/**
 * johnny-five's `Button` -> `motor.stop()` in a process of its own, over a pseudo-terminal, against an emulated Mega that is paced to
 * the wall clock. Bumper edge -> PWM pin off, in emulated ms; what the machine's scheduler adds is in there, as it is for a user.
 * `hits` latencies, fewer when the machine is so busy that they do not come within two minutes.
 */
export async function hostReflexMs(hits: number): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'letan-reflex-'));
  const workerUrl = new URL('board.worker.mjs', import.meta.url);
  const board = new BoardHost({ workerUrl, flash: firmataFlash(folder), folder, name: 'board', resetOnOpen: true });
  let latencies: number[] = [];
  let program: Client | null = null;
  board.onSnapshot((snapshot) => {
    if (isLatencies(snapshot)) latencies = snapshot;
  });
  try {
    await board.start();
    program = startClient(join(folder, 'board'));
    const untilMs = performance.now() + deadlineMs;
    while (latencies.length < hits && performance.now() < untilMs) await Promise.race([pause(lookEveryMs), program.failed]);
    if (latencies.length === 0) throw new Error('johnny-five stopped the motor not once');
    return latencies.slice(0, hits);
  } finally {
    program?.stop();
    await board.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
