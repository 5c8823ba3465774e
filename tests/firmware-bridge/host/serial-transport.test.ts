import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BoardLink } from '../../../firmware-bridge/host/board-link.ts';
import { serialOpener } from '../../../firmware-bridge/host/serial-transport.ts';
import { decodeFrame, encodeFrame, messageId } from '../../../firmware-bridge/protocol/generated/messages.ts';
import { PtyPort } from '../../../simulators/pty/pty-port.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import type { DeviceStatus } from '../../../src/core/device.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { Cable, openTerminals, pulls } from '../../hardware/serial/cable.ts';
import { calibration, identity, restingState } from './fake-board.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letan-serial-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const opener = (path: string) => serialOpener({ path, baudRate: 250_000 });

it('a missing device is named with its path', async () => {
  const path = join(folder, 'board');
  await expect(opener(path).open()).rejects.toMatchObject({
    code: 'BOARD_NOT_CONNECTED',
    detail: expect.stringContaining(`${path} does not exist`),
  });
});

it('something that is no serial port is refused with the reason', async () => {
  const path = join(folder, 'board');
  writeFileSync(path, '');
  await expect(opener(path).open()).rejects.toMatchObject({
    code: 'BOARD_NOT_CONNECTED',
    detail: expect.stringContaining('cannot be opened'),
  });
});

/** Answers the handshake on the far end of a pseudo-terminal. */
function answerOn(port: PtyPort): void {
  let pending: number[] = [];
  port.onData((chunk) => {
    for (const byte of chunk) {
      if (byte === 0xf0) pending = [];
      else if (byte !== 0xf7) pending.push(byte);
      else react(Uint8Array.from(pending));
    }
  });
  const react = (sysex: Uint8Array) => {
    const decoded = decodeFrame(sysex);
    if (!decoded.ok) return;
    const { message, seq } = decoded;
    if (message.name === 'hello') port.write(encodeFrame(identity, 0));
    if (message.name === 'configure')
      port.write(encodeFrame({ name: 'ack', ackedSeq: seq, ackedId: messageId('configure'), result: 'accepted' }, 1));
    if (message.name === 'heartbeat') port.write(encodeFrame({ ...restingState, hostTimeMs: message.hostTimeMs }, 2));
  };
}

it('over a real pseudo-terminal: handshake, unplug, plug in again, close', async () => {
  const port = new PtyPort({ folder, name: 'board' });
  answerOn(port);
  port.plug();
  const link = new BoardLink({
    opener: opener(join(folder, 'board')),
    clock: new SystemClock(),
    logger: silentLogger,
    calibration,
    firmataDelayMs: null,
  });
  const reached = (status: DeviceStatus['status']) =>
    new Promise<void>((resolve) => {
      if (link.status.status === status) resolve();
      const unsubscribe = link.statusChanged.on((now) => {
        if (now.status !== status) return;
        unsubscribe();
        resolve();
      });
    });
  try {
    for (let cycle = 0; cycle < 3; cycle++) {
      await reached('ready');
      const stateHeard = new Promise((resolve) => link.received.on(resolve));
      await stateHeard;
      port.unplug();
      await reached('offline');
      port.plug();
    }
    await reached('ready');
    expect(Object.values(link.rejections ?? {}).reduce((sum, count) => sum + count, 0)).toBe(0);
  } finally {
    await link.close();
    port.unplug();
  }
});

it('a board pulled without grace, while it is opened or later, never leaves a connection that says nothing', async () => {
  const random = new SeededRandom(3);
  const ends = Array.from({ length: 15 }, async (_, index) => {
    const cable = new Cable(folder, `board-${index}`);
    cable.plug();
    const opening = opener(join(folder, `board-${index}`)).open();
    const ended = opening.then(
      (transport) => new Promise<void>((resolve) => transport.closed.on(resolve)),
      (error: unknown) => expect(error).toMatchObject({ code: 'BOARD_NOT_CONNECTED' }),
    );
    // Every third board speaks, so that its opening is through when the cable comes off.
    if (index % 3 === 0) cable.say(encodeFrame(identity, 0));
    await pause(random.next() * 400);
    await cable.pull(pulls[index % pulls.length] ?? 'quiet', random);
    await ended;
  });
  await Promise.all(ends);
  await expect.poll(openTerminals, { timeout: 10_000 }).toBe(0);
});
