import { toDegrees, toRadians } from '../../geometry.ts';
import type { LobbySnapshot, RayView } from '../../snapshot.ts';
import { flip } from './frame.ts';

/** Farther than this a beam is drawn fading out: nothing there concerns the robot. */
const drawnBeamMm = 2600;
/** A laser beam is a hair wide; it is drawn wider to be seen. */
const drawnHalfAngleRad = toRadians(5);
const nearMm = 500;
const middleMm = 1000;

function Cone({ ray }: { ray: RayView }) {
  if (ray.silent) return null;
  const seenMm = ray.distanceMm ?? Number.POSITIVE_INFINITY;
  const drawnMm = Math.min(seenMm, ray.rangeMm, drawnBeamMm);
  const level = seenMm < nearMm ? 'near' : seenMm < middleMm ? 'middle' : 'far';
  const edge = (side: number) => {
    const angle = ray.angleRad + side * Math.max(ray.halfAngleRad, drawnHalfAngleRad);
    return `${ray.xMm + drawnMm * Math.cos(angle)} ${flip(ray.yMm + drawnMm * Math.sin(angle))}`;
  };
  const met = seenMm <= drawnBeamMm && seenMm <= ray.rangeMm;
  return (
    <g class={`cone cone-${level}`}>
      <path d={`M${ray.xMm} ${flip(ray.yMm)} L${edge(-1)} A${drawnMm} ${drawnMm} 0 0 0 ${edge(1)} Z`} />
      {met && (
        <text x={ray.xMm + drawnMm * 0.62 * Math.cos(ray.angleRad)} y={flip(ray.yMm + drawnMm * 0.62 * Math.sin(ray.angleRad)) + 50}>
          {(seenMm / 1000).toFixed(2)}
        </text>
      )}
    </g>
  );
}

export function Cones({ rays }: { rays: readonly RayView[] }) {
  return (
    <g>
      {rays.map((ray) => (
        <Cone key={ray.sensor} ray={ray} />
      ))}
    </g>
  );
}

/** The robot from above; its face looks where it goes. */
export function Robot({ snapshot }: { snapshot: LobbySnapshot }) {
  const { xMm, yMm, headingRad } = snapshot.robot;
  const { bumperLeftHit, bumperRightHit, eStopPressed } = snapshot.switches;
  return (
    <g class="robot" transform={`translate(${xMm} ${flip(yMm)}) rotate(${-toDegrees(headingRad)})`}>
      <title>The robot</title>
      <circle class="robot-shade" cx="14" cy="22" r="262" />
      <rect class="robot-wheel" x="-80" y="-258" width="160" height="60" rx="20" />
      <rect class="robot-wheel" x="-80" y="198" width="160" height="60" rx="20" />
      <circle class="robot-body" r="240" />
      <path class={`robot-bumper ${bumperLeftHit ? 'robot-bumper-hit' : ''}`} d="M246 -12 A246 246 0 0 0 110 -220" />
      <path class={`robot-bumper ${bumperRightHit ? 'robot-bumper-hit' : ''}`} d="M246 12 A246 246 0 0 1 110 220" />
      <path class="robot-face" d="M60 -150 A165 165 0 0 1 60 150 Q15 0 60 -150Z" />
      <ellipse class="robot-eye" cx="118" cy="-58" rx="17" ry="28" />
      <ellipse class="robot-eye" cx="118" cy="58" rx="17" ry="28" />
      <circle class={`robot-stop ${eStopPressed ? 'robot-stop-pressed' : ''}`} cx="-130" r={eStopPressed ? 44 : 52} />
    </g>
  );
}
