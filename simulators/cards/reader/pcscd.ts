import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Debian's places: packages pcscd and vsmartcard-vpcd. */
const daemon = '/usr/sbin/pcscd';
const virtualReader = '/usr/lib/pcsc/drivers/serial/libifdvpcd.so';
const socketInside = '/run/pcscd/pcscd.comm';

const startWithinMs = 10_000;
const lookEveryMs = 20;

/** The real pcscd with one virtual reader of two slots, named `<name> 00 00` and `<name> 00 01`. */
export interface Pcscd {
  /** Where clients find it: the value of `PCSCLITE_CSOCK_NAME`, which libpcsclite reads once. Stays the same over restarts in one folder. */
  readonly socket: string;
  /** Asks it to end (SIGTERM) and waits. */
  end(): Promise<void>;
}

/** Where a pcscd of `folder` is found by its clients. */
export const pcscdSocket = (folder: string): string => join(folder, 'pcscd.comm');

/**
 * Starts pcscd in the foreground with a configuration of its own in `folder`; vpcd listens on `port` and the port above. It keeps away
 * from this machine's own service: its socket lies in a mount namespace, reached through /proc. Where namespaces are forbidden it takes the
 * machine's place for sockets, which needs root and no other pcscd. Rejects when it does not start.
 */
export async function startPcscd({ folder, name, port }: { folder: string; name: string; port: number }): Promise<Pcscd> {
  const configuration = join(folder, 'reader.conf.d');
  mkdirSync(configuration, { recursive: true });
  const channel = `0x${port.toString(16)}`;
  const lines = [`FRIENDLYNAME "${name}"`, `DEVICENAME /dev/null:${channel}`, `LIBPATH ${virtualReader}`, `CHANNELID ${channel}`];
  writeFileSync(join(configuration, 'vpcd'), `${lines.join('\n')}\n`);

  const apart = spawnSync('unshare', [...namespaces, 'true']).status === 0;
  if (!apart && existsSync(socketInside)) throw new Error('a pcscd runs already, and namespaces are not allowed here');
  const args = ['--foreground', '--config', configuration];
  const [command, words] = apart ? ['unshare', [...namespaces, 'sh', '-c', withOwnRun, daemon, ...args]] : [daemon, args];
  const logFile = join(folder, 'pcscd.log');
  const log = openSync(logFile, 'a');
  const child = spawn(command, words, { stdio: ['ignore', log, log] });
  closeSync(log);
  const killNow = () => void child.kill('SIGKILL');
  process.once('exit', killNow);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  }).then(() => void process.off('exit', killNow));
  const running = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;

  const real = apart ? `/proc/${child.pid}/root${socketInside}` : socketInside;
  for (let waitedMs = 0; !existsSync(real); waitedMs += lookEveryMs) {
    if (!running() || waitedMs > startWithinMs) {
      child.kill('SIGKILL');
      throw new Error(`pcscd did not start: ${readFileSync(logFile, 'utf8').slice(-2000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  const socket = pcscdSocket(folder);
  rmSync(socket, { force: true });
  symlinkSync(real, socket);
  const end = async () => {
    if (running()) child.kill('SIGTERM');
    await ended;
    rmSync(socket, { force: true });
  };
  return { socket, end };
}

const namespaces = ['--user', '--map-root-user', '--mount'];
/** `$0 $@` is the daemon with its arguments: it replaces the shell, so that the process's id is the daemon's. */
const withOwnRun = 'mount -t tmpfs none /run && exec "$0" "$@"';
