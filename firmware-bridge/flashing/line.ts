import type { SerialPort } from 'serialport';
import type { Clock } from '../../src/core/clock.ts';
import { LetanError } from '../../src/core/errors.ts';
import { Signal } from '../../src/core/signal.ts';
import { lockedByStranger } from './port-access.ts';
import { bootLoaderBaudRate } from './stk500.ts';

/** One open serial connection to a board that is to be flashed. */
export interface FlashLine {
  readonly portName: string;
  readonly received: Signal<Uint8Array>;
  /** Once, when the connection ends for any reason. */
  readonly closed: Signal<void>;
  write(bytes: Uint8Array): void;
  /** Pulls the board's reset line. Where there is none (a pseudo-terminal), opening the port was the reset. */
  pulseReset(): Promise<void>;
  setBaudRate(baudRate: number): Promise<void>;
  /** Never rejects. */
  close(): Promise<void>;
}

/** The reset line hangs on DTR (RTS on some boards) through a capacitor, which needs some ms to charge and discharge. */
const releasedMs = 50;
const assertedMs = 100;

const pause = (clock: Clock, ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));

/** Opens `path` at the boot loader's speed. Rejects with `BOARD_NOT_CONNECTED` and the system's reason. */
export async function openFlashLine({ path, clock }: { path: string; clock: Clock }): Promise<FlashLine> {
  // Loaded here: its native part costs 0.1 s that other commands need not wait for.
  const serial = await import('serialport');
  const port = new serial.SerialPort({ path, baudRate: bootLoaderBaudRate, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(openingFailed(path, error)) : resolve()));
  });
  return wrap(port, clock);
}

/** serialport takes the port exclusively; the kernel then answers EAGAIN or EBUSY to whoever comes second. */
function openingFailed(path: string, error: Error): LetanError {
  if (/lock|busy/i.test(error.message)) return lockedByStranger(path, error);
  return new LetanError('BOARD_NOT_CONNECTED', `${path} cannot be opened: ${error.message}`, { cause: error });
}

function wrap(port: SerialPort, clock: Clock): FlashLine {
  const received = new Signal<Uint8Array>();
  const closed = new Signal<void>();
  port.on('data', (chunk: Buffer) => received.emit(chunk));
  // An unplugged port reports a read error first and then closes; `close` alone decides.
  port.on('error', () => {});
  port.once('close', () => closed.emit());
  /** A pseudo-terminal has no such lines and answers ENOTTY. */
  const setLines = (on: boolean) => new Promise<void>((resolve) => port.set({ dtr: on, rts: on }, () => resolve()));
  return {
    portName: port.path,
    received,
    closed,
    write(bytes) {
      if (port.isOpen) port.write(bytes);
    },
    async pulseReset() {
      await setLines(false);
      await pause(clock, releasedMs);
      await setLines(true);
      await pause(clock, assertedMs);
    },
    setBaudRate: (baudRate) =>
      new Promise((resolve, reject) => {
        port.update({ baudRate }, (error) =>
          error ? reject(new LetanError('BOARD_NOT_CONNECTED', `${port.path}: ${error.message}`, { cause: error })) : resolve(),
        );
      }),
    close: () => new Promise<void>((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve())),
  };
}
