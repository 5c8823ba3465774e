import type { Signal } from '../../src/core/signal.ts';

/** A HID device as its firmware sees itself, whatever carries it: a bus in memory, or the kernel's /dev/uhid. */
export interface HidModel {
  readonly product: string;
  readonly vendorId: number;
  readonly productId: number;
  readonly descriptor: Uint8Array;
  /** Top-level collections, as the descriptor has them. */
  readonly collections: readonly { usagePage: number; usage: number }[];
  /** Input reports, with their id where numbered. */
  readonly reported: Signal<Uint8Array>;
  /** A feature report with its id first; null: it has none with this id. */
  getFeature(reportId: number): Uint8Array | null;
  /** Takes a feature report with its id first; false: it knows none with this id. */
  setFeature(report: Uint8Array): boolean;
}
