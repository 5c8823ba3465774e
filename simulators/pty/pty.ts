import { spawnSync } from 'node:child_process';
import { closeSync, constants, lstatSync, mkdirSync, openSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { LetanError } from '../../src/core/errors.ts';

/** A pseudo-terminal: the simulator holds the master, a program opens `path` as if it were a serial port. */
export interface Pty {
  /** Non-blocking. While no program has the slave open, reading it answers EIO. */
  readonly masterFd: number;
  /** `/dev/pts/<n>`, raw and without echo. */
  readonly path: string;
  /** Hangs up: a program that has the port open sees it vanish. Calling it twice is harmless. */
  close(): void;
}

/** ioctl TIOCSPTLCK (Linux, asm-generic/ioctls.h): a new slave is locked until its lock is set to 0. */
const unlockThenMakeRaw = `my $zero = pack("i", 0); open(my $master, "+<&=3") or die $!;
ioctl($master, 0x40045431, $zero) or die "unlock: $!"; exec "stty", "-F", $ARGV[0], "raw", "-echo" or die "stty: $!"`;

/** Opens a pseudo-terminal with nothing but the kernel, `perl` and `stty`. Throws `PTY_UNAVAILABLE`. Takes some 20 ms. */
export function openPty(): Pty {
  let masterFd: number;
  try {
    masterFd = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  } catch (error) {
    throw new LetanError('PTY_UNAVAILABLE', 'cannot open /dev/ptmx', { cause: error });
  }
  let open = true;
  const close = () => {
    if (open) closeSync(masterFd);
    open = false;
  };
  try {
    const path = slavePath(masterFd);
    prepareSlave(masterFd, path);
    return { masterFd, path, close };
  } catch (error) {
    close();
    throw error;
  }
}

function slavePath(masterFd: number): string {
  const index = /^tty-index:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${masterFd}`, 'utf8'))?.[1];
  if (index === undefined) throw new LetanError('PTY_UNAVAILABLE', 'the kernel does not tell the number of the pseudo-terminal');
  return `/dev/pts/${index}`;
}

function prepareSlave(masterFd: number, path: string): void {
  // The master goes in as descriptor 3: perl closes higher ones on exec, and stty must not keep it.
  const made = spawnSync('perl', ['-e', unlockThenMakeRaw, path], { stdio: ['ignore', 'ignore', 'pipe', masterFd], encoding: 'utf8' });
  if (made.error) throw new LetanError('PTY_UNAVAILABLE', `perl did not start: ${made.error.message}`, { cause: made.error });
  if (made.status !== 0) throw new LetanError('PTY_UNAVAILABLE', made.stderr.trim() || `perl ended with ${made.status}`);
}

/**
 * Points `<folder>/<name>` at `target`, replacing an older link in one step. Returns a function that takes the link away, unless
 * it has meanwhile been pointed elsewhere.
 */
export function linkDevice(folder: string, name: string, target: string): () => void {
  mkdirSync(folder, { recursive: true });
  const link = join(folder, name);
  const fresh = `${link}.${process.pid}.new`;
  rmSync(fresh, { force: true });
  symlinkSync(target, fresh);
  renameSync(fresh, link);
  return () => {
    if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(link) === target) rmSync(link, { force: true });
  };
}
