import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { SerialPort } from 'serialport';
import { type Clock, SystemClock } from '../../src/core/clock.ts';
import { LetanError } from '../../src/core/errors.ts';
import { Signal } from '../../src/core/signal.ts';
import { leaveBootLoader } from './boot-loader-exit.ts';
import type { Transport, TransportOpener } from './transport.ts';

/** Bytes that may wait for the port: three quarters of a second of the line. Beyond it, what is new is dropped. */
const backlogLimit = 16_384;

/** Opens the board's serial port; opening resets an Arduino board through DTR. */
export function serialOpener(settings: { path: string; baudRate: number }, clock: Clock = new SystemClock()): TransportOpener {
  return { portName: settings.path, open: () => openSerial(settings, clock) };
}

async function openSerial(settings: { path: string; baudRate: number }, clock: Clock): Promise<Transport> {
  await checkAccess(settings.path);
  const device = await deviceAt(settings.path);
  // Loaded here, because its native part costs 0.1 s that the rest of the start-up need not wait for.
  const serial = await import('serialport');
  const port = new serial.SerialPort({ ...settings, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(notConnected(`${settings.path} cannot be opened: ${error.message}`, error)) : resolve()));
  });
  await leaveBootLoader(port, clock, settings.baudRate);
  return wrap(port, async () => device !== null && (await deviceAt(settings.path)) === device);
}

async function checkAccess(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT')
      throw notConnected(`${path} does not exist: the board is unplugged or the path in the robot file is wrong`, error);
    if (code === 'EACCES') {
      throw notConnected(`no permission to use ${path}: add the user that runs letan to the group "dialout" and log in again`, error);
    }
    throw notConnected(`${path} cannot be used: ${String(code)}`, error);
  }
}

const notConnected = (detail: string, cause: unknown): LetanError => new LetanError('BOARD_NOT_CONNECTED', detail, { cause });

/** Names the device file behind a path (links followed); a re-plugged one gets another. */
async function deviceAt(path: string): Promise<string | null> {
  return stat(path).then(
    ({ dev, ino, rdev }) => `${dev}:${ino}:${rdev}`,
    () => null,
  );
}

function wrap(port: SerialPort, present: () => Promise<boolean>): Transport {
  const received = new Signal<Uint8Array>();
  const closed = new Signal<void>();
  port.on('data', (chunk: Buffer) => received.emit(chunk));
  // An unplugged port reports a read error first and then closes; `close` alone decides.
  port.on('error', () => {});
  port.once('close', () => {
    port.removeAllListeners('data');
    closed.emit();
  });
  return {
    received,
    closed,
    present,
    write(bytes) {
      if (port.isOpen && port.writableLength < backlogLimit) port.write(bytes);
    },
    close: () => new Promise<void>((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve())),
  };
}
