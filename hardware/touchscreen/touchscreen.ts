import type { DeviceStatus } from '../../src/core/device.ts';
import type { Signal } from '../../src/core/signal.ts';

/** One finger, in the panel's own logical units. */
export interface Contact {
  contactId: number;
  x: number;
  y: number;
}

/** Logical range of both axes, as the report descriptor says. */
export interface TouchRange {
  minX: number;
  maxX: number;
  minY: number;
  maxY: number;
}

/** What a panel does wrong. `ghostTouch`: touches where no finger is; `deadZone`: a strip that never answers. */
export type TouchSuspicion = { kind: 'ghostTouch' | 'deadZone'; x: number; y: number };

/**
 * Capability of a touch panel as letan uses it: calibration, diagnosis and presence. Pointing itself is left to the browser, which
 * gets it from the kernel.
 */
export interface Touchscreen {
  readonly status: DeviceStatus;
  readonly statusChanged: Signal<DeviceStatus>;
  /** Null until the panel is there. */
  readonly range: TouchRange | null;
  /** All fingers down at once, after each report; empty when the last is lifted. */
  readonly touched: Signal<Contact[]>;
  /** Somebody began or ceased to touch; ceased after 10 s without any. */
  readonly presenceChanged: Signal<boolean>;
  readonly suspected: Signal<TouchSuspicion>;
  close(): Promise<void>;
}
