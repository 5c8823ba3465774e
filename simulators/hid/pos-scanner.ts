import { Signal } from '../../src/core/signal.ts';
import type { HidModel } from './hid-model.ts';

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));

/** The published descriptor: 62-byte reports, length, three AIM bytes, 56 data bytes, one bit that says more is to come. */
export const publishedPosDescriptor = bytesOf(`
  05 8c 09 02 a1 01 85 02 09 12 a1 02 15 00 26 ff 00 75 08 95 01 05 01 09 3b 81 02 95 03 05 8c 09 fb 09 fc 09 fd 81 02
  95 38 09 fe 82 02 01 25 01 75 01 95 01 09 ff 81 02 75 07 81 03 c0 c0`);

/** The 64-byte form: a vendor's symbology and a reserved byte before the bit, and a vendor's collection that turns POS mode on. */
export const vendorPosDescriptor = bytesOf(`
  05 8c 09 02 a1 01 85 02 09 12 a1 02 15 00 26 ff 00 75 08 95 01 05 01 09 3b 81 02 95 03 05 8c 09 fb 09 fc 09 fd 81 02
  95 38 09 fe 82 02 01 06 66 ff 95 02 09 04 09 00 81 02 05 8c 25 01 75 01 95 01 09 ff 81 02 75 07 81 03 c0 c0
  06 8c ff 09 01 a1 01 85 fe 15 00 26 ff 00 75 08 95 01 09 02 b1 02 85 fd 95 08 09 03 81 02 c0`);

export interface PosScannerOptions {
  form: 'published' | 'vendor';
  /** AIM prefix and data one byte late. Only the 64-byte form has room for it. */
  isShifted?: boolean;
  /** Says nothing until feature report 254 has turned POS mode on. */
  isAsleep?: boolean;
  /** What the unit is set up to send after a code. */
  suffix?: string;
  aim?: string;
}

const dataBytes = 56;
const posModeReportId = 0xfe;

/** A code scanner in HID POS mode: somebody holds a code before it. */
export class PosScannerSimulator implements HidModel {
  readonly product = 'Simulated POS scanner';
  readonly vendorId = 0x0c2e;
  readonly productId = 0x0901;
  readonly descriptor: Uint8Array;
  readonly collections: HidModel['collections'];
  readonly reported = new Signal<Uint8Array>();
  private readonly options: PosScannerOptions;
  private asleep: boolean;

  constructor(options: PosScannerOptions) {
    this.options = options;
    this.asleep = options.isAsleep ?? false;
    const isVendor = options.form === 'vendor';
    this.descriptor = isVendor ? vendorPosDescriptor : publishedPosDescriptor;
    this.collections = [{ usagePage: 0x8c, usage: 2 }, ...(isVendor ? [{ usagePage: 0xff8c, usage: 1 }] : [])];
  }

  /** Reads `text` as if it were a code in view. */
  scan(text: string): void {
    this.scanBytes(Buffer.from(`${text}${this.options.suffix ?? ''}`, 'utf8'));
  }

  scanBytes(bytes: Uint8Array): void {
    if (this.asleep) return;
    for (const report of this.reportsOf(bytes)) this.reported.emit(report);
  }

  /** What `bytes` becomes on the wire. */
  reportsOf(bytes: Uint8Array): Uint8Array[] {
    const { form, isShifted = false, aim = ']Q1' } = this.options;
    const reports: Uint8Array[] = [];
    for (let at = 0; at < bytes.length || at === 0; at += dataBytes) {
      const part = bytes.subarray(at, at + dataBytes);
      const report = Buffer.alloc(form === 'vendor' ? 64 : 62);
      const shift = isShifted ? 1 : 0;
      report[0] = 2;
      report[1] = part.length;
      report.write(aim, 2 + shift, 'latin1');
      report.set(part, 5 + shift);
      if (form === 'vendor' && !isShifted) report[61] = 0x73;
      report[report.length - 1] = at + dataBytes < bytes.length ? 1 : 0;
      reports.push(report);
    }
    return reports;
  }

  getFeature(reportId: number): Uint8Array | null {
    return reportId === posModeReportId ? Uint8Array.of(posModeReportId, this.asleep ? 0 : 1) : null;
  }

  setFeature(report: Uint8Array): boolean {
    if (report[0] !== posModeReportId || this.options.form !== 'vendor') return false;
    this.asleep = report[1] !== 1;
    return true;
  }
}
