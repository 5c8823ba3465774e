import { closeSync, constants, openSync, readdirSync, readlinkSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { linkDevice, openPty } from '../../../simulators/pty/pty.ts';
import type { Random } from '../../../src/core/random.ts';

/** How a cable comes off. serialport 13 misses nearly every second hang-up of the last two kinds. */
export const pulls = ['quiet', 'linkFirst', 'hangUpFirst', 'justAfterBytes', 'whileBytesAreRead'] as const;
export type Pull = (typeof pulls)[number];

/** A bare device at a kernel terminal that is pulled without any grace for the program that has it open. */
export class Cable {
  private readonly folder: string;
  private readonly name: string;
  private end: { masterFd: number; slaveFd: number; unlink: () => void } | null = null;

  constructor(folder: string, name: string) {
    this.folder = folder;
    this.name = name;
  }

  plug(): void {
    const { masterFd, path } = openPty();
    const slaveFd = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
    this.end = { masterFd, slaveFd, unlink: linkDevice(this.folder, this.name, path) };
  }

  say(bytes: Uint8Array): void {
    if (this.end) writeSync(this.end.masterFd, bytes);
  }

  /** Resolves when everything of the device is gone. */
  async pull(how: Pull, random: Random): Promise<void> {
    const { end } = this;
    if (!end) return;
    this.end = null;
    const hangUp = () => {
      closeSync(end.slaveFd);
      closeSync(end.masterFd);
    };
    const some = () => pause(random.next() * 3);
    if (how === 'linkFirst') {
      end.unlink();
      await some();
      hangUp();
      return;
    }
    if (how === 'hangUpFirst') {
      hangUp();
      await some();
    } else {
      if (how !== 'quiet') writeSync(end.masterFd, 'last words');
      if (how === 'whileBytesAreRead') await some();
      hangUp();
    }
    end.unlink();
  }
}

/** Ends of terminals that this process has open. */
export function openTerminals(): number {
  const fds = readdirSync('/proc/self/fd');
  return fds.filter((fd) => {
    try {
      return /^\/dev\/(pts|ptmx)/.test(readlinkSync(`/proc/self/fd/${fd}`));
    } catch {
      return false;
    }
  }).length;
}
