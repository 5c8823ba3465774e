import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import type { SerialPort } from 'serialport';
import { type Cancel, type Clock, SystemClock } from '../../src/core/clock.ts';
import { deviceAt, deviceLookMs } from '../../src/core/device-file.ts';
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
  const device = deviceAt(settings.path);
  // Loaded here, because its native part costs 0.1 s that the rest of the start-up need not wait for.
  const serial = await import('serialport');
  const port = new serial.SerialPort({ ...settings, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(notConnected(`${settings.path} cannot be opened: ${error.message}`, error)) : resolve()));
  });
  const transport = new SerialTransport(port, () => device !== null && deviceAt(settings.path) === device, clock);
  await leaveBootLoader(port, clock, settings.baudRate);
  if (!transport.isOpen) throw notConnected(`${settings.path} was lost while it was opened`);
  return transport;
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

const notConnected = (detail: string, cause?: unknown): LetanError => new LetanError('BOARD_NOT_CONNECTED', detail, { cause });

class SerialTransport implements Transport {
  readonly received = new Signal<Uint8Array>();
  readonly closed = new Signal<void>();
  isOpen = true;
  private readonly port: SerialPort;
  private readonly isThere: () => boolean;
  private readonly cancelLook: Cancel;

  /** `isThere`: whether the path still leads to the device. */
  constructor(port: SerialPort, isThere: () => boolean, clock: Clock) {
    this.port = port;
    this.isThere = isThere;
    port.on('data', (chunk: Buffer) => this.received.emit(chunk));
    // An unplugged port reports a read error first and then closes; `close` alone decides.
    port.on('error', () => {});
    port.once('close', () => this.end());
    // serialport 13 reads nothing for ever when a hang-up finds it between two reads.
    this.cancelLook = clock.every(deviceLookMs, () => {
      if (!isThere()) void this.close();
    });
  }

  write(bytes: Uint8Array): void {
    if (this.isOpen && this.port.isOpen && this.port.writableLength < backlogLimit) this.port.write(bytes);
  }

  present(): Promise<boolean> {
    return Promise.resolve(this.isOpen && this.isThere());
  }

  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => (this.port.isOpen ? this.port.close(() => resolve()) : resolve()));
    this.end();
    return closed;
  }

  private end(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.cancelLook();
    this.port.removeAllListeners('data');
    this.closed.emit();
  }
}
