import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import { siteSchema } from '../../config/schema.ts';
import { BoardHost } from '../../simulators/mega2560/board-host.ts';
import { parseHex } from '../../simulators/mega2560/hex.ts';
import { EmulatedBoard } from '../firmware-bridge/firmware/emulated-board.ts';
import type { Bench, Figure } from './bench.ts';

const root = new URL('../../', import.meta.url);
const hex = readFileSync(new URL('firmware-bridge/firmware/release/letan-mega2560.hex', root), 'utf8');
const site: unknown = parse(readFileSync(new URL('config/sites/cua-nam.yaml', root), 'utf8'));
const goal = { op: '>=', value: 4 } as const;

/** Emulated ms per wall ms over what `work` lets pass. */
function speed(board: EmulatedBoard, work: () => void): number {
  const emulatedFrom = board.mega.cycles / 16_000;
  const wallFrom = performance.now();
  work();
  return (board.mega.cycles / 16_000 - emulatedFrom) / (performance.now() - wallFrom);
}

/** The released firmware in the lobby as fast as it goes, host heartbeats included. */
function unpaced(): Figure[] {
  const board = new EmulatedBoard().start();
  const toAndFro = () => {
    for (let round = 0; round < 5; round += 1) {
      board.drive(300, 300, 500);
      board.drive(-300, -300, 500);
    }
  };
  toAndFro(); // the compiler of the JavaScript engine comes to rest
  board.run(1000);
  const idle = speed(board, () => board.run(5000));
  const driving = speed(board, toAndFro);
  board.run(500);
  const dispensing = speed(board, () => {
    board.ask({ name: 'dispenseWater', dispenseId: 1, pulses: 873, capPulses: 1200, capMs: 15_000 });
    board.run(5000);
  });
  return [
    { name: 'unpaced, idle', value: idle, unit: 'x real time', goal },
    { name: 'unpaced, driving', value: driving, unit: 'x real time', goal },
    { name: 'unpaced, dispensing', value: dispensing, unit: 'x real time', goal },
  ];
}

/** Keeps this thread busy for 19 of every 20 ms. */
async function spin(forMs: number): Promise<void> {
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    const until = performance.now() + 19;
    while (performance.now() < until);
    await pause(1);
  }
}

async function paced(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'letan-bench-'));
  const plant = { site: siteSchema.parse(site), seed: 1 };
  const workerUrl = new URL('board.worker.mjs', import.meta.url);
  const board = new BoardHost({ workerUrl, flash: parseHex(hex), folder, name: 'board', plant });
  try {
    await board.start();
    await pause(3000); // start-up of the thread and its compiler
    const before = board.stats();
    await spin(10_000);
    await pause(600); // the last report
    const after = board.stats();
    const pace = (after.emulatedMs - before.emulatedMs) / (after.wallMs - before.wallMs);
    return [
      { name: 'paced, main thread 95 % busy', value: pace, unit: 'x real time', goal: { op: '>=', value: 0.995 } },
      { name: 'time dropped meanwhile', value: after.droppedMs - before.droppedMs, unit: 'ms', goal: { op: '<=', value: 0 } },
      { name: 'furthest behind, last half second', value: after.maxLagMs, unit: 'ms', goal: null },
      { name: 'program asleep', value: after.sleepFraction * 100, unit: '%', goal: null },
    ];
  } finally {
    await board.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const bench: Bench = {
  name: 'emulator',
  async run() {
    const figures = [...unpaced(), ...(await paced())];
    const conditions = {
      firmware: 'release/letan-mega2560.hex',
      world: 'lobby, 1 ms steps while anything moves',
      'load average': Number((loadavg()[0] ?? 0).toFixed(1)),
    };
    return { conditions, figures };
  },
};

export default bench;
