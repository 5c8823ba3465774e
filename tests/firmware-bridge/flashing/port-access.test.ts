import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AccessFacts, checkPermission, checkUnused, systemFacts } from '../../../firmware-bridge/flashing/port-access.ts';

const device = { uid: 0, gid: 20, mode: 0o20660 };
const facts = (changes: Partial<AccessFacts> & { mode?: number; owner?: number } = {}): AccessFacts => ({
  stat: () => Promise.resolve({ ...device, mode: changes.mode ?? device.mode, uid: changes.owner ?? device.uid }),
  uid: 1000,
  gids: [1000, 27],
  groupName: (gid) => Promise.resolve(gid === 20 ? 'dialout' : null),
  ...changes,
});

describe('permission', () => {
  it('missing, names the group and how to join it', async () => {
    await expect(checkPermission('/dev/ttyACM0', facts())).rejects.toMatchObject({
      code: 'DEVICE_PERMISSION',
      detail:
        'no permission to use /dev/ttyACM0: it belongs to the group "dialout" and this user is not in it: sudo usermod -aG dialout "$USER", then log in again',
    });
  });

  it('missing for the group as well, says who must change what', async () => {
    const denied = checkPermission('/dev/ttyACM0', facts({ mode: 0o20600 }));
    await expect(denied).rejects.toMatchObject({
      code: 'DEVICE_PERMISSION',
      detail: expect.stringContaining('its group "dialout" may not use it either'),
    });
  });

  it('of a group without a name, gives its number', async () => {
    const denied = checkPermission('/dev/ttyACM0', facts({ groupName: () => Promise.resolve(null) }));
    await expect(denied).rejects.toMatchObject({ detail: expect.stringContaining('the group "20"') });
  });

  it.each([
    ['root', { uid: 0, mode: 0 }],
    ['the owner', { owner: 1000, mode: 0o20600 }],
    ['a member of the group', { gids: [20] }],
    ['anybody, where others may', { mode: 0o20666 }],
  ])('is there for %s', async (_, changes) => {
    await expect(checkPermission('/dev/ttyACM0', facts(changes))).resolves.toBeUndefined();
  });

  it.each([
    ['the owner who may only read', { owner: 1000, mode: 0o20400 }],
    ['a member of a group that may only read', { gids: [20], mode: 0o20640 }],
  ])('is not there for %s', async (_, changes) => {
    await expect(checkPermission('/dev/ttyACM0', facts(changes))).rejects.toMatchObject({ code: 'DEVICE_PERMISSION' });
  });

  it('names a device that is not there', async () => {
    await expect(checkPermission('/dev/ttyACM9', { ...systemFacts(), uid: 1000 })).rejects.toMatchObject({
      code: 'BOARD_NOT_CONNECTED',
      detail: expect.stringContaining('/dev/ttyACM9 does not exist'),
    });
  });
});

describe('a port that somebody has open', () => {
  let folder: string;
  let other: ChildProcess | null = null;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'letan-port-'));
  });
  afterEach(() => {
    other?.kill();
    other = null;
    rmSync(folder, { recursive: true });
  });

  it('is refused with the number and the command of the process, behind a link too', async () => {
    const port = join(folder, 'tty');
    writeFileSync(port, '');
    symlinkSync(port, join(folder, 'board'));
    const script = `require('node:fs').openSync(${JSON.stringify(port)}); console.log('open'); setInterval(() => {}, 1000)`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    other = child;
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await expect(checkUnused(join(folder, 'board'))).rejects.toMatchObject({
      code: 'DEVICE_IN_USE',
      detail: expect.stringContaining(
        `${folder}/board is in use by process ${child.pid} (${process.execPath} -e require('node:fs').openSync`,
      ),
    });
  });

  it('names every one of them, and passes over what cannot be looked into', async () => {
    const port = join(folder, 'tty');
    writeFileSync(port, '');
    const proc = join(folder, 'proc');
    for (const [pid, target, command] of [
      ['11', port, 'letan\0run'],
      ['12', '/dev/null', 'cat'],
      ['13', port, ''],
    ] as const) {
      mkdirSync(join(proc, pid, 'fd'), { recursive: true });
      symlinkSync(target, join(proc, pid, 'fd', '7'));
      writeFileSync(join(proc, pid, 'cmdline'), command);
    }
    mkdirSync(join(proc, '14')); // its fd folder is not ours to read
    mkdirSync(join(proc, 'self'));
    await expect(checkUnused(port, proc)).rejects.toMatchObject({
      detail: `${port} is in use by process 11 (letan run) and process 13 ((unknown))`,
    });
  });

  it('is free when only this process has it', async () => {
    const port = join(folder, 'tty');
    writeFileSync(port, '');
    await expect(checkUnused(port)).resolves.toBeUndefined();
  });
});
