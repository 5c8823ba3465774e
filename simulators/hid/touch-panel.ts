import { Signal } from '../../src/core/signal.ts';
import type { HidModel } from './hid-model.ts';

const bytesOf = (hex: string) => [...Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')];

/** Tip, seven bits of padding, contact id (8 bits), X and Y (16 bits, 0-4095): six bytes. */
const finger = bytesOf(`
  05 0d 09 22 a1 02 09 42 15 00 25 01 75 01 95 01 81 02 95 07 81 03 09 51 26 ff 00 75 08 95 01 81 02
  05 01 26 ff 0f 46 ff 0f 55 0e 65 11 75 10 95 01 09 30 81 02 09 31 81 02 c0`);
const touchscreenHead = bytesOf('05 0d 09 04 a1 01 85 01');
/** Scan time (16 bits) and contact count (8 bits), then the feature report with the largest count. */
const multiTail = bytesOf(`
  05 0d 55 0c 66 01 10 47 ff ff 00 00 27 ff ff 00 00 75 10 95 01 09 56 81 02 09 54 25 7f 75 08 95 01 81 02
  85 02 09 55 25 0a 75 08 95 01 b1 02 c0`);
/** No report id; tip, in range, six bits of padding, X and Y of 12 bits each, packed: four bytes. Signed range -1000 to 1000. */
const single = bytesOf(`
  05 0d 09 04 a1 01 09 22 a1 00 15 00 25 01 75 01 95 01 09 42 81 02 09 32 81 02 95 06 81 03
  a4 05 01 16 18 fc 26 e8 03 75 0c 95 01 09 30 81 02 09 31 81 02 b4 c0 c0`);

const forms = {
  /** One finger, as old resistive panels have it. */
  single: { fingers: 1, trailing: 0, descriptor: single },
  /** Five fingers a report. */
  multi: { fingers: 5, trailing: 0, descriptor: [...touchscreenHead, ...finger, ...finger, ...finger, ...finger, ...finger, ...multiTail] },
  /** Two fingers a report; more take several reports, the count in the first only. */
  hybrid: { fingers: 2, trailing: 0, descriptor: [...touchscreenHead, ...finger, ...finger, ...multiTail] },
  /** As hybrid, but each report is longer than the descriptor says. */
  overlong: { fingers: 2, trailing: 9, descriptor: [...touchscreenHead, ...finger, ...finger, ...multiTail] },
} as const;
export type TouchPanelForm = keyof typeof forms;

/** A finger on the glass, from 0 to 1 on each axis. */
export interface SimulatedFinger {
  contactId: number;
  x: number;
  y: number;
}

const largestCount = 10;

/** A touch panel: fingers come, move and go. */
export class TouchPanelSimulator implements HidModel {
  readonly product: string = 'Simulated touch panel';
  readonly vendorId = 0x222a;
  readonly productId: number = 0x0001;
  readonly descriptor: Uint8Array;
  readonly collections: HidModel['collections'] = [{ usagePage: 0x0d, usage: 0x04 }];
  readonly reported = new Signal<Uint8Array>();
  /** A part of the glass that does not answer. */
  dead: { left: number; right: number; top: number; bottom: number } | null = null;
  private readonly form: (typeof forms)[TouchPanelForm];
  private readonly isSingle: boolean;
  private known: SimulatedFinger[] = [];
  private scanTime = 0;

  constructor(form: TouchPanelForm) {
    this.form = forms[form];
    this.isSingle = form === 'single';
    this.descriptor = Uint8Array.from(this.form.descriptor);
  }

  /** From now on these fingers touch the glass and no others. */
  touch(fingers: readonly SimulatedFinger[]): void {
    const felt = fingers.filter((one) => !this.isDead(one));
    const lifted = this.known.filter(({ contactId }) => !felt.some((one) => one.contactId === contactId));
    this.known = felt;
    if (felt.length + lifted.length === 0) return;
    for (const report of this.isSingle ? [this.singleReport(felt[0] ?? null)] : this.frame(felt, lifted)) this.reported.emit(report);
  }

  lift(): void {
    this.touch([]);
  }

  getFeature(reportId: number): Uint8Array | null {
    return !this.isSingle && reportId === 2 ? Uint8Array.of(2, largestCount) : null;
  }

  setFeature(report: Uint8Array): boolean {
    return !this.isSingle && report[0] === 2;
  }

  private isDead({ x, y }: SimulatedFinger): boolean {
    const { dead } = this;
    return dead !== null && x >= dead.left && x < dead.right && y >= dead.top && y < dead.bottom;
  }

  private frame(down: readonly SimulatedFinger[], lifted: readonly SimulatedFinger[]): Uint8Array[] {
    const all = [...down.map((one) => ({ ...one, tip: 1 })), ...lifted.map((one) => ({ ...one, tip: 0 }))];
    const { fingers, trailing } = this.form;
    const reports: Uint8Array[] = [];
    this.scanTime = (this.scanTime + 100) & 0xffff;
    for (let at = 0; at < all.length; at += fingers) {
      const report = Buffer.alloc(1 + 6 * fingers + 3 + trailing, 0);
      report[0] = 1;
      for (const [index, { tip, contactId, x, y }] of all.slice(at, at + fingers).entries()) {
        const from = 1 + 6 * index;
        report[from] = tip;
        report[from + 1] = contactId;
        report.writeUInt16LE(Math.round(x * 4095), from + 2);
        report.writeUInt16LE(Math.round(y * 4095), from + 4);
      }
      report.writeUInt16LE(this.scanTime, 1 + 6 * fingers);
      report[3 + 6 * fingers] = at === 0 ? all.length : 0;
      report.fill(0xee, 4 + 6 * fingers);
      reports.push(report);
    }
    return reports;
  }

  private singleReport(one: SimulatedFinger | null): Uint8Array {
    const logical = (share: number) => Math.round(-1000 + share * 2000) & 0xfff;
    const [x, y] = one ? [logical(one.x), logical(one.y)] : [0, 0];
    return Uint8Array.of(one ? 3 : 0, x & 0xff, (x >> 8) | ((y & 0xf) << 4), y >> 4);
  }
}
