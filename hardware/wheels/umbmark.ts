import { mean } from '../../src/core/statistics.ts';
import type { Point } from './geometry.ts';
import { type DriveGeometry, type EncoderReading, Odometry } from './odometry.ts';

/**
 * UMBmark (Borenstein and Feng, 1996): a robot that drives a square both ways by odometry ends beside its start. Where it ends tells
 * how unequal its wheels are and how wide its track truly is; a straight run tells the size common to both wheels.
 */
export type Turn = 'ccw' | 'cw';

/** Encoder readings of a drive from (0, 0), heading 0, and where the robot truly ended in that frame, mm: x ahead, y to the left. */
export interface SquareRun {
  turn: Turn;
  readings: readonly EncoderReading[];
  end: Point;
}

/** Encoder readings of a straight drive and the tape's distance between its ends. */
export interface StraightRun {
  readings: readonly EncoderReading[];
  lengthMm: number;
}

export interface WheelsFit {
  geometry: DriveGeometry;
  /** Right wheel over left, of the diameters that the readings were driven with. */
  wheelRatio: number;
  /** True track over the one that the readings were driven with. */
  trackRatio: number;
  /** What the fit leaves of the squares' mean end errors, mm; the larger of both ways. */
  residualMm: number;
}

const iterationsMax = 40;
const settled = 1e-9;

/** Where odometry says that a drive from (0, 0), heading 0, ended. */
export function replay(readings: readonly EncoderReading[], geometry: DriveGeometry): Point {
  const odometry = new Odometry(geometry, { xMm: 0, yMm: 0, headingRad: 0 });
  for (const reading of readings) odometry.update(reading);
  const { xMm, yMm } = odometry.pose;
  return { xMm, yMm };
}

/** Mean of true end minus odometry's end over the runs one way round. */
export function endError(runs: readonly SquareRun[], turn: Turn, geometry: DriveGeometry): Point {
  const errors = runs
    .filter((run) => run.turn === turn)
    .map(({ readings, end }) => {
      const believed = replay(readings, geometry);
      return { xMm: end.xMm - believed.xMm, yMm: end.yMm - believed.yMm };
    });
  return { xMm: mean(errors.map(({ xMm }) => xMm)), yMm: mean(errors.map(({ yMm }) => yMm)) };
}

/** The two systematic errors of a square of side `sideMm`, as ratios of true over assumed; exact to first order. */
export function squareErrors(cw: Point, ccw: Point, sideMm: number, trackMm: number): { wheelRatio: number; trackRatio: number } {
  // x and y each give both angles; in simulation their average is nearer the truth than either alone.
  const turnErrorRad = (cw.xMm + ccw.xMm + (cw.yMm - ccw.yMm)) / (-8 * sideMm);
  const legErrorRad = (cw.xMm - ccw.xMm + (cw.yMm + ccw.yMm)) / (-8 * sideMm);
  const curvature = Math.sin(legErrorRad / 2) / (sideMm / 2);
  const half = (curvature * trackMm) / 2;
  return { wheelRatio: (1 + half) / (1 - half), trackRatio: Math.PI / 2 / (Math.PI / 2 - turnErrorRad) };
}

/** Keeps the wheels' mean: UMBmark tells their ratio alone. */
function reshaped(geometry: DriveGeometry, wheelRatio: number, trackRatio: number): DriveGeometry {
  return {
    pulsesPerMetreLeft: (geometry.pulsesPerMetreLeft * (wheelRatio + 1)) / 2,
    pulsesPerMetreRight: (geometry.pulsesPerMetreRight * (1 / wheelRatio + 1)) / 2,
    trackWidthMm: geometry.trackWidthMm * trackRatio,
  };
}

/** Wheels larger by `factor`; the track with them, so that every turn stays what the squares made it. */
function scaled(geometry: DriveGeometry, factor: number): DriveGeometry {
  return {
    pulsesPerMetreLeft: geometry.pulsesPerMetreLeft / factor,
    pulsesPerMetreRight: geometry.pulsesPerMetreRight / factor,
    trackWidthMm: geometry.trackWidthMm * factor,
  };
}

function lengthError(straights: readonly StraightRun[], geometry: DriveGeometry): number {
  if (straights.length === 0) return 1;
  const ratios = straights.map(({ readings, lengthMm }) => {
    const end = replay(readings, geometry);
    return lengthMm / Math.hypot(end.xMm, end.yMm);
  });
  return mean(ratios);
}

/**
 * The geometry under which odometry ends where the robot truly ended. UMBmark's formulas hold to first order; the drives are replayed
 * with each improved geometry until nothing is left to improve, so that one per cent and more comes out right. Needs a run each way;
 * without straight runs the wheels' mean size stays. RangeError when the runs contradict each other.
 */
export function fitWheels(
  start: DriveGeometry,
  sideMm: number,
  squares: readonly SquareRun[],
  straights: readonly StraightRun[],
): WheelsFit {
  let geometry = start;
  for (let iteration = 0; iteration < iterationsMax; iteration++) {
    const [cw, ccw] = [endError(squares, 'cw', geometry), endError(squares, 'ccw', geometry)];
    const { wheelRatio, trackRatio } = squareErrors(cw, ccw, sideMm, geometry.trackWidthMm);
    const bent = reshaped(geometry, wheelRatio, trackRatio);
    const factor = lengthError(straights, bent);
    geometry = scaled(bent, factor);
    const change = Math.abs(wheelRatio - 1) + Math.abs(trackRatio - 1) + Math.abs(factor - 1);
    if (!Number.isFinite(change)) break;
    if (change < settled) return summary(start, geometry, squares);
  }
  throw new RangeError('the runs contradict each other: was every end measured in the frame of its own start?');
}

function summary(start: DriveGeometry, geometry: DriveGeometry, squares: readonly SquareRun[]): WheelsFit {
  const left = (['cw', 'ccw'] as const).map((turn) => endError(squares, turn, geometry));
  return {
    geometry,
    wheelRatio: start.pulsesPerMetreRight / geometry.pulsesPerMetreRight / (start.pulsesPerMetreLeft / geometry.pulsesPerMetreLeft),
    trackRatio: geometry.trackWidthMm / start.trackWidthMm,
    residualMm: Math.max(...left.map(({ xMm, yMm }) => Math.hypot(xMm, yMm))),
  };
}
