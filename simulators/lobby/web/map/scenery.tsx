import type { SiteConfig } from '../../../../config/schema.ts';
import { spoken } from '../texts.ts';
import { flip, path } from './frame.ts';

/** Floor, walls, furniture, counters and the places the robot knows. */
export function Scenery({ site }: { site: SiteConfig }) {
  return (
    <g>
      <defs>
        <pattern id="tiles" width="500" height="500" patternUnits="userSpaceOnUse">
          <path class="tile" d="M500 0H0V500" />
        </pattern>
      </defs>
      <polygon class="floor" points={path(site.outline)} />
      <polygon class="floor-tiles" points={path(site.outline)} fill="url(#tiles)" />
      <polygon class="wall" points={path(site.outline)} />
      {site.obstacles.map(({ name, xMm, yMm, widthMm, heightMm }) => (
        <g key={name}>
          <rect class="block" x={xMm} y={flip(yMm + heightMm)} width={widthMm} height={heightMm} rx="50" />
          {widthMm > 900 && (
            <text class="block-name" x={xMm + widthMm / 2} y={flip(yMm + heightMm / 2) + (name === 'counters' ? -120 : 60)}>
              {name}
            </text>
          )}
        </g>
      ))}
      {site.counters.map(({ counter, xMm, yMm }) => (
        <g key={counter} class="counter" transform={`translate(${xMm} ${flip(yMm + 250)})`}>
          <circle r="170" />
          <text y="65">{counter}</text>
        </g>
      ))}
      {Object.entries(site.places).map(([name, { xMm, yMm }]) => (
        <g key={name} class="place" transform={`translate(${xMm} ${flip(yMm)})`}>
          <circle r="330" />
          <path d="M0 -45 L45 0 L0 45 L-45 0Z" />
          <text y="520">{spoken(name)}</text>
        </g>
      ))}
    </g>
  );
}
