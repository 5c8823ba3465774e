import { existsSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SerialPort } from 'serialport';
import { afterEach, expect, it } from 'vitest';
import { linkDevice, openPty } from '../../../simulators/pty/pty.ts';
import { PtyPort } from '../../../simulators/pty/pty-port.ts';

const folder = mkdtempSync(join(tmpdir(), 'letan-pty-'));
const device = new PtyPort({ folder, name: 'device' });
device.onData((bytes) => device.write(bytes));

afterEach(() => {
  device.unplug();
  rmSync(folder, { recursive: true, force: true });
});

function open(path: string): Promise<SerialPort> {
  return new Promise((resolve, reject) => {
    const port = new SerialPort({ path, baudRate: 250_000 }, (error) => (error ? reject(error) : resolve(port)));
  });
}

function echo(port: SerialPort, sent: Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    const got: Buffer[] = [];
    port.on('data', (bytes: Buffer) => {
      got.push(bytes);
      if (Buffer.concat(got).length >= sent.length) resolve(Buffer.concat(got));
    });
    port.write(sent);
  });
}

const closing = (port: SerialPort) => new Promise<Error | null>((resolve) => port.once('close', resolve));

it('carries every byte value both ways, more than the kernel buffers at once', async () => {
  device.plug();
  const port = await open(join(folder, 'device'));
  const sent = Buffer.from(Array.from({ length: 30_000 }, (_, index) => index & 0xff));
  expect(await echo(port, sent)).toEqual(sent);
  const closed = closing(port);
  port.close();
  await closed;
});

it('unplugged, closes the program side as a lost device; plugged again, works under the same name', async () => {
  device.plug();
  const link = join(folder, 'device');
  const before = await open(link);
  await echo(before, Buffer.from('x'));
  const closed = closing(before);
  device.unplug();
  expect(existsSync(link)).toBe(false);
  expect(await closed).toMatchObject({ disconnected: true });
  device.plug();
  const after = await open(link);
  expect(await echo(after, Buffer.from('here'))).toEqual(Buffer.from('here'));
  const gone = closing(after);
  after.close();
  await gone;
});

it('survives a program that comes and goes', async () => {
  device.plug();
  for (const word of ['one', 'two', 'three']) {
    const port = await open(join(folder, 'device'));
    expect((await echo(port, Buffer.from(word))).toString()).toBe(word);
    const closed = closing(port);
    port.close();
    await closed;
  }
});

it('drops and counts what a program does not read', () => {
  device.plug();
  const before = device.droppedBytes;
  device.write(new Uint8Array(200_000));
  expect(device.droppedBytes - before).toBe(200_000 - 65_536);
});

it('a link that was pointed elsewhere is left alone by its first owner', () => {
  const first = openPty();
  const second = openPty();
  const unlinkFirst = linkDevice(folder, 'moved', first.path);
  const unlinkSecond = linkDevice(folder, 'moved', second.path);
  unlinkFirst();
  expect(readlinkSync(join(folder, 'moved'))).toBe(second.path);
  unlinkSecond();
  expect(existsSync(join(folder, 'moved'))).toBe(false);
  first.close();
  second.close();
});
