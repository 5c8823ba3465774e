import type { Contact, TouchRange } from './touchscreen.ts';

/** From 0 (left, top) to 1 (right, bottom) of a panel or a screen. */
export interface SharePoint {
  x: number;
  y: number;
}

/** Where the screen showed a target, and where the panel says it was touched. */
export interface TouchedTarget {
  target: SharePoint;
  touched: SharePoint;
}

/** x' = ax + by + c, y' = dx + ey + f, from the panel's to the screen's shares: what libinput calls its calibration matrix. */
export type TouchMatrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export interface ScreenSize {
  widthPx: number;
  heightPx: number;
}

export interface TouchFit {
  matrix: TouchMatrix;
  /** Distance that is left at each target, px. With three targets none can be. */
  residualsPx: number[];
  /** Root of their mean square, px. */
  residualPx: number;
}

/** Narrow axis over wide axis of what the targets span; below it they are a line within a finger's width. */
const collinearShare = 0.02;

/** What a finger can do: 1.5 % of the longer side is 5 mm on a 15 inch panel. */
const residualLimitShare = 0.015;
/** A panel larger or smaller than its picture by more than a half is another panel; mirrored and turned ones are fine. */
const scaleLimits = [0.5, 2] as const;

export const shareOf = ({ x, y }: Pick<Contact, 'x' | 'y'>, { minX, maxX, minY, maxY }: TouchRange): SharePoint => ({
  x: (x - minX) / (maxX - minX),
  y: (y - minY) / (maxY - minY),
});

export const applyMatrix = ([a, b, c, d, e, f]: TouchMatrix, { x, y }: SharePoint): SharePoint => ({
  x: a * x + b * y + c,
  y: d * x + e * y + f,
});

interface Moments {
  mean: SharePoint;
  xx: number;
  xy: number;
  yy: number;
}

function momentsOf(points: readonly SharePoint[]): Moments {
  const mean = { x: 0, y: 0 };
  for (const { x, y } of points) {
    mean.x += x / points.length;
    mean.y += y / points.length;
  }
  const moments = { mean, xx: 0, xy: 0, yy: 0 };
  for (const { x, y } of points) {
    moments.xx += (x - mean.x) ** 2;
    moments.xy += (x - mean.x) * (y - mean.y);
    moments.yy += (y - mean.y) ** 2;
  }
  return moments;
}

/** By the axes of the ellipse that the points' moments make. */
function areCollinear({ xx, xy, yy }: Moments): boolean {
  const root = Math.hypot(xx - yy, 2 * xy);
  const [wide, narrow] = [xx + yy + root, Math.max(0, xx + yy - root)];
  return !(wide > 0) || Math.sqrt(narrow / wide) < collinearShare;
}

/** The affine map that fits best (least squares). RangeError for fewer than three targets, and for targets on one line. */
export function fitTouch(points: readonly TouchedTarget[], { widthPx, heightPx }: ScreenSize): TouchFit {
  if (points.length < 3) throw new RangeError('three touched targets at least are needed');
  const touched = momentsOf(points.map((point) => point.touched));
  const target = momentsOf(points.map((point) => point.target));
  if (areCollinear(target)) throw new RangeError('the targets are on one line');
  if (areCollinear(touched)) throw new RangeError('the panel reports all targets on one line');
  const row = (axis: 'x' | 'y') => {
    let [toX, toY] = [0, 0];
    for (const point of points) {
      const away = point.target[axis] - target.mean[axis];
      toX += (point.touched.x - touched.mean.x) * away;
      toY += (point.touched.y - touched.mean.y) * away;
    }
    const determinant = touched.xx * touched.yy - touched.xy ** 2;
    const byX = (toX * touched.yy - toY * touched.xy) / determinant;
    const byY = (toY * touched.xx - toX * touched.xy) / determinant;
    return [byX, byY, target.mean[axis] - byX * touched.mean.x - byY * touched.mean.y] as const;
  };
  const matrix: TouchMatrix = [...row('x'), ...row('y')];
  const residualsPx = points.map((point) => {
    const seen = applyMatrix(matrix, point.touched);
    return Math.hypot((seen.x - point.target.x) * widthPx, (seen.y - point.target.y) * heightPx);
  });
  return { matrix, residualsPx, residualPx: Math.sqrt(residualsPx.reduce((sum, px) => sum + px * px, 0) / points.length) };
}

/** Why a fit is not to be believed; null where it is. */
export function doubtOf({ matrix: [a, b, , d, e], residualPx }: TouchFit, { widthPx, heightPx }: ScreenSize): string | null {
  const limitPx = residualLimitShare * Math.max(widthPx, heightPx);
  if (residualPx > limitPx)
    return `the targets are missed by ${residualPx.toFixed(1)} px; a careful finger misses by ${limitPx.toFixed(1)} px at most`;
  // Largest and smallest stretch of the linear part: its singular values.
  const [sum, difference] = [Math.hypot(a + e, b - d), Math.hypot(a - e, b + d)];
  const [largest, smallest] = [(sum + difference) / 2, Math.abs(sum - difference) / 2];
  if (largest <= scaleLimits[1] && smallest >= scaleLimits[0]) return null;
  return `panel and picture differ in size: ${smallest.toFixed(2)} to ${largest.toFixed(2)} times`;
}

/** Six decimals are a hundredth of a pixel. */
export const roundMatrix = ([a, b, c, d, e, f]: TouchMatrix): TouchMatrix => {
  // Adding zero makes 0 of -0.
  const round = (value: number) => Number(value.toFixed(6)) + 0;
  return [round(a), round(b), round(c), round(d), round(e), round(f)];
};

/** The udev rule that gives the matrix to libinput, and so to the browser. */
export function udevRule(usb: { vendorId: number; productId: number }, matrix: readonly number[]): string {
  const hex = (id: number) => id.toString(16).padStart(4, '0');
  return (
    `ACTION=="add|change", KERNEL=="event[0-9]*", ATTRS{idVendor}=="${hex(usb.vendorId)}", ATTRS{idProduct}=="${hex(usb.productId)}", ` +
    `ENV{LIBINPUT_CALIBRATION_MATRIX}="${matrix.join(' ')}"`
  );
}
