/** Plane geometry of the lobby. Lengths in mm, angles in rad counter-clockwise from +x. */
export interface Point {
  xMm: number;
  yMm: number;
}

export interface Segment {
  from: Point;
  to: Point;
}

export interface Circle extends Point {
  radiusMm: number;
}

export const toRadians = (degrees: number): number => (degrees * Math.PI) / 180;
export const toDegrees = (radians: number): number => (radians * 180) / Math.PI;

export function distanceMm(a: Point, b: Point): number {
  return Math.hypot(b.xMm - a.xMm, b.yMm - a.yMm);
}

/** The angle of `to` seen from `from`. */
export function bearingRad(from: Point, to: Point): number {
  return Math.atan2(to.yMm - from.yMm, to.xMm - from.xMm);
}

/** The same angle within (-pi, pi]. */
export function wrapRad(angle: number): number {
  return Math.atan2(Math.sin(angle), Math.cos(angle));
}

export function along(from: Point, angleRad: number, lengthMm: number): Point {
  return { xMm: from.xMm + lengthMm * Math.cos(angleRad), yMm: from.yMm + lengthMm * Math.sin(angleRad) };
}

/** Sides of a closed polygon. */
export function sidesOf(corners: readonly Point[]): Segment[] {
  return corners.flatMap((from, index) => {
    const to = corners[(index + 1) % corners.length];
    return to ? [{ from, to }] : [];
  });
}

/** How far along the ray the segment is met; null = missed. */
export function rayToSegmentMm(origin: Point, angleRad: number, segment: Segment): number | null {
  const directionX = Math.cos(angleRad);
  const directionY = Math.sin(angleRad);
  const sideX = segment.to.xMm - segment.from.xMm;
  const sideY = segment.to.yMm - segment.from.yMm;
  const cross = directionX * sideY - directionY * sideX;
  if (Math.abs(cross) < 1e-9) return null;
  const offsetX = segment.from.xMm - origin.xMm;
  const offsetY = segment.from.yMm - origin.yMm;
  const rayMm = (offsetX * sideY - offsetY * sideX) / cross;
  const share = (offsetX * directionY - offsetY * directionX) / cross;
  return rayMm >= 0 && share >= 0 && share <= 1 ? rayMm : null;
}

/** How far along the ray the circle begins; 0 from inside it; null = missed. */
export function rayToCircleMm(origin: Point, angleRad: number, circle: Circle): number | null {
  const offsetX = circle.xMm - origin.xMm;
  const offsetY = circle.yMm - origin.yMm;
  const alongMm = offsetX * Math.cos(angleRad) + offsetY * Math.sin(angleRad);
  const squaredGap = offsetX ** 2 + offsetY ** 2 - circle.radiusMm ** 2;
  if (squaredGap <= 0) return 0;
  const squaredHalfChord = alongMm ** 2 - squaredGap;
  if (alongMm < 0 || squaredHalfChord < 0) return null;
  return alongMm - Math.sqrt(squaredHalfChord);
}

export function nearestOnSegment(point: Point, { from, to }: Segment): Point {
  const sideX = to.xMm - from.xMm;
  const sideY = to.yMm - from.yMm;
  const squaredLength = sideX ** 2 + sideY ** 2;
  if (squaredLength === 0) return from;
  const share = ((point.xMm - from.xMm) * sideX + (point.yMm - from.yMm) * sideY) / squaredLength;
  const kept = Math.min(1, Math.max(0, share));
  return { xMm: from.xMm + kept * sideX, yMm: from.yMm + kept * sideY };
}

/** Even-odd rule; a point on a side may count either way. */
export function insidePolygon(point: Point, corners: readonly Point[]): boolean {
  let inside = false;
  for (const { from, to } of sidesOf(corners)) {
    const straddles = from.yMm > point.yMm !== to.yMm > point.yMm;
    if (!straddles) continue;
    const crossingXMm = from.xMm + ((point.yMm - from.yMm) / (to.yMm - from.yMm)) * (to.xMm - from.xMm);
    if (point.xMm < crossingXMm) inside = !inside;
  }
  return inside;
}
