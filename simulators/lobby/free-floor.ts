import type { SiteConfig } from '../../config/schema.ts';
import { insidePolygon, type Point, sidesOf } from './geometry.ts';

/** Floor that a calibration drives on, from where the robot looks along +x, mm. */
export interface FloorNeed {
  aheadMm: number;
  behindMm: number;
  besideMm: number;
}

const gridMm = 100;

/** The first spot, from the south-west, with that much floor free around it; null where the lobby is too small. */
export function freeFloor(site: SiteConfig, { aheadMm, behindMm, besideMm }: FloorNeed): Point | null {
  const [xs, ys] = [site.outline.map(({ xMm }) => xMm), site.outline.map(({ yMm }) => yMm)];
  for (let xMm = Math.min(...xs); xMm <= Math.max(...xs); xMm += gridMm) {
    for (let yMm = Math.min(...ys); yMm <= Math.max(...ys); yMm += gridMm) {
      const floor = { west: xMm - behindMm, east: xMm + aheadMm, south: yMm - besideMm, north: yMm + besideMm };
      if (isFree(site, floor)) return { xMm, yMm };
    }
  }
  return null;
}

interface Box {
  west: number;
  east: number;
  south: number;
  north: number;
}

function isFree(site: SiteConfig, { west, east, south, north }: Box): boolean {
  const corners = [west, east].flatMap((xMm) => [south, north].map((yMm) => ({ xMm, yMm })));
  if (!corners.every((corner) => insidePolygon(corner, site.outline))) return false;
  const overlaps = (a: Box) => a.west < east && a.east > west && a.south < north && a.north > south;
  // A wall within the floor, of an outline with a corner that points inwards.
  const walls = sidesOf(site.outline).map(({ from, to }) => ({
    west: Math.min(from.xMm, to.xMm),
    east: Math.max(from.xMm, to.xMm),
    south: Math.min(from.yMm, to.yMm),
    north: Math.max(from.yMm, to.yMm),
  }));
  const solids = site.obstacles.map(({ xMm, yMm, widthMm, heightMm }) => ({
    west: xMm,
    east: xMm + widthMm,
    south: yMm,
    north: yMm + heightMm,
  }));
  return !walls.some(overlaps) && !solids.some(overlaps);
}
