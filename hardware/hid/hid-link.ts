import type { ErrorInfo } from '../../src/core/errors.ts';
import type { Signal } from '../../src/core/signal.ts';
import type { ReportDescriptor } from './report-descriptor.ts';

/** Who answered, as the bus names it. */
export interface HidIdentity {
  vendorId: number;
  productId: number;
  /** Empty where the device has none. */
  product: string;
  descriptor: ReportDescriptor;
}

/** One HID device that may come and go with its cable. */
export interface HidLink {
  /** Null while it is away. */
  readonly identity: HidIdentity | null;
  /** Why it is away: not found, `HID_PERMISSION`, a descriptor that makes no sense; null while it is there. */
  readonly trouble: ErrorInfo | null;
  /** Fires on every (re)opening. */
  readonly opened: Signal<HidIdentity>;
  /** Fires when an open device is lost, and when what keeps it from being opened changes. */
  readonly closed: Signal<ErrorInfo>;
  /** Input reports, with their id where the device numbers them. */
  readonly received: Signal<Uint8Array>;
  /** A feature report with its id first (0 where unnumbered). Rejects when the device is away or refuses, with `REQUEST_TIMEOUT` when silent. */
  sendFeature(report: Uint8Array): Promise<void>;
  /** Up to `lengthBytes` bytes of payload, without the id. Rejects like {@link sendFeature}. */
  getFeature(reportId: number, lengthBytes: number): Promise<Uint8Array>;
  /** Drops the device and opens it anew; fires `closed`. */
  reopen(reason: string): void;
  close(): Promise<void>;
}
