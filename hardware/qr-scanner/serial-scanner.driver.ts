import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import { Signal, type Unsubscribe } from '../../src/core/signal.ts';
import type { SerialLink } from '../serial/serial-link.ts';
import { CodeReader } from './code-reader.ts';
import { rejectionCauses } from './code-text.ts';
import type { QrScanner } from './qr-scanner.ts';
import { ScanHealth } from './scan-health.ts';

/** Silence inside a code, ms: at 9600 baud a byte takes 1 ms, a USB hub may pause some 20. */
const interByteTimeoutMs = 200;

/** A scanner on a serial or USB-COM line that sends text and CR. Never logs what it reads. */
export class SerialScanner implements QrScanner {
  readonly scanned = new Signal<string>();
  private readonly health: ScanHealth;
  private readonly link: SerialLink;
  private readonly clock: Clock;
  private readonly reader = new CodeReader();
  private readonly stops: Unsubscribe[];
  private cancelSilence: Cancel = () => {};

  constructor(options: { link: SerialLink; clock: Clock }) {
    this.link = options.link;
    this.clock = options.clock;
    const status: DeviceStatus = this.link.isOpen ? { status: 'ready' } : offline('not connected');
    this.health = new ScanHealth(status, 'the scanner sends damaged codes (baud rate?)');
    this.stops = [
      this.link.opened.on(() => this.reset({ status: 'ready' })),
      this.link.closed.on((reason) => this.reset(offline(reason))),
      this.link.received.on((bytes) => this.read(bytes)),
    ];
  }

  get status(): DeviceStatus {
    return this.health.status;
  }

  get statusChanged(): Signal<DeviceStatus> {
    return this.health.changed;
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
    this.health.judge(codes.length, this.rejected() - before);
    if (this.reader.waiting) this.cancelSilence = this.clock.after(interByteTimeoutMs, () => this.abandon());
    for (const code of codes) this.scanned.emit(code);
  }

  private abandon(): void {
    this.reader.abandon();
    this.health.judge(0, 1);
  }

  private rejected(): number {
    return rejectionCauses.reduce((sum, cause) => sum + this.reader.rejections[cause], 0);
  }

  private reset(status: DeviceStatus): void {
    this.cancelSilence();
    this.reader.abandon();
    this.health.reset(status);
  }
}

const offline = (detail: string): DeviceStatus => ({ status: 'offline', error: { code: 'SCANNER_OFFLINE', detail } });
