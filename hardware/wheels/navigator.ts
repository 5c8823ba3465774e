import { distanceMm, type Point } from './geometry.ts';
import { wrapAngle } from './odometry.ts';
import type { Pose } from './wheels.ts';

export interface WheelSpeeds {
  leftMmS: number;
  rightMmS: number;
}

export interface NavigatorLimits {
  trackWidthMm: number;
  /** No wheel is asked for more. */
  speedCapMmS: number;
  /** Braking the speed profile near a goal is laid out for; half of it is used, so that the firmware's ramp can follow. */
  decelerationMmS2: number;
}

/** What the controller wants now: wheel speeds, or nothing more to do. */
export type Steering = { arrived: false; speeds: WheelSpeeds } | { arrived: true };

export const toleranceMm = 60;
export const toleranceRad = (4 * Math.PI) / 180;

/** A way point on the way to somewhere else is passed at this distance; the corner cut by it stays below the radius' reserve. */
const passMm = 60;
/** Off course by more, the robot stops and turns on the spot; then it turns until nearly straight (hysteresis). */
const turnFromRad = 0.6;
const turnUntilRad = 0.06;
/** Aimed inside the published tolerances, because the last telemetry is up to 50 ms old. */
const aimMm = toleranceMm / 2;
const aimRad = toleranceRad / 3;
/** Slowest asked for: below it the motors' friction wins. */
const creepMmS = 40;
/** Turning speed on the spot; 1 rad/s passes 0.2 m/s at the rim of a 400 mm robot, walking speed for bystanders. */
const spinCapRadS = 1;
/** Proportional gains, 1/s; settled in the closed-loop tests with 50 ms telemetry. */
const spinGain = 2;
const courseGain = 1.5;

type Phase = 'turn' | 'drive' | 'align';

/** Drives along way points and ends with a heading. Pure: poses in, wheel speeds out. */
export class Navigator {
  private phase: Phase = 'turn';
  private readonly ahead: Point[];
  private readonly finalHeadingRad: number;
  private readonly limits: NavigatorLimits;

  constructor(route: readonly Point[], finalHeadingRad: number, limits: NavigatorLimits) {
    this.ahead = [...route];
    this.finalHeadingRad = finalHeadingRad;
    this.limits = limits;
  }

  step(pose: Pose): Steering {
    this.dropReached(pose);
    const target = this.ahead[0];
    if (target === undefined) return this.align(pose);
    const courseErrorRad = wrapAngle(Math.atan2(target.yMm - pose.yMm, target.xMm - pose.xMm) - pose.headingRad);
    if (this.phase === 'drive' && Math.abs(courseErrorRad) > turnFromRad) this.phase = 'turn';
    if (this.phase === 'turn' && Math.abs(courseErrorRad) < turnUntilRad) this.phase = 'drive';
    if (this.phase === 'turn') return { arrived: false, speeds: this.spin(courseErrorRad) };
    return { arrived: false, speeds: this.drive(distanceMm(pose, target), courseErrorRad) };
  }

  private dropReached(pose: Pose): void {
    for (let target = this.ahead[0]; target !== undefined; target = this.ahead[0]) {
      const reachMm = this.ahead.length === 1 ? aimMm : passMm;
      if (distanceMm(pose, target) > reachMm) return;
      this.ahead.shift();
      this.phase = this.ahead.length === 0 ? 'align' : 'turn';
    }
  }

  private align(pose: Pose): Steering {
    const errorRad = wrapAngle(this.finalHeadingRad - pose.headingRad);
    return Math.abs(errorRad) <= aimRad ? { arrived: true } : { arrived: false, speeds: this.spin(errorRad) };
  }

  private spin(errorRad: number): WheelSpeeds {
    const rimMmS = (Math.min(spinCapRadS, Math.abs(errorRad) * spinGain) * this.limits.trackWidthMm) / 2;
    const wheelMmS = Math.sign(errorRad) * clamp(rimMmS, creepMmS, this.limits.speedCapMmS);
    return rounded(-wheelMmS, wheelMmS);
  }

  private drive(leftToGoMm: number, courseErrorRad: number): WheelSpeeds {
    const brakingMmS = Math.sqrt(this.limits.decelerationMmS2 * Math.max(0, leftToGoMm - aimMm));
    const headOnShare = Math.max(0.2, Math.cos(courseErrorRad));
    const forwardMmS = clamp(brakingMmS * headOnShare, creepMmS, this.limits.speedCapMmS);
    const differenceMmS = (courseErrorRad * courseGain * this.limits.trackWidthMm) / 2;
    // Straightening has priority over speed: the faster wheel sits at the cap, both slow down together.
    const roomMmS = Math.max(0, this.limits.speedCapMmS - Math.abs(differenceMmS));
    const commonMmS = Math.min(forwardMmS, roomMmS);
    return rounded(commonMmS - differenceMmS, commonMmS + differenceMmS);
  }
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));
const rounded = (leftMmS: number, rightMmS: number): WheelSpeeds => ({ leftMmS: Math.round(leftMmS), rightMmS: Math.round(rightMmS) });
