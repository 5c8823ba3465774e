import type { SiteConfig } from '../../config/schema.ts';
import {
  bearingRad,
  type Circle,
  distanceMm,
  insidePolygon,
  nearestOnSegment,
  type Point,
  rayToCircleMm,
  rayToSegmentMm,
  type Segment,
  sidesOf,
} from './geometry.ts';

/** Everything that does not move: walls, counters, pillars, benches. */
export class Room {
  private readonly outline: readonly Point[];
  private readonly blocks: readonly (readonly Point[])[];
  private readonly sides: readonly Segment[];

  constructor(site: SiteConfig) {
    this.outline = site.outline;
    this.blocks = site.obstacles.map(({ xMm, yMm, widthMm, heightMm }) => [
      { xMm, yMm },
      { xMm: xMm + widthMm, yMm },
      { xMm: xMm + widthMm, yMm: yMm + heightMm },
      { xMm, yMm: yMm + heightMm },
    ]);
    this.sides = [sidesOf(this.outline), ...this.blocks.map(sidesOf)].flat();
  }

  /** Distance along the ray to the first wall, and to the first of `circles`; null = nothing. */
  castMm(origin: Point, angleRad: number, circles: Iterable<Circle>): number | null {
    let nearestMm = Number.POSITIVE_INFINITY;
    for (const side of this.sides) nearestMm = Math.min(nearestMm, rayToSegmentMm(origin, angleRad, side) ?? nearestMm);
    for (const circle of circles) nearestMm = Math.min(nearestMm, rayToCircleMm(origin, angleRad, circle) ?? nearestMm);
    return Number.isFinite(nearestMm) ? nearestMm : null;
  }

  /** The wall point nearest to `point`, which lies in the free area. */
  nearestWall(point: Point): { distanceMm: number; bearingRad: number } {
    let best = { distanceMm: Number.POSITIVE_INFINITY, bearingRad: 0 };
    for (const side of this.sides) {
      const wall = nearestOnSegment(point, side);
      const gapMm = distanceMm(point, wall);
      if (gapMm < best.distanceMm) best = { distanceMm: gapMm, bearingRad: bearingRad(point, wall) };
    }
    return best;
  }

  /** Whether a disc fits there without touching a wall. */
  fits(circle: Circle): boolean {
    if (!insidePolygon(circle, this.outline)) return false;
    if (this.blocks.some((block) => insidePolygon(circle, block))) return false;
    return this.nearestWall(circle).distanceMm >= circle.radiusMm;
  }
}
