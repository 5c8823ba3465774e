import { cornersOf, edgesOf, type Point, type Segment } from '../../hardware/wheels/geometry.ts';
import type { FloorPlan } from '../../hardware/wheels/route.ts';
import type { Pose } from '../../hardware/wheels/wheels.ts';
import type { Clock } from '../core/clock.ts';

/** Nearer than the distance for `appearMs` is somebody; farther than it plus the margin (or nothing) for `leaveMs` is nobody. */
const leaveMarginMm = 400;
const appearMs = 500;
const leaveMs = 1500;
/** The front sensors' place before the robot's middle (pin map: range front). */
const sensorAheadMm = 200;
/** Odometry and the sensors together are no better than this. */
const mapToleranceMm = 350;
/** Where the two front beams look, and a margin for the heading's error. */
const beamAnglesRad = [-0.16, -0.07, 0, 0.07, 0.16];

/** Distance along the ray from `from` to `wall`, mm; null where it misses. */
function rayToSegmentMm(from: Point, angleRad: number, { from: a, to: b }: Segment): number | null {
  const [dx, dy] = [Math.cos(angleRad), Math.sin(angleRad)];
  const [ex, ey] = [b.xMm - a.xMm, b.yMm - a.yMm];
  const cross = dx * ey - dy * ex;
  if (Math.abs(cross) < 1e-9) return null;
  const [ox, oy] = [a.xMm - from.xMm, a.yMm - from.yMm];
  const distanceMm = (ox * ey - oy * ex) / cross;
  const share = (ox * dy - oy * dx) / cross;
  return distanceMm >= 0 && share >= 0 && share <= 1 ? distanceMm : null;
}

/** Tells what the front sensors would see from a pose in the empty lobby, mm; Infinity for nothing. */
export function furnitureRange(plan: FloorPlan): (pose: Pose) => number {
  const walls = [...edgesOf(plan.outline), ...plan.obstacles.flatMap((obstacle) => edgesOf(cornersOf(obstacle)))];
  return ({ xMm, yMm, headingRad }) => {
    const sensor = { xMm: xMm + sensorAheadMm * Math.cos(headingRad), yMm: yMm + sensorAheadMm * Math.sin(headingRad) };
    const hits = beamAnglesRad.flatMap((angle) => walls.map((wall) => rayToSegmentMm(sensor, headingRad + angle, wall)));
    return Math.min(...hits.filter((hit) => hit !== null));
  };
}

/**
 * Tells from the front range sensors whether somebody stands before the robot. What the lobby's plan explains is furniture. Needs a
 * while in both directions, so that a passer-by is not greeted and a visitor who steps aside is not dropped.
 */
export class PresenceDetector {
  private near = false;
  private sinceMs: number | null = null;
  private readonly clock: Clock;
  private readonly distanceMm: number;

  constructor(clock: Clock, distanceMm: number) {
    this.clock = clock;
    this.distanceMm = distanceMm;
  }

  /** Feeds the nearest front range (null: nothing seen) and the furniture's, mm. Returns the change it makes, if any. */
  update(rangeMm: number | null, furnitureMm: number): 'near' | 'left' | null {
    const boundMm = Math.min(this.near ? this.distanceMm + leaveMarginMm : this.distanceMm, furnitureMm - mapToleranceMm);
    const seen = rangeMm !== null && rangeMm < boundMm;
    if (seen === this.near) {
      this.sinceMs = null;
      return null;
    }
    const nowMs = this.clock.monotonicMs();
    this.sinceMs ??= nowMs;
    if (nowMs - this.sinceMs < (seen ? appearMs : leaveMs)) return null;
    this.near = seen;
    this.sinceMs = null;
    return seen ? 'near' : 'left';
  }
}
