import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { LetanError } from '../../src/core/errors.ts';

/** What the checks ask of the system; tests answer for it. */
export interface AccessFacts {
  /** Owner, group and permission bits of the device. Rejects with code ENOENT when there is none. */
  stat(path: string): Promise<{ uid: number; gid: number; mode: number }>;
  uid: number;
  gids: readonly number[];
  /** Null when the group has no name. */
  groupName(gid: number): Promise<string | null>;
}

const readWrite = { owner: 0o600, group: 0o060, others: 0o006 };

async function nameOfGroup(gid: number): Promise<string | null> {
  const groups = await readFile('/etc/group', 'utf8').catch(() => '');
  const line = groups.split('\n').find((entry) => entry.split(':')[2] === String(gid));
  return line?.split(':')[0] ?? null;
}

export function systemFacts(): AccessFacts {
  return { stat, uid: process.getuid?.() ?? 0, gids: process.getgroups?.() ?? [], groupName: nameOfGroup };
}

/** Rejects with `DEVICE_PERMISSION`, naming the group that may use the device and how to join it, or `BOARD_NOT_CONNECTED`. */
export async function checkPermission(path: string, facts: AccessFacts = systemFacts()): Promise<void> {
  const device = await facts.stat(path).catch((error: unknown) => {
    const detail = `${path} does not exist: the board is unplugged or the path in the robot file is wrong`;
    throw new LetanError('BOARD_NOT_CONNECTED', detail, { cause: error });
  });
  const may = (bits: number) => (device.mode & bits) === bits;
  if (facts.uid === 0 || may(readWrite.others)) return;
  if (facts.uid === device.uid && may(readWrite.owner)) return;
  if (facts.gids.includes(device.gid) && may(readWrite.group)) return;
  const group = (await facts.groupName(device.gid)) ?? String(device.gid);
  const remedy = may(readWrite.group)
    ? `it belongs to the group "${group}" and this user is not in it: sudo usermod -aG ${group} "$USER", then log in again`
    : `its group "${group}" may not use it either: sudo chmod g+rw ${path}, better a udev rule with MODE="0660", GROUP="dialout"`;
  throw new LetanError('DEVICE_PERMISSION', `no permission to use ${path}: ${remedy}`);
}

export interface PortHolder {
  pid: number;
  command: string;
}

/** Where processes are listed; tests make their own. */
const procFolder = '/proc';

async function holds(fdFolder: string, device: string): Promise<boolean> {
  const fds = await readdir(fdFolder).catch(() => []); // ended meanwhile, or another user's
  for (const fd of fds) if ((await readlink(`${fdFolder}/${fd}`).catch(() => null)) === device) return true;
  return false;
}

/** The processes that have the device behind `path` open, this one excepted; those of other users only when asked by root. */
export async function findHolders(path: string, proc = procFolder): Promise<PortHolder[]> {
  const device = await realpath(path);
  const holders: PortHolder[] = [];
  for (const name of await readdir(proc)) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid || !(await holds(`${proc}/${name}/fd`, device))) continue;
    const words = await readFile(`${proc}/${name}/cmdline`, 'utf8').catch(() => '');
    holders.push({ pid, command: words.replaceAll('\0', ' ').trim() || '(unknown)' });
  }
  return holders;
}

/** Rejects with `DEVICE_IN_USE`, naming the processes. */
export async function checkUnused(path: string, proc = procFolder): Promise<void> {
  const holders = await findHolders(path, proc);
  if (holders.length === 0) return;
  const who = holders.map(({ pid, command }) => `process ${pid} (${command})`).join(' and ');
  throw new LetanError('DEVICE_IN_USE', `${path} is in use by ${who}`);
}

/** What opening says when somebody holds the port whom {@link findHolders} could not see. */
export function lockedByStranger(path: string, cause: unknown): LetanError {
  const detail = `${path} is locked by a program of another user; \`sudo fuser -v ${path}\` names it`;
  return new LetanError('DEVICE_IN_USE', detail, { cause });
}
