import type { Signal } from '../../src/core/signal.ts';

/** Position of the robot in the lobby frame: x, y in mm, heading in rad counter-clockwise from +x. */
export interface Pose {
  xMm: number;
  yMm: number;
  headingRad: number;
}

/** Capability of a drive that can go to places. */
export interface Wheels {
  /**
   * Drives to the named place. Waits through protective stops; backs away first from what a bumper has hit, once a person has
   * released the robot. Rejects with `WHEELS_BLOCKED` after the configured patience or when a bumper stays pressed, `SAFETY_STOP` on a latched stop, `BOARD_NOT_CONNECTED`, or `CANCELLED` after {@link stop}.
   */
  driveTo(place: string): Promise<void>;
  stop(): void;
  readonly pose: Pose;
  readonly moving: boolean;
  readonly poseChanged: Signal<Pose>;
}
