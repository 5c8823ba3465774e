/**
 * HID report descriptors (Device Class Definition for HID 1.11, 6.2.2): bytes -> where each value lies in a report. Pure. A hostile
 * descriptor is a fault, never an exception or a long loop.
 */

export type FieldKind = 'input' | 'output' | 'feature';

/** One main item: `count` values of `bits` bits each, side by side. */
export interface HidField {
  kind: FieldKind;
  /** 0 where the device numbers no reports. */
  reportId: number;
  /** Of the first value, from the first bit after the report id. */
  bitOffset: number;
  bits: number;
  count: number;
  /** Nothing to read: padding. */
  constant: boolean;
  /** Values are usages chosen from {@link usages}, not one value for each usage. */
  array: boolean;
  /** Page in the upper 16 bits. In order; {@link usageAt} says which value has which. */
  usages: readonly UsageRange[];
  logicalMin: number;
  logicalMax: number;
  /** Index into {@link ReportDescriptor.collections}, innermost; null outside of all. */
  collection: number | null;
}

export interface UsageRange {
  first: number;
  last: number;
}

export interface HidCollection {
  /** 0 physical, 1 application, 2 logical … */
  type: number;
  usage: number;
  parent: number | null;
}

export interface ReportDescriptor {
  /** Reports begin with their id. */
  numbered: boolean;
  fields: readonly HidField[];
  collections: readonly HidCollection[];
}

export type DescriptorFault =
  | 'truncated'
  | 'tooLong'
  | 'reportTooLong'
  | 'unbalancedCollections'
  | 'nestedTooDeep'
  | 'stackUnderflow'
  | 'reportIdZero';

export type ParsedDescriptor = { ok: true; descriptor: ReportDescriptor } | { ok: false; fault: DescriptorFault };

/** Limits of the Linux kernel (HID_MAX_DESCRIPTOR_SIZE, HID_MAX_BUFFER_SIZE, HID_GLOBAL_STACK_SIZE, HID_COLLECTION_STACK_SIZE). */
const descriptorLimitBytes = 4096;
const reportLimitBits = 16384 * 8;
const stackLimit = 4;
const nestingLimit = 32;

/** What survives from item to item; pushed and popped as a whole. */
interface Globals {
  usagePage: number;
  logicalMin: Item;
  logicalMax: Item;
  bits: number;
  count: number;
  reportId: number;
}

/** A short item: 0, 1, 2 or 4 bytes of data. */
interface Item {
  type: number;
  tag: number;
  size: number;
  unsigned: number;
}

/** What counts for the next main item only. A usage without a page takes the page that holds at the main item. */
interface Locals {
  usages: { first: Item; last: Item }[];
  usageMin: Item | null;
  usageMax: Item | null;
  /** Inside a delimiter only the first, preferred usage counts. */
  delimited: 'no' | 'first' | 'rest';
}

const nothing: Item = { type: 0, tag: 0, size: 0, unsigned: 0 };
const freshLocals = (): Locals => ({ usages: [], usageMin: null, usageMax: null, delimited: 'no' });
const fieldKinds: Readonly<Record<number, FieldKind>> = { 8: 'input', 9: 'output', 11: 'feature' };
const collectionTag = 10;
const endCollectionTag = 12;
const longItemPrefix = 0xfe;
const shortSizes = [0, 1, 2, 4] as const;

const signedOf = ({ size, unsigned }: Item): number =>
  size === 0 ? 0 : size === 4 ? unsigned | 0 : (unsigned << (32 - 8 * size)) >> (32 - 8 * size);

/** The items in order, long ones left out; null when the last one is cut off. */
function itemsOf(bytes: Uint8Array): Item[] | null {
  const items: Item[] = [];
  for (let at = 0; at < bytes.length; ) {
    const prefix = bytes[at] ?? 0;
    if (prefix === longItemPrefix) {
      at += 3 + (bytes[at + 1] ?? 0);
      if (at > bytes.length) return null;
      continue;
    }
    const size = shortSizes[prefix & 3] ?? 0;
    if (at + 1 + size > bytes.length) return null;
    let unsigned = 0;
    for (let index = size; index > 0; index -= 1) unsigned = unsigned * 256 + (bytes[at + index] ?? 0);
    items.push({ type: (prefix >> 2) & 3, tag: prefix >> 4, size, unsigned });
    at += 1 + size;
  }
  return items;
}

class DescriptorReader {
  private readonly fields: HidField[] = [];
  private readonly collections: HidCollection[] = [];
  private readonly lengths = new Map<string, number>();
  private readonly stack: Globals[] = [];
  private globals: Globals = { usagePage: 0, logicalMin: nothing, logicalMax: nothing, bits: 0, count: 0, reportId: 0 };
  private locals = freshLocals();
  private open: number | null = null;
  private depth = 0;

  /** The fault that `item` is, or null. */
  take(item: Item): DescriptorFault | null {
    if (item.type === 0) return this.takeMain(item);
    if (item.type === 1) return this.takeGlobal(item);
    if (item.type === 2) this.takeLocal(item);
    return null;
  }

  finish(): ParsedDescriptor {
    if (this.depth !== 0) return { ok: false, fault: 'unbalancedCollections' };
    const { fields, collections } = this;
    return { ok: true, descriptor: { numbered: fields.some(({ reportId }) => reportId !== 0), fields, collections } };
  }

  private takeMain(item: Item): DescriptorFault | null {
    const locals = this.locals;
    this.locals = freshLocals();
    const usages = locals.usages.map(({ first, last }) => ({ first: this.usageOf(first), last: this.usageOf(last) }));
    const kind = fieldKinds[item.tag];
    if (kind) return this.addField(kind, item.unsigned, usages);
    if (item.tag === collectionTag) return this.beginCollection(item.unsigned & 0xff, usages[0]?.first ?? 0);
    return item.tag === endCollectionTag ? this.endCollection() : null;
  }

  private addField(kind: FieldKind, flags: number, usages: UsageRange[]): DescriptorFault | null {
    const { bits, count, reportId, logicalMin, logicalMax } = this.globals;
    const report = `${kind} ${reportId}`;
    const bitOffset = this.lengths.get(report) ?? 0;
    // Both factors may be near 2^32: their product is still exact enough to be refused.
    if (bitOffset + bits * count > reportLimitBits) return 'reportTooLong';
    this.lengths.set(report, bitOffset + bits * count);
    if (bits === 0 || count === 0) return null;
    const min = signedOf(logicalMin);
    // Many panels write 25 FF for 255: with a minimum that is not negative the maximum is none either.
    const max = min < 0 ? signedOf(logicalMax) : logicalMax.unsigned;
    this.fields.push({
      kind,
      reportId,
      bitOffset,
      bits,
      count,
      constant: (flags & 1) !== 0,
      array: (flags & 2) === 0,
      usages,
      logicalMin: min,
      logicalMax: max,
      collection: this.open,
    });
    return null;
  }

  private beginCollection(type: number, usage: number): DescriptorFault | null {
    if (this.depth >= nestingLimit) return 'nestedTooDeep';
    this.collections.push({ type, usage, parent: this.open });
    this.open = this.collections.length - 1;
    this.depth += 1;
    return null;
  }

  private endCollection(): DescriptorFault | null {
    if (this.open === null) return 'unbalancedCollections';
    this.open = this.collections[this.open]?.parent ?? null;
    this.depth -= 1;
    return null;
  }

  private takeGlobal(item: Item): DescriptorFault | null {
    const { globals, stack } = this;
    switch (item.tag) {
      case 0:
        this.globals = { ...globals, usagePage: item.unsigned & 0xffff };
        return null;
      case 1:
        this.globals = { ...globals, logicalMin: item };
        return null;
      case 2:
        this.globals = { ...globals, logicalMax: item };
        return null;
      case 7:
        this.globals = { ...globals, bits: item.unsigned };
        return null;
      case 8:
        this.globals = { ...globals, reportId: item.unsigned & 0xff };
        return this.globals.reportId === 0 ? 'reportIdZero' : null;
      case 9:
        this.globals = { ...globals, count: item.unsigned };
        return null;
      case 10:
        if (stack.length >= stackLimit) return 'nestedTooDeep';
        stack.push(globals);
        return null;
      case 11: {
        const pushed = stack.pop();
        if (!pushed) return 'stackUnderflow';
        this.globals = pushed;
        return null;
      }
      default:
        // Physical range and unit: nothing here needs them.
        return null;
    }
  }

  private takeLocal(item: Item): void {
    const { locals } = this;
    switch (item.tag) {
      case 0:
        this.addUsage(item, item);
        return;
      case 1:
        locals.usageMin = item;
        break;
      case 2:
        locals.usageMax = item;
        break;
      case 10:
        locals.delimited = item.unsigned === 1 ? 'first' : 'no';
        return;
      default:
        return;
    }
    if (locals.usageMin && locals.usageMax) {
      this.addUsage(locals.usageMin, locals.usageMax);
      locals.usageMin = null;
      locals.usageMax = null;
    }
  }

  private addUsage(first: Item, last: Item): void {
    const { locals } = this;
    if (locals.delimited === 'rest') return;
    if (locals.delimited === 'first') locals.delimited = 'rest';
    locals.usages.push({ first, last });
  }

  private usageOf({ size, unsigned }: Item): number {
    return size === 4 ? unsigned : this.globals.usagePage * 0x10000 + unsigned;
  }
}

export function parseReportDescriptor(bytes: Uint8Array): ParsedDescriptor {
  if (bytes.length > descriptorLimitBytes) return { ok: false, fault: 'tooLong' };
  const items = itemsOf(bytes);
  if (!items) return { ok: false, fault: 'truncated' };
  const reader = new DescriptorReader();
  for (const item of items) {
    const fault = reader.take(item);
    if (fault) return { ok: false, fault };
  }
  return reader.finish();
}

/** Usage of the value at `index` of a variable field; past the listed ones the last repeats. 0 where none is listed. */
export function usageAt({ usages }: HidField, index: number): number {
  let left = index;
  for (const { first, last } of usages) {
    const size = Math.max(0, last - first) + 1;
    if (left < size) return first + left;
    left -= size;
  }
  return usages.at(-1)?.last ?? 0;
}

/** The collections that hold a field, innermost first. */
export function collectionsOf({ collections }: ReportDescriptor, field: HidField): number[] {
  const path: number[] = [];
  for (let at = field.collection; at !== null; at = collections[at]?.parent ?? null) path.push(at);
  return path;
}
