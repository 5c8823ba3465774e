import type { Pose } from './wheels.ts';

/** What odometry needs to know of the drive; the robot file's calibration fits. */
export interface DriveGeometry {
  pulsesPerMetreLeft: number;
  pulsesPerMetreRight: number;
  /** Distance between the wheels' contact points, mm. */
  trackWidthMm: number;
}

/** Encoder counts as the board reports them; signed, since the board's boot. */
export interface EncoderReading {
  uptimeMs: number;
  leftPulses: number;
  rightPulses: number;
}

/** An angle in (-pi, pi]. */
export function wrapAngle(angleRad: number): number {
  const turns = Math.round(angleRad / (2 * Math.PI));
  const wrapped = angleRad - turns * 2 * Math.PI;
  return wrapped <= -Math.PI ? wrapped + 2 * Math.PI : wrapped;
}

/** The pose after each wheel has rolled this far, mm; exact to second order in the turn (midpoint heading). */
export function advancePose(pose: Pose, leftMm: number, rightMm: number, trackWidthMm: number): Pose {
  const travelMm = (rightMm + leftMm) / 2;
  const turnRad = (rightMm - leftMm) / trackWidthMm;
  const midHeadingRad = pose.headingRad + turnRad / 2;
  return {
    xMm: pose.xMm + travelMm * Math.cos(midHeadingRad),
    yMm: pose.yMm + travelMm * Math.sin(midHeadingRad),
    headingRad: wrapAngle(pose.headingRad + turnRad),
  };
}

/** Dead reckoning from encoder counts. The first reading, and the first after a reset of the board, only sets the origin of the counts. */
export class Odometry {
  private last: EncoderReading | null = null;
  private current: Pose;
  private readonly geometry: DriveGeometry;

  constructor(geometry: DriveGeometry, start: Pose) {
    this.geometry = geometry;
    this.current = { ...start, headingRad: wrapAngle(start.headingRad) };
  }

  get pose(): Pose {
    return this.current;
  }

  /** Takes in one reading and returns the new pose. */
  update(reading: EncoderReading): Pose {
    const before = this.last;
    this.last = reading;
    // A board that was reset counts its time and its pulses from zero again.
    if (before === null || reading.uptimeMs < before.uptimeMs) return this.current;
    const leftMm = ((reading.leftPulses - before.leftPulses) * 1000) / this.geometry.pulsesPerMetreLeft;
    const rightMm = ((reading.rightPulses - before.rightPulses) * 1000) / this.geometry.pulsesPerMetreRight;
    this.current = advancePose(this.current, leftMm, rightMm, this.geometry.trackWidthMm);
    return this.current;
  }
}
