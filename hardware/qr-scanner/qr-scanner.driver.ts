import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import type { Logger } from '../../src/core/logger.ts';
import { Signal, type Unsubscribe } from '../../src/core/signal.ts';
import { SerialDevice } from '../serial/serial-device.ts';
import type { SerialLink } from '../serial/serial-link.ts';
import { CodeReader, rejectionCauses } from './code-reader.ts';
import type { QrScanner } from './qr-scanner.ts';

/** Silence inside a code, ms: at 9600 baud a byte takes 1 ms, a USB hub may pause some 20. */
const interByteTimeoutMs = 200;
/** So many damaged codes in a row are no accident: wrong baud rate or encoding. */
const faultyAfter = 5;

/** A scanner on a serial or USB-COM line that sends text and CR. Never logs what it reads. */
export class SerialScanner implements QrScanner {
  readonly scanned = new Signal<string>();
  readonly statusChanged = new Signal<DeviceStatus>();
  status: DeviceStatus;
  private readonly link: SerialLink;
  private readonly clock: Clock;
  private readonly reader = new CodeReader();
  private readonly stops: Unsubscribe[];
  private cancelSilence: Cancel = () => {};
  private rejectedInRow = 0;

  constructor(options: { link: SerialLink; clock: Clock }) {
    this.link = options.link;
    this.clock = options.clock;
    this.status = this.link.isOpen ? { status: 'ready' } : offline('not connected');
    this.stops = [
      this.link.opened.on(() => this.reset({ status: 'ready' })),
      this.link.closed.on((reason) => this.reset(offline(reason))),
      this.link.received.on((bytes) => this.read(bytes)),
    ];
  }

  async close(): Promise<void> {
    for (const stop of this.stops) stop();
    this.cancelSilence();
    await this.link.close();
  }

  private read(bytes: Uint8Array): void {
    this.cancelSilence();
    const before = this.rejected();
    const codes = this.reader.push(bytes);
    this.judge(codes.length, this.rejected() - before);
    if (this.reader.waiting) this.cancelSilence = this.clock.after(interByteTimeoutMs, () => this.abandon());
    for (const code of codes) this.scanned.emit(code);
  }

  private abandon(): void {
    this.reader.abandon();
    this.judge(0, 1);
  }

  private rejected(): number {
    return rejectionCauses.reduce((sum, cause) => sum + this.reader.rejections[cause], 0);
  }

  private judge(good: number, bad: number): void {
    if (good > 0) {
      this.rejectedInRow = 0;
      if (this.status.status === 'faulty') this.setStatus({ status: 'ready' });
      return;
    }
    this.rejectedInRow += bad;
    if (this.rejectedInRow >= faultyAfter && this.status.status === 'ready') {
      this.setStatus({ status: 'faulty', error: { code: 'DEVICE_FAULTY', detail: 'the scanner sends damaged codes (baud rate?)' } });
    }
  }

  private reset(status: DeviceStatus): void {
    this.cancelSilence();
    this.reader.abandon();
    this.rejectedInRow = 0;
    this.setStatus(status);
  }

  private setStatus(status: DeviceStatus): void {
    this.status = status;
    this.statusChanged.emit(status);
  }
}

const offline = (detail: string): DeviceStatus => ({ status: 'offline', error: { code: 'SCANNER_OFFLINE', detail } });

/** A scanner at `path`; reconnects by itself after an unplug. */
export function openQrScanner(options: { path: string; baudRate: number; clock: Clock; logger: Logger }): SerialScanner {
  return new SerialScanner({ link: new SerialDevice(options), clock: options.clock });
}
