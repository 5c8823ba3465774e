/** One measured stop: the speed before the order to stop, and the way from the order to standstill. */
export interface MeasuredStop {
  speedMmS: number;
  distanceMm: number;
}

/** Way to standstill: v * delay + v^2 / (2 * braking). */
export interface Braking {
  brakingMmS2: number;
  brakingDelayMs: number;
}

export interface BrakingFit extends Braking {
  /** Largest share by which a measured stop differs from the fit. */
  worstDeviation: number;
}

export const stoppingDistanceMm = (speedMmS: number, { brakingMmS2, brakingDelayMs }: Braking): number =>
  (speedMmS * brakingDelayMs) / 1000 + speedMmS ** 2 / (2 * brakingMmS2);

/** Least squares of the relative errors: a slow stop counts as much as a fast one. */
function leastSquares(stops: readonly MeasuredStop[]): { delayS: number; perSquare: number } {
  let [vv, vq, qq, v1, q1] = [0, 0, 0, 0, 0];
  for (const { speedMmS, distanceMm } of stops) {
    const [v, q] = [speedMmS / distanceMm, speedMmS ** 2 / distanceMm];
    vv += v * v;
    vq += v * q;
    qq += q * q;
    v1 += v;
    q1 += q;
  }
  const determinant = vv * qq - vq * vq;
  const delayS = (v1 * qq - q1 * vq) / determinant;
  // Measuring noise must not give a robot that brakes before it is told to.
  return delayS >= 0 ? { delayS, perSquare: (q1 * vv - v1 * vq) / determinant } : { delayS: 0, perSquare: q1 / qq };
}

/**
 * Braking and delay from stops at two speeds or more (three are better). RangeError when the stops do not lengthen with speed.
 */
export function fitBraking(stops: readonly MeasuredStop[]): BrakingFit {
  const { delayS, perSquare } = leastSquares(stops);
  if (!(perSquare > 0 && Number.isFinite(delayS))) {
    throw new RangeError('the stops do not lengthen with the square of the speed; two clearly different speeds are needed');
  }
  const fit = { brakingMmS2: 1 / (2 * perSquare), brakingDelayMs: delayS * 1000 };
  const deviations = stops.map((stop) => Math.abs(stop.distanceMm / stoppingDistanceMm(stop.speedMmS, fit) - 1));
  return { ...fit, worstDeviation: Math.max(...deviations) };
}

/** Whole numbers for the robot file under which no measured stop is longer than foretold: the delay makes up for the worst one. */
export function coveringBraking(fit: Braking, stops: readonly MeasuredStop[]): Braking {
  const brakingMmS2 = Math.floor(fit.brakingMmS2);
  const needMs = stops.map(({ speedMmS, distanceMm }) => ((distanceMm - speedMmS ** 2 / (2 * brakingMmS2)) / speedMmS) * 1000);
  return { brakingMmS2, brakingDelayMs: Math.ceil(Math.max(0, ...needMs)) };
}

/** Fastest speed from which the robot stops within `freeMm`; 0 where there is no room. Source: facts of the safety-rated field, ISO 13855. */
export function safeSpeedMmS(freeMm: number, { brakingMmS2, brakingDelayMs }: Braking): number {
  if (freeMm <= 0) return 0;
  const lost = (brakingMmS2 * brakingDelayMs) / 1000;
  return Math.sqrt(lost ** 2 + 2 * brakingMmS2 * freeMm) - lost;
}
