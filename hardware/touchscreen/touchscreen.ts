import type { DeviceStatus } from '../../src/core/device.ts';
import type { Signal } from '../../src/core/signal.ts';

/** One finger; x and y as parts of the screen, 0-1 from the top left corner. */
export interface TouchContact {
  contactId: number;
  x: number;
  y: number;
  touching: boolean;
}

/** Capability of a touch digitizer for calibration and diagnosis; pointing itself stays with the browser. No driver yet. */
export interface Touchscreen {
  readonly touched: Signal<TouchContact[]>;
  readonly status: DeviceStatus;
  readonly statusChanged: Signal<DeviceStatus>;
  close(): Promise<void>;
}
