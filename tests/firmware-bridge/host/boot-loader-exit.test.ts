import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BoardLink } from '../../../firmware-bridge/host/board-link.ts';
import { serialOpener } from '../../../firmware-bridge/host/serial-transport.ts';
import { BoardHost } from '../../../simulators/mega2560/board-host.ts';
import { parseHex, withBootLoader } from '../../../simulators/mega2560/hex.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { bootLoader } from '../flashing/boot-board.ts';
import { calibration } from './fake-board.ts';

/** The release behind the real boot loader, on a board that opening the port resets. */
const folder = mkdtempSync(join(tmpdir(), 'letan-exit-'));
let board: BoardHost;

beforeAll(async () => {
  const workerUrl = new URL('../../simulators/mega2560/programs/plain.worker.mjs', import.meta.url);
  const release = parseHex(readFileSync('firmware-bridge/firmware/release/letan-mega2560.hex', 'utf8'));
  const flash = withBootLoader(release, bootLoader);
  board = new BoardHost({ workerUrl, flash, bootReset: true, resetOnOpen: true, folder, name: 'board' });
  await board.start();
});
afterAll(async () => {
  await board.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('the link leads through the boot loader to the firmware, although it greets all the time', { timeout: 60_000 }, async () => {
  const opener = serialOpener({ path: join(folder, 'board'), baudRate: 250_000 });
  const link = new BoardLink({ opener, clock: new SystemClock(), logger: silentLogger, calibration, firmataDelayMs: null });
  try {
    await expect.poll(() => link.identity?.protocolMajor, { timeout: 30_000 }).toBe(2);
    // At the first try: without leaving the boot loader it would never come, and every 10 s the port would be opened anew.
    expect(board.stats().resets.external).toBeLessThanOrEqual(1);
  } finally {
    await link.close();
  }
});
