import type { DeviceStatus } from '../../src/core/device.ts';
import type { Signal } from '../../src/core/signal.ts';
import type { LightMood } from '../lights/moods.ts';

/** Capability of a servo that shows the robot's mood. It moves nothing that could hurt: no force is watched here. */
export interface Servo {
  readonly name: string;
  readonly status: DeviceStatus;
  readonly changed: Signal<void>;
  /** Where it was sent, degrees; null while it is not driven. */
  readonly degrees: number | null;
  /** Goes to the mood's place, or to rest where the configuration has none. Kept for a board that is away. */
  show(mood: LightMood): void;
}
