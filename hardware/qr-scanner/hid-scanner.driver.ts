import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import { Signal, type Unsubscribe } from '../../src/core/signal.ts';
import { statusOf } from '../hid/hid-device.ts';
import type { HidIdentity, HidLink } from '../hid/hid-link.ts';
import { payloadBytes } from '../hid/report.ts';
import { ScanReportReader, scanLayouts } from './hid-pos.ts';
import type { QrScanner } from './qr-scanner.ts';
import { ScanHealth } from './scan-health.ts';

/** Reports of one code follow each other every USB frame or so, at most every 10 ms; a busy hub may pause some 20. */
const continuationTimeoutMs = 200;
/** Turns POS mode on; of Honeywell and Youjie, who do not always list it in their descriptor. */
const posModeReportId = 254;
const posModeOn = 1;
const posModeVendors = [0x0c2e, 0x23d0];

const notAScanner: DeviceStatus = {
  status: 'faulty',
  error: { code: 'DEVICE_FAULTY', detail: 'its report descriptor has no scanned data' },
};

/** A scanner in HID POS mode. Never logs what it reads. */
export class HidScanner implements QrScanner {
  readonly scanned = new Signal<string>();
  private readonly health: ScanHealth;
  private readonly link: HidLink;
  private readonly clock: Clock;
  private readonly stops: Unsubscribe[];
  private reader: ScanReportReader | null = null;
  private cancelSilence: Cancel = () => {};

  constructor(options: { link: HidLink; clock: Clock }) {
    this.link = options.link;
    this.clock = options.clock;
    const trouble = this.link.trouble ?? { code: 'SCANNER_OFFLINE', detail: 'not connected' };
    this.health = new ScanHealth(statusOf(trouble), 'the scanner sends damaged codes');
    this.stops = [
      this.link.opened.on((identity) => this.begin(identity)),
      this.link.closed.on((why) => this.end(statusOf(why))),
      this.link.received.on((report) => this.read(report)),
    ];
    if (this.link.identity) this.begin(this.link.identity);
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
    this.reader?.abandon();
    await this.link.close();
  }

  private begin({ vendorId, descriptor }: HidIdentity): void {
    if (scanLayouts(descriptor).size === 0) {
      this.end(notAScanner);
      return;
    }
    this.reader = new ScanReportReader(descriptor);
    this.health.reset({ status: 'ready' });
    const listedBytes = payloadBytes(descriptor, posModeReportId, 'feature');
    if (listedBytes === 0 && !posModeVendors.includes(vendorId)) return;
    const report = new Uint8Array(1 + Math.max(1, listedBytes));
    report.set([posModeReportId, posModeOn]);
    // A unit that knows no such report refuses it and is in POS mode anyway.
    this.link.sendFeature(report).catch(() => {});
  }

  private end(status: DeviceStatus): void {
    this.cancelSilence();
    this.reader?.abandon();
    this.reader = null;
    this.health.reset(status);
  }

  private read(report: Uint8Array): void {
    const { reader } = this;
    if (!reader) return;
    this.cancelSilence();
    const before = reader.rejected;
    const code = reader.push(report);
    this.health.judge(code === null ? 0 : 1, reader.rejected - before);
    if (reader.waiting) this.cancelSilence = this.clock.after(continuationTimeoutMs, () => this.abandon(reader));
    if (code !== null) this.scanned.emit(code);
  }

  private abandon(reader: ScanReportReader): void {
    reader.abandon();
    this.health.judge(0, 1);
  }
}
