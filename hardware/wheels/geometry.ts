/** A point of the lobby plan, mm. */
export interface Point {
  xMm: number;
  yMm: number;
}

export interface Segment {
  from: Point;
  to: Point;
}

/** Axis-parallel rectangle by its south-west corner, mm. */
export interface Rectangle extends Point {
  widthMm: number;
  heightMm: number;
}

export const distanceMm = (a: Point, b: Point): number => Math.hypot(b.xMm - a.xMm, b.yMm - a.yMm);

/** Twice the signed area of the triangle; positive when a, b, c turn counter-clockwise. */
const turn = (a: Point, b: Point, c: Point): number => (b.xMm - a.xMm) * (c.yMm - a.yMm) - (b.yMm - a.yMm) * (c.xMm - a.xMm);

export function pointToSegmentMm(point: Point, { from, to }: Segment): number {
  const dx = to.xMm - from.xMm;
  const dy = to.yMm - from.yMm;
  const lengthSquared = dx * dx + dy * dy;
  if (lengthSquared === 0) return distanceMm(point, from);
  const along = ((point.xMm - from.xMm) * dx + (point.yMm - from.yMm) * dy) / lengthSquared;
  const t = Math.min(1, Math.max(0, along));
  return distanceMm(point, { xMm: from.xMm + t * dx, yMm: from.yMm + t * dy });
}

function cross(a: Segment, b: Segment): boolean {
  return (
    turn(a.from, a.to, b.from) * turn(a.from, a.to, b.to) < 0 && //
    turn(b.from, b.to, a.from) * turn(b.from, b.to, a.to) < 0
  );
}

/** Shortest distance between two segments; 0 when they cross. */
export function segmentToSegmentMm(a: Segment, b: Segment): number {
  if (cross(a, b)) return 0;
  return Math.min(pointToSegmentMm(a.from, b), pointToSegmentMm(a.to, b), pointToSegmentMm(b.from, a), pointToSegmentMm(b.to, a));
}

/** Even-odd rule; a point on the edge may fall on either side. */
export function insidePolygon(point: Point, polygon: readonly Point[]): boolean {
  let inside = false;
  for (const { from, to } of edgesOf(polygon)) {
    const straddles = from.yMm > point.yMm !== to.yMm > point.yMm;
    if (!straddles) continue;
    const crossingXMm = from.xMm + ((point.yMm - from.yMm) * (to.xMm - from.xMm)) / (to.yMm - from.yMm);
    if (point.xMm < crossingXMm) inside = !inside;
  }
  return inside;
}

/** Closing edge included. */
export function edgesOf(polygon: readonly Point[]): Segment[] {
  return polygon.flatMap((from, index) => {
    const to = polygon[(index + 1) % polygon.length];
    return to === undefined ? [] : [{ from, to }];
  });
}

/** Counter-clockwise from the south-west corner, grown by `marginMm` on every side. */
export function cornersOf({ xMm, yMm, widthMm, heightMm }: Rectangle, marginMm = 0): Point[] {
  const west = xMm - marginMm;
  const south = yMm - marginMm;
  const east = xMm + widthMm + marginMm;
  const north = yMm + heightMm + marginMm;
  return [
    { xMm: west, yMm: south },
    { xMm: east, yMm: south },
    { xMm: east, yMm: north },
    { xMm: west, yMm: north },
  ];
}
