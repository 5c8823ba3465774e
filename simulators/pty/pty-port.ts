import { closeSync, constants, openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { Signal, type Unsubscribe } from '../../src/core/signal.ts';
import { Outbound } from './outbound.ts';
import { linkDevice, openPty } from './pty.ts';

/** A device may be this far ahead of a program that does not read. */
const outboundBound = 65_536;
/** A full pseudo-terminal is tried again after this long. */
const retryMs = 5;

/**
 * From the last byte to the hang-up, as a hub takes time to notice. A bare serialport 13 needs it: a hang-up that finds it between two reads
 * makes it read nothing for ever instead of reporting the loss (its unix-read.js asks again after 0 bytes). Drivers look at the link.
 */
export const hangUpDelayMs = 50;

/** One plugging-in: the terminal, its reader, the held slave and the link. */
interface Plugged {
  masterFd: number;
  path: string;
  slaveFd: number;
  reader: ReadStream;
  unlink: () => void;
}

/**
 * A simulated serial device at `<folder>/<name>`, for simulators that live in the main thread. Starts unplugged. It holds the slave
 * open itself, so a program may come and go without the device noticing, as with a real serial line.
 */
export class PtyPort {
  private readonly folder: string;
  private readonly name: string;
  private readonly hangUpAfterMs: () => number;
  private readonly data = new Signal<Uint8Array>();
  private readonly outbound = new Outbound(outboundBound);
  private plugged: Plugged | null = null;
  private retry: NodeJS.Timeout | null = null;

  /** `hangUpAfterMs` is asked at every unplug; {@link hangUpDelayMs} if not given. */
  constructor(options: { folder: string; name: string; hangUpAfterMs?: () => number }) {
    this.folder = options.folder;
    this.name = options.name;
    this.hangUpAfterMs = options.hangUpAfterMs ?? (() => hangUpDelayMs);
  }

  get isPlugged(): boolean {
    return this.plugged !== null;
  }

  /** `/dev/pts/<n>` of this plugging-in, null while unplugged. Programs should open the stable link instead. */
  get path(): string | null {
    return this.plugged?.path ?? null;
  }

  /** Bytes given up because the program did not read. */
  get droppedBytes(): number {
    return this.outbound.droppedBytes;
  }

  /** Bytes the program wrote, as they come. */
  onData(listener: (bytes: Uint8Array) => void): Unsubscribe {
    return this.data.on(listener);
  }

  /** Makes a new pseudo-terminal and points the link at it. Throws `PTY_UNAVAILABLE`. */
  plug(): void {
    if (this.plugged) return;
    const { masterFd, path } = openPty();
    const slaveFd = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
    const reader = new ReadStream(masterFd); // owns the master from here on
    reader.on('data', (bytes: Buffer) => this.data.emit(bytes));
    reader.on('error', () => this.unplug());
    this.plugged = { masterFd, path, slaveFd, reader, unlink: linkDevice(this.folder, this.name, path) };
  }

  /** The cable is pulled: no byte passes any more, the link is gone, and after a moment a program sees a hang-up. */
  unplug(): void {
    const { plugged } = this;
    if (!plugged) return;
    this.plugged = null;
    if (this.retry) clearTimeout(this.retry);
    this.retry = null;
    this.outbound.clear();
    plugged.unlink();
    plugged.reader.removeAllListeners('data');
    setTimeout(() => {
      plugged.reader.destroy();
      closeSync(plugged.slaveFd);
    }, this.hangUpAfterMs());
  }

  /** Queues bytes for the program. While unplugged they are lost; beyond 65536 waiting bytes the newest are dropped and counted. */
  write(bytes: Uint8Array): void {
    if (!this.plugged) return;
    this.outbound.push(bytes);
    if (!this.retry) this.flush();
  }

  private flush(): void {
    this.retry = null;
    if (!this.plugged) return;
    this.outbound.flushInto(this.plugged.masterFd);
    if (!this.outbound.isEmpty) this.retry = setTimeout(() => this.flush(), retryMs);
  }
}
