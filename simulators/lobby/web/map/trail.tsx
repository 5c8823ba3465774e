import { useRef } from 'preact/hooks';
import { distanceMm, type Point } from '../../geometry.ts';
import { path } from './frame.ts';

const spacingMm = 60;
const longestPoints = 120;

/** The way the robot has come lately. */
export function Trail({ robot }: { robot: Point }) {
  const points = useRef<Point[]>([]);
  const last = points.current.at(-1);
  if (!last || distanceMm(last, robot) > spacingMm) {
    points.current = [...points.current, { xMm: robot.xMm, yMm: robot.yMm }].slice(-longestPoints);
  }
  return <polyline class="trail" points={path([...points.current, robot])} />;
}
