import type { DeviceStatus } from '../../../src/core/device.ts';
import type { Signal } from '../../../src/core/signal.ts';

/** People through the door since the counter was switched on, 0-999999; then both begin at 0 again. */
export interface PeopleCount {
  entered: number;
  left: number;
}

/** Capability of a counter over the entrance. It sees heads, not faces: no count says who. */
export interface PeopleCounter {
  readonly status: DeviceStatus;
  readonly statusChanged: Signal<DeviceStatus>;
  /** Null until the counter has told, and while it is away. */
  readonly count: PeopleCount | null;
  readonly countChanged: Signal<PeopleCount>;
  close(): Promise<void>;
}
