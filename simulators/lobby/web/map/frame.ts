import type { SiteConfig } from '../../../../config/schema.ts';
import type { Point } from '../../geometry.ts';

/** Room for the walls' thickness around the outline. */
const marginMm = 220;

/** The picture shows the lobby with north up; SVG counts y downwards. */
export const flip = (yMm: number): number => -yMm;

export function viewBoxOf(site: SiteConfig): string {
  const xs = site.outline.map(({ xMm }) => xMm);
  const ys = site.outline.map(({ yMm }) => yMm);
  const left = Math.min(...xs) - marginMm;
  const top = flip(Math.max(...ys)) - marginMm;
  return `${left} ${top} ${Math.max(...xs) + marginMm - left} ${flip(Math.min(...ys)) + marginMm - top}`;
}

/** Where in the lobby the pointer is; null before the picture is laid out. */
export function lobbyPoint(svg: SVGSVGElement, event: MouseEvent): Point | null {
  const matrix = svg.getScreenCTM();
  if (!matrix) return null;
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  return { xMm: Math.round(at.x), yMm: Math.round(flip(at.y)) };
}

export const path = (points: readonly Point[]): string => points.map(({ xMm, yMm }) => `${xMm},${flip(yMm)}`).join(' ');
