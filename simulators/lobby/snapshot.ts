import type { Point } from './geometry.ts';
import type { SensorName } from './sensors.ts';

export interface PersonView extends Point {
  id: string;
  walkingTo: Point | null;
}

/** One range sensor as last measured: where its beam starts, where it looks, and what it met. */
export interface RayView extends Point {
  sensor: SensorName;
  angleRad: number;
  /** Half the beam's opening. */
  halfAngleRad: number;
  /** Measuring range. */
  rangeMm: number;
  /** True distance without noise; null = nothing within range. */
  distanceMm: number | null;
  silent: boolean;
}

/** The whole simulated lobby at one moment; plain JSON. */
export interface LobbySnapshot {
  /** Emulated cycles (16 MHz) and the same in ms. */
  cycles: number;
  timeMs: number;
  /** The true pose, which the robot itself does not know. */
  robot: Point & { headingRad: number; leftMmS: number; rightMmS: number };
  rays: RayView[];
  people: PersonView[];
  switches: {
    eStopPressed: boolean;
    bumperLeftHit: boolean;
    bumperRightHit: boolean;
    releasePressed: boolean;
    hatchOpen: boolean;
    atEdge: boolean;
    motorFault: boolean;
    motorEnabled: boolean;
  };
  water: {
    tankMl: number;
    pouredMl: number;
    spilledMl: number;
    /** In the cup under the spout, since it was put there. */
    cupMl: number;
    flowMlS: number;
    valveOpen: boolean;
    cupPresent: boolean;
    leak: boolean;
  };
  snack: { stock: number; dropped: number; turning: boolean };
  batteryVolts: number;
  /** What a technician's tape and protractor tell. */
  tape: {
    /** True pose in the frame of the mark where the robot was last put down: x ahead of it, y to its left. */
    fromMark: Point & { headingDeg: number };
    /** From the foremost point of the shell straight ahead to whatever stands there; null = nothing. */
    aheadMm: number | null;
  };
}
