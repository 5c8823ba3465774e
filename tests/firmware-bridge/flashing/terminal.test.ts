import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { BootLoader } from '../../../firmware-bridge/flashing/boot-loader.ts';
import { type FlashLine, openFlashLine } from '../../../firmware-bridge/flashing/line.ts';
import { programFlash } from '../../../firmware-bridge/flashing/program.ts';
import { BoardHost } from '../../../simulators/mega2560/board-host.ts';
import { withBootLoader } from '../../../simulators/mega2560/hex.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { bootLoader, noise } from './boot-board.ts';
import { toHex } from './hex-writer.ts';

/** A busy machine emulates slower than the part runs. */
vi.setConfig({ testTimeout: 120_000 });

/** The boot loader as boards carry it, paced to the wall clock, behind a pseudo-terminal: what avrdude sees is what we see. */
const folder = mkdtempSync(join(tmpdir(), 'letan-flash-'));
const port = join(folder, 'board');
const clock = new SystemClock();
let board: BoardHost;

beforeAll(async () => {
  const workerUrl = new URL('../../simulators/mega2560/programs/plain.worker.mjs', import.meta.url);
  const flash = withBootLoader(new Uint8Array(0x40000).fill(0xff), bootLoader);
  board = new BoardHost({ workerUrl, flash, bootReset: true, resetOnOpen: true, folder, name: 'board' });
  await board.start();
});
afterAll(async () => {
  await board.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs avrdude as a person would, with the memory operation given. */
function avrdude(operation: string): Promise<{ status: number | null; output: string }> {
  const args = ['-p', 'm2560', '-c', 'wiring', '-P', port, '-b', '115200', '-D', '-U', operation];
  const child = spawn('avrdude', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  return new Promise((resolve) => child.once('exit', (status) => resolve({ status, output })));
}

async function withLine<T>(work: (loader: BootLoader, line: FlashLine) => Promise<T>): Promise<T> {
  const line = await openFlashLine({ path: port, clock });
  const loader = new BootLoader({ line, clock });
  try {
    await line.pulseReset();
    await loader.signOn(5000);
    await loader.enterProgramming();
    return await work(loader, line);
  } finally {
    loader.end();
    await line.close();
  }
}

const hexFile = (name: string, image: Uint8Array): string => {
  const file = join(folder, name);
  writeFileSync(file, toHex(image));
  return file;
};

it('what we write, avrdude reads back byte for byte, and it would notice one wrong byte', async () => {
  const image = noise(5000, 21);
  await withLine((loader) => programFlash(loader, image, () => {}));
  expect(await avrdude(`flash:v:${hexFile('same.hex', image)}:i`)).toMatchObject({ status: 0 });
  const other = Uint8Array.from(image, (byte, index) => (index === 4999 ? byte ^ 1 : byte));
  expect(await avrdude(`flash:v:${hexFile('other.hex', other)}:i`)).toMatchObject({
    status: 1,
    output: expect.stringContaining('1387'),
  });
});

it('what avrdude writes, we read back byte for byte', async () => {
  const image = noise(4321, 22);
  expect(await avrdude(`flash:w:${hexFile('theirs.hex', image)}:i`)).toMatchObject({ status: 0 });
  const read = await withLine(async (loader) => {
    const pages: Uint8Array[] = [];
    for (let at = 0; at < image.length; at += 256) pages.push(await loader.read(at, 256));
    return Buffer.concat(pages);
  });
  expect(Buffer.compare(read.subarray(0, image.length), image)).toBe(0);
});

it('the cable pulled in the middle is told, with what to do; plugged in again, the same image goes in', async () => {
  const image = noise(3000, 23);
  let pages = 0;
  const cut = withLine((loader) =>
    programFlash(loader, image, () => {
      pages += 1;
      if (pages === 4) void board.unplug().catch(() => {});
    }),
  );
  await expect(cut).rejects.toMatchObject({
    code: 'FLASH_LINK_LOST',
    detail: expect.stringMatching(/of 12: .*The board can be flashed again/),
  });
  await expect.poll(() => board.isPlugged).toBe(false);
  board.plug();
  await withLine((loader) => programFlash(loader, image, () => {}));
  expect(await avrdude(`flash:v:${hexFile('again.hex', image)}:i`)).toMatchObject({ status: 0 });
});

it('a port that somebody else has open cannot be opened', async () => {
  await withLine(async () => {
    await expect(openFlashLine({ path: port, clock })).rejects.toMatchObject({
      code: 'DEVICE_IN_USE',
      detail: expect.stringContaining(port),
    });
  });
});
