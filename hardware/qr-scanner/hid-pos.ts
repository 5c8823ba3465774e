/**
 * Scanned-data reports of a HID bar-code scanner (HID Point of Sale usage tables 1.02, page 0x8C): reports -> whole codes. Pure; the
 * driver tells it when the rest of a code does not come.
 */

import { findRun, type Place, type Run, readValue, splitReport } from '../hid/report.ts';
import { collectionsOf, type ReportDescriptor } from '../hid/report-descriptor.ts';
import { codeLimitBytes, decodeCode, type RejectionCause } from './code-text.ts';

export const scannerUsagePage = 0x8c;
export const scannerUsage = 0x02;
const scannerCollection = scannerUsagePage * 0x10000 + scannerUsage;
const usages = {
  byteCount: 0x0001_003b,
  symbology: 0x008c_00fb,
  decodedData: 0x008c_00fe,
  continued: 0x008c_00ff,
};

/** Where a report with scanned data has what. */
interface ScanLayout {
  data: Run;
  /** None: the data are filled up with zeros. */
  length: Place | null;
  /** None: the AIM prefix, if any, leads the data. */
  symbology: Place | null;
  continued: Place | null;
}

/** By report id. Empty where the descriptor has no scanned data; a vendor's own collection is passed over. */
export function scanLayouts(descriptor: ReportDescriptor): Map<number, ScanLayout> {
  const own = descriptor.fields.filter((field) =>
    collectionsOf(descriptor, field).some((index) => descriptor.collections[index]?.usage === scannerCollection),
  );
  const layouts = new Map<number, ScanLayout>();
  for (const reportId of new Set(own.map((field) => field.reportId))) {
    const fields = own.filter((field) => field.reportId === reportId);
    const data = findRun(fields, usages.decodedData);
    if (data?.bits !== 8 || data.bitOffset % 8 !== 0) continue;
    const [length, symbology, continued] = [usages.byteCount, usages.symbology, usages.continued].map((usage) => findRun(fields, usage));
    layouts.set(reportId, { data, length: length ?? null, symbology: symbology ?? null, continued: continued ?? null });
  }
  return layouts;
}

export type ReportRejection = RejectionCause | 'malformed';

const aimFlag = 0x5d;
const CR = 0x0d;
const LF = 0x0a;

/** Joins continued reports to codes. Nothing of a rejected code is kept: it may be personal. */
export class ScanReportReader {
  readonly rejections: Record<ReportRejection, number> = { tooLong: 0, notUtf8: 0, cutShort: 0, malformed: 0 };
  private readonly descriptor: ReportDescriptor;
  private readonly layouts: Map<number, ScanLayout>;
  private pending: number[] = [];
  private begun = false;
  private overlong = false;
  private shift = 0;

  constructor(descriptor: ReportDescriptor) {
    this.descriptor = descriptor;
    this.layouts = scanLayouts(descriptor);
  }

  get rejected(): number {
    return Object.values(this.rejections).reduce((sum, count) => sum + count, 0);
  }

  /** A code has begun and waits for its next report. */
  get waiting(): boolean {
    return this.begun;
  }

  /** The code that `report` completes, NFC-normalised, without AIM prefix; null for none. Reports with other ids are none of ours. */
  push(report: Uint8Array): string | null {
    const split = splitReport(this.descriptor, report);
    const layout = split && this.layouts.get(split.reportId);
    if (!split || !layout) return null;
    this.shift = shiftOf(layout.symbology, split.payload) ?? (this.begun ? this.shift : 0);
    const part = partOf(layout, split.payload, this.shift);
    if (!part) {
      this.forget();
      this.rejections.malformed += 1;
      return null;
    }
    this.keep(part.bytes);
    this.begun = true;
    return part.continued ? null : this.finish();
  }

  /** The rest did not come, or the device went: a torn code must not become the head of the next one. */
  abandon(): void {
    if (this.begun) this.rejections.cutShort += 1;
    this.forget();
  }

  private keep(bytes: Uint8Array): void {
    if (this.pending.length + bytes.length > codeLimitBytes) {
      this.overlong = true;
      this.pending = [];
    }
    if (!this.overlong) this.pending.push(...bytes);
  }

  private finish(): string | null {
    const { overlong } = this;
    const bytes = Uint8Array.from(this.pending);
    this.forget();
    if (overlong) {
      this.rejections.tooLong += 1;
      return null;
    }
    const text = decodeCode(withoutEnd(bytes));
    if (text === null) this.rejections.notUtf8 += 1;
    return text === '' ? null : text;
  }

  private forget(): void {
    this.pending = [];
    this.begun = false;
    this.overlong = false;
  }
}

interface Part {
  bytes: Uint8Array;
  continued: boolean;
}

/** Null where the report contradicts its descriptor: too short, or longer data than it has room for. */
function partOf({ data, length, continued }: ScanLayout, payload: Uint8Array, shift: number): Part | null {
  const room = payload.subarray((data.bitOffset >> 3) + shift);
  const lengthBytes = length ? readValue(payload, length) : lengthOfFilled(room.subarray(0, data.count));
  const flag = continued ? readValue(payload, continued) : 0;
  if (lengthBytes === null || flag === null || lengthBytes > data.count || lengthBytes > room.length) return null;
  return { bytes: room.subarray(0, lengthBytes), continued: (flag & 1) === 1 };
}

/**
 * Some scanners send the AIM prefix, and the data after it, one byte late; length and continuation stay where they belong. Null where the
 * report has no prefix to tell by.
 */
function shiftOf(symbology: Place | null, payload: Uint8Array): number | null {
  if (!symbology) return null;
  const at = symbology.bitOffset >> 3;
  if (payload[at] === aimFlag) return 0;
  return payload[at + 1] === aimFlag ? 1 : null;
}

function lengthOfFilled(data: Uint8Array): number {
  return data.findLastIndex((value) => value !== 0) + 1;
}

/** Many units are set up to end a code with CR, LF or both, as on a serial line. */
function withoutEnd(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.findLastIndex((value) => value !== CR && value !== LF) + 1);
}
