import {
  cornersOf,
  distanceMm,
  edgesOf,
  insidePolygon,
  type Point,
  pointToSegmentMm,
  type Rectangle,
  type Segment,
  segmentToSegmentMm,
} from './geometry.ts';

/** The lobby as the route planner sees it; the site file fits. Outline counter-clockwise. */
export interface FloorPlan {
  outline: readonly Point[];
  obstacles: readonly Rectangle[];
}

/** Corner points stand this much further off than the robot's radius, so that a way along them keeps its clearance. */
const cornerSlackMm = 40;

/**
 * Shortest way from `from` to `to` that keeps the robot's radius from walls and obstacles: the points to drive through,
 * `to` included and `from` not. Null when there is none. A start or goal that already stands too close is left or
 * reached with the clearance it has. Visibility graph over the inflated corners, searched by Dijkstra.
 */
export function findRoute(plan: FloorPlan, from: Point, to: Point, radiusMm: number): Point[] | null {
  const solids = solidsOf(plan);
  const nodes = [from, to, ...turningPoints(plan, radiusMm)];
  const needMm = nodes.map((node, index) => {
    const clearanceMm = clearanceAt(plan, solids, node);
    return index < 2 ? Math.min(radiusMm, Math.max(0, clearanceMm - 1)) : clearanceMm >= radiusMm ? radiusMm : null;
  });
  if (!insidePolygon(from, plan.outline) || !insidePolygon(to, plan.outline)) return null;
  const passable = (a: number, b: number): number | null => {
    const [start, end, needA, needB] = [nodes[a], nodes[b], needMm[a], needMm[b]];
    if (!start || !end || typeof needA !== 'number' || typeof needB !== 'number') return null;
    const segment = { from: start, to: end };
    const free = solids.every((solid) => segmentToSegmentMm(segment, solid) >= Math.min(needA, needB));
    return free && !throughSolid(plan, segment) ? distanceMm(start, end) : null;
  };
  const indices = shortestPath(nodes.length, passable);
  return indices?.flatMap((index) => nodes[index] ?? []) ?? null;
}

function solidsOf(plan: FloorPlan): Segment[] {
  return [...edgesOf(plan.outline), ...plan.obstacles.flatMap((obstacle) => edgesOf(cornersOf(obstacle)))];
}

function clearanceAt(plan: FloorPlan, solids: readonly Segment[], point: Point): number {
  if (!insidePolygon(point, plan.outline)) return 0;
  if (plan.obstacles.some((obstacle) => insidePolygon(point, cornersOf(obstacle)))) return 0;
  return Math.min(...solids.map((solid) => pointToSegmentMm(point, solid)));
}

/** A segment that touches no edge still lies in an obstacle when both ends do. */
function throughSolid(plan: FloorPlan, { from, to }: Segment): boolean {
  const middle = { xMm: (from.xMm + to.xMm) / 2, yMm: (from.yMm + to.yMm) / 2 };
  return plan.obstacles.some((obstacle) => insidePolygon(middle, cornersOf(obstacle)));
}

/** Corners of the inflated obstacles, and the points off the outline's corners; those without clearance drop out later. */
function turningPoints(plan: FloorPlan, radiusMm: number): Point[] {
  const offMm = radiusMm + cornerSlackMm;
  const aroundWallCorners = plan.outline.flatMap((corner) => cornersOf({ ...corner, widthMm: 0, heightMm: 0 }, offMm));
  return [...plan.obstacles.flatMap((obstacle) => cornersOf(obstacle, offMm)), ...aroundWallCorners];
}

/** Dijkstra from node 0 to node 1 over a dense graph; the nodes after the start, or null. */
function shortestPath(count: number, lengthOf: (a: number, b: number) => number | null): number[] | null {
  const best = new Map<number, { lengthMm: number; via: number }>([[0, { lengthMm: 0, via: 0 }]]);
  const open = new Set([0]);
  const done = new Set<number>();
  while (open.size > 0) {
    const node = [...open].reduce((a, b) => ((best.get(a)?.lengthMm ?? 0) <= (best.get(b)?.lengthMm ?? 0) ? a : b));
    if (node === 1) return trace(best);
    open.delete(node);
    done.add(node);
    for (let next = 0; next < count; next++) {
      if (done.has(next)) continue;
      const stepMm = lengthOf(node, next);
      if (stepMm === null) continue;
      const lengthMm = (best.get(node)?.lengthMm ?? 0) + stepMm;
      if (lengthMm >= (best.get(next)?.lengthMm ?? Number.POSITIVE_INFINITY)) continue;
      best.set(next, { lengthMm, via: node });
      open.add(next);
    }
  }
  return null;
}

function trace(best: ReadonlyMap<number, { via: number }>): number[] {
  const path: number[] = [];
  for (let node = 1; node !== 0; node = best.get(node)?.via ?? 0) path.unshift(node);
  return path;
}
