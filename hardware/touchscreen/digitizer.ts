/** Reports of a touch digitizer (HID usage page 0x0D) by their descriptor: reports -> fingers. Pure. */

import { findRun, type Place, readValue, splitReport } from '../hid/report.ts';
import { collectionsOf, type HidField, type ReportDescriptor } from '../hid/report-descriptor.ts';
import type { Contact, TouchRange } from './touchscreen.ts';

export const digitizerUsagePage = 0x0d;
/** Touch screen; plain digitizer, as old single-touch panels call themselves. */
export const touchscreenUsages = [0x04, 0x01] as const;
const applications = touchscreenUsages.map((usage) => digitizerUsagePage * 0x10000 + usage);
const usages = {
  x: 0x0001_0030,
  y: 0x0001_0031,
  inRange: 0x000d_0032,
  tip: 0x000d_0042,
  confidence: 0x000d_0047,
  contactId: 0x000d_0051,
  contactCount: 0x000d_0054,
};

/** More fingers than any panel follows: nonsense. */
const fingerLimit = 64;

interface FingerPlaces {
  tip: Place;
  x: Place;
  y: Place;
  /** None: a panel that follows one finger only. */
  contactId: Place | null;
  /** False for a palm or a sleeve. */
  confidence: Place | null;
}

interface TouchLayout {
  fingers: FingerPlaces[];
  /** Fingers of the whole frame; 0 in those of its reports that go on where one had no room. */
  contactCount: Place | null;
}

function fingerOf(own: readonly HidField[], shared: readonly HidField[]): FingerPlaces | null {
  const [x, y] = [findRun(own, usages.x), findRun(own, usages.y)];
  const tip = findRun(own, usages.tip) ?? findRun(shared, usages.tip) ?? findRun(own, usages.inRange);
  if (!x || !y || !tip) return null;
  return { tip, x, y, contactId: findRun(own, usages.contactId), confidence: findRun(own, usages.confidence) };
}

/** By report id: the fingers are the collections that have a place of their own. Empty for what is no touch panel. */
export function touchLayouts(descriptor: ReportDescriptor): Map<number, TouchLayout> {
  const isTouch = (field: HidField) =>
    collectionsOf(descriptor, field).some((index) => applications.includes(descriptor.collections[index]?.usage ?? 0));
  const inputs = descriptor.fields.filter((field) => field.kind === 'input' && isTouch(field));
  const layouts = new Map<number, TouchLayout>();
  for (const reportId of new Set(inputs.map((field) => field.reportId))) {
    const shared = inputs.filter((field) => field.reportId === reportId);
    const holders = new Set(shared.map((field) => field.collection));
    const fingers = [...holders].flatMap((holder) => {
      const own = shared.filter(({ collection }) => collection === holder);
      return fingerOf(own, shared) ?? [];
    });
    if (fingers.length > 0) layouts.set(reportId, { fingers, contactCount: findRun(shared, usages.contactCount) });
  }
  return layouts;
}

/** `none`: more of the frame is to come, or the report is none of ours. */
export type TouchReport = { kind: 'none' } | { kind: 'malformed' } | { kind: 'frame'; contacts: Contact[] };

/** `isDown` false: lifted, or no finger. */
type Finger = Contact & { isDown: boolean };

const none: TouchReport = { kind: 'none' };
const malformed: TouchReport = { kind: 'malformed' };

/** Joins reports to frames and remembers who is down. */
export class TouchReader {
  /** Of both axes; null for what is no touch panel. */
  readonly range: TouchRange | null;
  private readonly descriptor: ReportDescriptor;
  private readonly layouts: Map<number, TouchLayout>;
  private down = new Map<number, Contact>();
  private frame: Finger[] = [];
  /** Fingers of the frame that has begun; 0 between frames. */
  private expected = 0;
  /** Some panels have the field and never fill it in: then each report is a frame. */
  private counts = false;

  constructor(descriptor: ReportDescriptor) {
    this.descriptor = descriptor;
    this.layouts = touchLayouts(descriptor);
    const [layout] = this.layouts.values();
    this.range = layout?.fingers[0] ? rangeOf(layout.fingers[0]) : null;
  }

  push(report: Uint8Array): TouchReport {
    const split = splitReport(this.descriptor, report);
    const layout = split && this.layouts.get(split.reportId);
    if (!split || !layout) return none;
    const { payload } = split;
    const count = layout.contactCount ? readValue(payload, layout.contactCount) : 0;
    if (count === null || count < 0 || count > fingerLimit) return this.refuse();
    if (count > 0) this.counts = true;
    if (!this.counts) return this.standAlone(layout, payload);
    if (count > 0) this.begin(count);
    else if (this.expected === 0) return this.orphan(layout, payload);
    return this.goOn(layout, payload);
  }

  /** A frame that never became whole is lost; the new one says all there is to say. */
  private begin(count: number): void {
    this.expected = count;
    this.frame = [];
  }

  private goOn(layout: TouchLayout, payload: Uint8Array): TouchReport {
    const fingers = fingersOf(layout, payload, this.expected - this.frame.length);
    if (!fingers) return this.refuse();
    this.frame.push(...fingers);
    if (this.frame.length < this.expected) return none;
    // All fingers are in a counted frame: who is missing was lifted.
    this.down = new Map(this.frame.filter(({ isDown }) => isDown).map((finger) => [finger.contactId, contactOf(finger)]));
    this.expected = 0;
    return { kind: 'frame', contacts: [...this.down.values()] };
  }

  /** No finger at all, or the rest of a frame whose beginning was lost. */
  private orphan(layout: TouchLayout, payload: Uint8Array): TouchReport {
    const fingers = fingersOf(layout, payload, layout.fingers.length);
    if (!fingers) return this.refuse();
    if (fingers.some(({ isDown }) => isDown)) return none;
    this.down.clear();
    return { kind: 'frame', contacts: [] };
  }

  private standAlone(layout: TouchLayout, payload: Uint8Array): TouchReport {
    const fingers = fingersOf(layout, payload, layout.fingers.length);
    if (!fingers) return this.refuse();
    // Unused places are zero, id included: who is down in another place stays.
    for (const { isDown, contactId } of fingers) if (!isDown) this.down.delete(contactId);
    for (const finger of fingers) if (finger.isDown && this.down.size < fingerLimit) this.down.set(finger.contactId, contactOf(finger));
    return { kind: 'frame', contacts: [...this.down.values()] };
  }

  private refuse(): TouchReport {
    this.expected = 0;
    this.frame = [];
    return malformed;
  }
}

/** Null where an axis has no length. */
function rangeOf({ x, y }: FingerPlaces): TouchRange | null {
  const range = { minX: x.logicalMin, maxX: x.logicalMax, minY: y.logicalMin, maxY: y.logicalMax };
  return range.minX < range.maxX && range.minY < range.maxY ? range : null;
}

const contactOf = ({ contactId, x, y }: Finger): Contact => ({ contactId, x, y });

/** Up to `limit` fingers of one report; null where the report is too short for them or a finger is beyond the panel. */
function fingersOf({ fingers }: TouchLayout, payload: Uint8Array, limit: number): Finger[] | null {
  const read: Finger[] = [];
  for (const [index, places] of fingers.slice(0, limit).entries()) {
    const finger = fingerAt(places, payload, index);
    if (!finger) return null;
    read.push(finger);
  }
  return read;
}

function fingerAt({ tip, x, y, contactId, confidence }: FingerPlaces, payload: Uint8Array, index: number): Finger | null {
  const [tipValue, xValue, yValue] = [readValue(payload, tip), readValue(payload, x), readValue(payload, y)];
  const id = contactId ? readValue(payload, contactId) : index;
  const isSure = confidence ? readValue(payload, confidence) : 1;
  if (tipValue === null || xValue === null || yValue === null || id === null || isSure === null) return null;
  const isDown = tipValue !== 0 && isSure !== 0;
  if (isDown && !(isWithin(xValue, x) && isWithin(yValue, y))) return null;
  return { contactId: id, x: xValue, y: yValue, isDown };
}

const isWithin = (value: number, { logicalMin, logicalMax }: Place) => value >= logicalMin && value <= logicalMax;
