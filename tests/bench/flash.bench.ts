import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BootLoader } from '../../firmware-bridge/flashing/boot-loader.ts';
import { openFlashLine } from '../../firmware-bridge/flashing/line.ts';
import { programFlash } from '../../firmware-bridge/flashing/program.ts';
import { BoardHost } from '../../simulators/mega2560/board-host.ts';
import { flashBytes, parseHex, withBootLoader } from '../../simulators/mega2560/hex.ts';
import { SystemClock } from '../../src/core/clock.ts';
import { noise } from '../firmware-bridge/flashing/boot-board.ts';
import { toHex } from '../firmware-bridge/flashing/hex-writer.ts';
import type { Bench, Figure } from './bench.ts';
import { quantile } from './measure.ts';

const imageBytes = 30 * 1024;
const rounds = 3;
/** The worker reports its figures each half second. */
const reportMs = 600;
/** The JavaScript engine compiles the emulator meanwhile. */
const settleMs = 3000;
const bootLoaderFile = '/usr/share/arduino/hardware/arduino/avr/bootloaders/stk500v2/stk500boot_v2_mega2560.hex';

/** One run of a flasher, from opening the port (or starting the program) to the end. */
interface Run {
  wallS: number;
  /** Bytes over the line, both ways. */
  bytes: number;
}

/** Writes, verifies and leaves: what `letan flash` does between its checks and the handshake. */
async function ours(port: string, image: Uint8Array): Promise<void> {
  const clock = new SystemClock();
  const line = await openFlashLine({ path: port, clock });
  const loader = new BootLoader({ line, clock });
  try {
    await line.pulseReset();
    await loader.signOn(5000);
    await loader.enterProgramming();
    await loader.readSignature();
    await programFlash(loader, image, () => {});
    await loader.leave();
  } finally {
    loader.end();
    await line.close();
  }
}

function avrdude(port: string, hexFile: string): Promise<void> {
  const args = ['-q', '-q', '-p', 'm2560', '-c', 'wiring', '-P', port, '-b', '115200', '-D', '-U', `flash:w:${hexFile}:i`];
  const child = spawn('avrdude', args, { stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => (status === 0 ? resolve() : reject(new Error(`avrdude ended with ${status}`))));
  });
}

async function timed(board: BoardHost, work: () => Promise<void>): Promise<Run> {
  await pause(reportMs);
  const before = board.stats();
  const startMs = performance.now();
  await work();
  const wallS = (performance.now() - startMs) / 1000;
  await pause(reportMs);
  const after = board.stats();
  return { wallS, bytes: after.bytesIn + after.bytesOut - before.bytesIn - before.bytesOut };
}

async function compare(folder: string): Promise<Figure[]> {
  const port = join(folder, 'board');
  const workerUrl = new URL('../simulators/mega2560/programs/plain.worker.mjs', import.meta.url);
  const flash = withBootLoader(new Uint8Array(flashBytes).fill(0xff), parseHex(readFileSync(bootLoaderFile, 'utf8')));
  const board = new BoardHost({ workerUrl, flash, bootReset: true, resetOnOpen: true, folder, name: 'board' });
  const runs: { ours: Run[]; avrdude: Run[] } = { ours: [], avrdude: [] };
  await board.start();
  await pause(settleMs);
  const droppedBefore = board.stats().droppedMs;
  try {
    for (let round = 0; round < rounds; round += 1) {
      const image = noise(imageBytes, round + 1);
      const hexFile = join(folder, `image-${round}.hex`);
      writeFileSync(hexFile, toHex(image));
      runs.ours.push(await timed(board, () => ours(port, image)));
      runs.avrdude.push(await timed(board, () => avrdude(port, hexFile)));
    }
    const median = (of: Run[], key: keyof Run) =>
      quantile(
        of.map((run) => run[key]),
        0.5,
      );
    const [own, theirs] = [median(runs.ours, 'wallS'), median(runs.avrdude, 'wallS')];
    return [
      { name: 'letan, 30 KB written and verified', value: own, unit: 's', goal: null },
      { name: 'avrdude, the same', value: theirs, unit: 's', goal: null },
      { name: 'letan / avrdude', value: own / theirs, unit: '', goal: { op: '<=', value: 0.99 } },
      { name: 'letan, bytes on the line', value: median(runs.ours, 'bytes'), unit: 'B', goal: null },
      { name: 'avrdude, bytes on the line', value: median(runs.avrdude, 'bytes'), unit: 'B', goal: null },
      {
        name: 'board time given up by the emulator',
        value: board.stats().droppedMs - droppedBefore,
        unit: 'ms',
        goal: { op: '<=', value: 0 },
      },
    ];
  } finally {
    await board.stop();
  }
}

const bench: Bench = {
  name: 'flash',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'letan-flash-'));
    try {
      const version = spawnSync('avrdude', ['-?'], { encoding: 'utf8' }).stderr.match(/version (\S+),/)?.[1] ?? 'unknown';
      const conditions = {
        board:
          "the Mega's own boot loader (arduino-core-avr) in avr8js, 4.5 ms for each erase and write of a page, paced, behind a pseudo-terminal",
        line: '115200 baud (117647 on the part)',
        image: '30 KB of noise, other bytes each round',
        rounds,
        avrdude: `${version}, -c wiring -D, from its start to its end`,
        letan: 'from opening the port to closing it; signature, stand-in page, all pages read back',
        'load average': Number((loadavg()[0] ?? 0).toFixed(1)),
      };
      return { conditions, figures: await compare(folder) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

export default bench;
