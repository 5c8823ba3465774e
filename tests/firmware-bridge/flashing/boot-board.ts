import { existsSync, readFileSync } from 'node:fs';
import type { FlashLine } from '../../../firmware-bridge/flashing/line.ts';
import { parseHex, withBootLoader } from '../../../simulators/mega2560/hex.ts';
import { Mega2560 } from '../../../simulators/mega2560/mega2560.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { Signal } from '../../../src/core/signal.ts';

/** Debian's arduino-core-avr: the boot loader that real Mega 2560 boards carry. */
const bootLoaderFile = '/usr/share/arduino/hardware/arduino/avr/bootloaders/stk500v2/stk500boot_v2_mega2560.hex';
if (!existsSync(bootLoaderFile)) throw new Error('these tests need the Debian package arduino-core-avr');
export const bootLoader = parseHex(readFileSync(bootLoaderFile, 'utf8'));

/**
 * The same boot loader on a line of 667 kbaud: its one `ldi r24, 16` that goes to UBRR0L says 2. Times of the sweeps below are the
 * emulator's, so this only saves the machine's; the tests over a terminal and the bench run it as it is.
 */
const fastBootLoader = Uint8Array.from(bootLoader);
const divisorAt = 0x3e630;
if (bootLoader[divisorAt] !== 0x80 || bootLoader[divisorAt + 1] !== 0xe1) throw new Error('another boot loader than expected');
fastBootLoader.set([0x82, 0xe0], divisorAt);

/** A flash image with the boot loader behind `program`. */
export function bootableFlash(program: Uint8Array = new Uint8Array(0)): Uint8Array {
  const flash = new Uint8Array(0x40000).fill(0xff);
  flash.set(program);
  return withBootLoader(flash, fastBootLoader);
}

/** Bytes that look random and are the same each time, no two pages alike. */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

/** The real boot loader in the emulated part, wired in memory, as fast as the machine can; one simulated clock moves both sides. */
export class BootBoard implements FlashLine {
  readonly portName = 'emulated';
  readonly received = new Signal<Uint8Array>();
  readonly closed = new Signal<void>();
  readonly clock = new SimulatedClock();
  readonly mega: Mega2560;
  /** Every frame the host sent. */
  readonly sent: Uint8Array[] = [];
  /** Looks at what is on its way to the board; null drops it. */
  toBoard: (bytes: Uint8Array) => Uint8Array | null = (bytes) => bytes;
  fromBoard: (bytes: Uint8Array) => Uint8Array | null = (bytes) => bytes;
  private outbox: number[] = [];

  constructor(flash: Uint8Array) {
    this.mega = new Mega2560({ flash, bootReset: true, startUpMs: 1, flashPageMs: 0.5 });
    this.mega.onHostByte((byte) => this.outbox.push(byte));
  }

  write(bytes: Uint8Array): void {
    this.sent.push(bytes);
    const passed = this.toBoard(bytes);
    if (passed) this.mega.hostWrite(passed);
  }
  pulseReset(): Promise<void> {
    this.mega.reset('external');
    return Promise.resolve();
  }
  setBaudRate(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Lets time pass on both sides until `work` has settled. */
  async until<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const done = () => {
      settled = true;
    };
    work.then(done, done);
    while (!settled) {
      this.step(1);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return work;
  }

  step(ms: number): void {
    this.mega.runFor(ms);
    const bytes = this.fromBoard(Uint8Array.from(this.outbox));
    this.outbox = [];
    if (bytes && bytes.length > 0) this.received.emit(bytes);
    this.clock.advance(ms);
  }
}
