import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BoardHost } from '../../../../simulators/mega2560/board-host.ts';
import { parseHex } from '../../../../simulators/mega2560/hex.ts';

const path = (file: string): string => new URL(file, import.meta.url).pathname;
const startUpMs = 20_000;

function firmataFlash(folder: string): Uint8Array {
  const elf = join(folder, 'firmata.elf');
  const hex = join(folder, 'firmata.hex');
  const flags = ['-mmcu=atmega2560', '-DF_CPU=16000000UL', '-std=gnu11', '-Os', '-Wall', '-Wextra', '-Werror'];
  execFileSync('avr-gcc', [...flags, '-o', elf, path('firmata.c')]);
  execFileSync('avr-objcopy', ['-O', 'ihex', elf, hex]);
  return parseHex(readFileSync(hex, 'utf8'));
}

/** Runs until the program ends by itself; rejects with what it complained of. */
function client(port: string, runMs: number): Promise<void> {
  const child = spawn(process.execPath, [path('client.mjs'), port, String(runMs)], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => {
    complaint += text.toString();
  });
  const overdue = setTimeout(() => child.kill('SIGKILL'), runMs + startUpMs);
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      clearTimeout(overdue);
      if (code === 0) resolve();
      else reject(new Error(`johnny-five ended with ${code}: ${complaint}`));
    });
  });
}

function isLatencies(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'number');
}

/**
 * johnny-five's `Button` -> `motor.stop()` in a process of its own, over a pseudo-terminal, against an emulated Mega that is paced to
 * the wall clock. Bumper edge -> PWM pin off, in emulated ms; what the machine's scheduler adds is in there, as it is for a user.
 */
export async function hostReflexMs(runMs: number): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'letan-reflex-'));
  const workerUrl = new URL('board.worker.mjs', import.meta.url);
  const board = new BoardHost({ workerUrl, flash: firmataFlash(folder), folder, name: 'board', resetOnOpen: true });
  let latencies: number[] = [];
  board.onSnapshot((snapshot) => {
    if (isLatencies(snapshot)) latencies = snapshot;
  });
  try {
    await board.start();
    await client(join(folder, 'board'), runMs);
    await pause(100); // the last snapshot
    return latencies;
  } finally {
    await board.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
