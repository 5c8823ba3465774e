import type { DeviceStatus } from '../../src/core/device.ts';
import type { Signal } from '../../src/core/signal.ts';

/** Capability of a code scanner: whole codes, UTF-8, NFC-normalised. The text may be personal: never log it. */
export interface QrScanner {
  readonly scanned: Signal<string>;
  readonly status: DeviceStatus;
  readonly statusChanged: Signal<DeviceStatus>;
  close(): Promise<void>;
}
