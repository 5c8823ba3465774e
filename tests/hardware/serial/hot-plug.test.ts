import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SerialDevice } from '../../../hardware/serial/serial-device.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { Cable, openTerminals, pulls } from './cable.ts';

// Through serialport and the kernel's own terminals, hung up at once: no grace for whoever reads.
const folder = mkdtempSync(join(tmpdir(), 'letan-plug-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cycles = 10;
const greeting = new TextEncoder().encode('hello');

/** The test's own time limit is the deadline. */
const once = (signal: SerialDevice['opened'] | SerialDevice['closed']) =>
  new Promise<void>((resolve) => {
    const stop = signal.on(() => {
      stop();
      resolve();
    });
  });

/** Pulls and plugs one device again and again, in the middle of talk or not, and checks that it is heard and can be spoken to each time. */
async function live(seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const name = `device-${seed}`;
  const cable = new Cable(folder, name);
  const device = new SerialDevice({ path: join(folder, name), baudRate: 115_200, clock: new SystemClock(), logger: silentLogger });
  let heard = '';
  device.received.on((bytes) => {
    heard += Buffer.from(bytes).toString('latin1');
  });
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const opened = once(device.opened);
    cable.plug();
    await opened;
    heard = '';
    cable.say(greeting);
    await expect.poll(() => heard, { interval: 2, timeout: 10_000 }).toBe('hello');
    const writes = random.next() < 0.5 ? [device.write(new Uint8Array(1 + Math.floor(random.next() * 20_000)))] : [];
    const sent = Promise.allSettled(writes);
    const closed = once(device.closed);
    await cable.pull(pulls[(seed + cycle) % pulls.length] ?? 'quiet', random);
    await closed;
    expect(device.isOpen).toBe(false);
    // Whatever became of it, no write hangs.
    await sent;
  }
  expect([device.opened, device.closed, device.received].map(({ listenerCount }) => listenerCount)).toEqual([0, 0, 1]);
  await device.close();
}

const openFiles = () => readdirSync('/proc/self/fd').length;

describe('a serial device that is pulled without grace', () => {
  it('knows it, comes back, and leaves nothing open, over many seeds', { timeout: 120_000 }, async () => {
    await live(0);
    const before = openFiles();
    await Promise.all([1, 2, 3, 4].map(live));
    await expect.poll(openFiles, { timeout: 10_000 }).toBe(before);
    expect(openTerminals()).toBe(0);
  });

  it('moved to another terminal while the first one is still there, it follows its link', async () => {
    const first = new Cable(folder, 'moved');
    const second = new Cable(folder, 'moved');
    const random = new SeededRandom(1);
    first.plug();
    const device = new SerialDevice({ path: join(folder, 'moved'), baudRate: 115_200, clock: new SystemClock(), logger: silentLogger });
    await once(device.opened);
    const heard: string[] = [];
    device.received.on((bytes) => heard.push(Buffer.from(bytes).toString()));
    const reopened = once(device.opened);
    second.plug();
    await reopened;
    first.say(new TextEncoder().encode('from the old one'));
    second.say(greeting);
    await expect.poll(() => heard.join('')).toBe('hello');
    await device.close();
    await first.pull('hangUpFirst', random);
    await second.pull('hangUpFirst', random);
    await expect.poll(openTerminals, { timeout: 10_000 }).toBe(0);
  });
});
