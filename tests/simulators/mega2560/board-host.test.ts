import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SerialPort } from 'serialport';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BoardHost } from '../../../simulators/mega2560/board-host.ts';
import { parseHex } from '../../../simulators/mega2560/hex.ts';
import { type Compiled, compile } from './compile.ts';

const folder = mkdtempSync(join(tmpdir(), 'letan-board-'));
const link = join(folder, 'board');
let program: Compiled;
let board: BoardHost;

beforeAll(async () => {
  program = compile('echo');
  const workerUrl = new URL('programs/plain.worker.mjs', import.meta.url);
  board = new BoardHost({ workerUrl, flash: parseHex(program.hex), folder, name: 'board' });
  await board.start();
});
afterAll(async () => {
  await board.stop();
  program.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Resolves with the first snapshot whose motor duty is as wanted. */
const dutyBecomes = (wanted: (duty: number) => boolean) =>
  new Promise<void>((resolve) => {
    const off = board.onSnapshot((snapshot) => {
      if (typeof snapshot !== 'object' || snapshot === null || !('duty' in snapshot) || !wanted(Number(snapshot.duty))) return;
      off();
      resolve();
    });
  });

function open(): Promise<{ port: SerialPort; closed: Promise<Error | null> }> {
  return new Promise((resolve, reject) => {
    const port = new SerialPort({ path: link, baudRate: 250_000 }, (error) => (error ? reject(error) : resolve({ port, closed })));
    const closed = new Promise<Error | null>((done) => port.once('close', done));
  });
}

function echoed(port: SerialPort, sent: Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    let got = Buffer.alloc(0);
    port.on('data', (bytes: Buffer) => {
      got = Buffer.concat([got, bytes]);
      if (got.length >= sent.length) resolve(got);
    });
    port.write(sent);
  });
}

it('runs a program in the worker, lets the world be touched, and tells what became of it', async () => {
  await dutyBecomes((duty) => duty === 0.25);
  expect(await board.command('press')).toBe(true);
  await dutyBecomes((duty) => duty === 0);
  expect(await board.command('nonsense')).toBe(false);
});

it('speaks over the serial port at 250 kbaud without losing a byte; pulled out, the port closes; plugged in, it speaks again', async () => {
  const first = await open();
  const sent = Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * 13) & 0xff));
  expect(await echoed(first.port, sent)).toEqual(sent);
  await board.unplug();
  expect(existsSync(link)).toBe(false);
  expect(await first.closed).toMatchObject({ disconnected: true });
  board.plug();
  const second = await open();
  expect(await echoed(second.port, Buffer.from('again'))).toEqual(Buffer.from('again'));
  await new Promise<void>((resolve) => second.port.close(() => resolve()));
});

it('wedged, is reset by its watchdog', async () => {
  board.wedge();
  await expect.poll(() => board.stats().resets.watchdog, { timeout: 20_000 }).toBe(1);
  await dutyBecomes((duty) => duty === 0.25);
});

it('stop ends the worker and takes the link away; a command then is refused', async () => {
  await board.stop();
  expect(existsSync(link)).toBe(false);
  expect(await board.command('press')).toBe(false);
});
