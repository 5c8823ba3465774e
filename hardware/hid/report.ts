import { type FieldKind, type HidField, type ReportDescriptor, usageAt } from './report-descriptor.ts';

/** Reports by their descriptor: bytes -> values and back. Pure. */

/** One value's place in the reports with one id. */
export interface Place {
  reportId: number;
  /** From the first bit after the report id. */
  bitOffset: number;
  bits: number;
  logicalMin: number;
  logicalMax: number;
}

/** `count` values of one usage side by side. */
export interface Run extends Place {
  count: number;
}

/** A report without its id, which is 0 where reports have none. */
export interface Report {
  reportId: number;
  payload: Uint8Array;
}

/** Null for an empty report of a device that numbers them. */
export function splitReport({ numbered }: ReportDescriptor, report: Uint8Array): Report | null {
  if (!numbered) return { reportId: 0, payload: report };
  const [reportId] = report;
  return reportId === undefined ? null : { reportId, payload: report.subarray(1) };
}

/**
 * The value at a place; signed where its range begins below 0. Null where the report ends before it, and for values of more than 32
 * bits. What a report has beyond its descriptor is left alone.
 */
export function readValue(payload: Uint8Array, { bitOffset, bits, logicalMin }: Place): number | null {
  if (bits < 1 || bits > 32 || bitOffset + bits > payload.length * 8) return null;
  let value = 0;
  for (let read = 0; read < bits; ) {
    const at = bitOffset + read;
    const take = Math.min(8 - (at & 7), bits - read);
    const part = ((payload[at >> 3] ?? 0) >> (at & 7)) & ((1 << take) - 1);
    value += part * 2 ** read;
    read += take;
  }
  return logicalMin < 0 && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}

/** Writes `value` at a place, cut to its bits. RangeError beyond the payload. */
export function writeValue(payload: Uint8Array, { bitOffset, bits }: Place, value: number): void {
  if (bitOffset + bits > payload.length * 8) throw new RangeError(`bit ${bitOffset + bits} is beyond ${payload.length} bytes`);
  let left = value < 0 ? value + 2 ** bits : value;
  for (let written = 0; written < bits; ) {
    const at = bitOffset + written;
    const take = Math.min(8 - (at & 7), bits - written);
    const mask = ((1 << take) - 1) << (at & 7);
    const part = left % 2 ** take;
    payload[at >> 3] = ((payload[at >> 3] ?? 0) & ~mask) | (part << (at & 7));
    left = Math.floor(left / 2 ** take);
    written += take;
  }
}

/** The first run of values with `usage` among `fields`; padding and arrays are passed over. */
export function findRun(fields: readonly HidField[], usage: number, kind: FieldKind = 'input'): Run | null {
  for (const field of fields) {
    if (field.kind !== kind || field.constant || field.array) continue;
    const from = firstIndexOf(field, usage);
    if (from === null) continue;
    // Only the last listed usage repeats.
    const isLast = usageAt(field, field.count - 1) === usage;
    const { reportId, bitOffset, bits, logicalMin, logicalMax } = field;
    return { reportId, bitOffset: bitOffset + from * bits, bits, logicalMin, logicalMax, count: isLast ? field.count - from : 1 };
  }
  return null;
}

function firstIndexOf({ usages, count }: HidField, usage: number): number | null {
  let index = 0;
  for (const { first, last } of usages) {
    if (index >= count) return null;
    if (usage >= first && usage <= Math.max(first, last)) return index + usage - first < count ? index + usage - first : null;
    index += Math.max(0, last - first) + 1;
  }
  return null;
}

/** Bytes that reports with this id have by their descriptor, without the id. */
export function payloadBytes({ fields }: ReportDescriptor, reportId: number, kind: FieldKind = 'input'): number {
  const ends = fields.filter((field) => field.kind === kind && field.reportId === reportId).map((f) => f.bitOffset + f.bits * f.count);
  return Math.ceil(Math.max(0, ...ends) / 8);
}
