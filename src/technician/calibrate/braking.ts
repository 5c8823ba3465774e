import {
  type Braking,
  coveringBraking,
  fitBraking,
  type MeasuredStop,
  safeSpeedMmS,
  stoppingDistanceMm,
} from '../../../hardware/wheels/braking-fit.ts';
import { LetanError } from '../../core/errors.ts';
import { deviation, mean } from '../../core/statistics.ts';
import { awaitRelease, type CalibrationBench, type Proposal, withBoardValues } from './bench.ts';
import { runAndStop } from './stop-run.ts';
import { TestDrive } from './test-drive.ts';

export interface BrakingPlan {
  /** mm/s; three are enough to tell delay from deceleration and to notice that a model does not fit. */
  speedsMmS: readonly number[];
  /** Stops from each speed; even numbers end where they began. */
  runs: number;
  /** How far ahead somebody who steps out is first seen, mm. */
  visibilityMm: number;
}

/** Schema and protocol. */
const fastestMmS = 600;
const slowestMmS = 50;
/** A fit that misses a stop by more does not describe these brakes. */
const deviationMax = 0.1;
const turnSpeedMmS = 200;
/** Of the firmware's control (limits.ts: CONTROL_PERIOD_MS): the runs' orders are spread over it. */
const controlPeriodMs = 10;

/**
 * Stops from several speeds, measured by the encoders. Resolves with braking, delay and the speed cap that the site's visibility
 * allows; rejects as {@link runAndStop} does, and with `CALIBRATION_IMPLAUSIBLE` or `CANCELLED`. Calibrate the wheels first.
 */
export async function calibrateBraking(bench: CalibrationBench, plan: BrakingPlan): Promise<Proposal> {
  const { dialogue } = bench;
  const topMmS = Math.max(...plan.speedsMmS);
  dialogue.tell(
    `Braking: ${plan.runs} stops each from ${plan.speedsMmS.join(', ')} mm/s. Needed: the load the robot carries in service, and ` +
      `${runLengthM(topMmS).toFixed(1)} m of free floor before it. It drives there and back by itself: keep the e-stop at hand.`,
  );
  await awaitRelease(bench);
  await dialogue.ready('braking.start', 'Put the robot at the beginning of the free floor, looking along it.');
  const stops = await withBoardValues(bench, { speedCapMmS: Math.min(fastestMmS, Math.max(topMmS, bench.calibration.speedCapMmS)) }, () =>
    driveStops(bench, plan),
  );
  return conclude(bench, plan, stops);
}

/** Acceleration at 500 mm/s2, 1.5 s of even speed, the stop, and what the range sensors want free beyond. */
const runLengthM = (speedMmS: number): number => speedMmS ** 2 / 1e6 + (1.5 * speedMmS) / 1000 + speedMmS ** 2 / 1e6 + 1.2;

async function driveStops(bench: CalibrationBench, plan: BrakingPlan): Promise<MeasuredStop[]> {
  const drive = new TestDrive(bench);
  const stops: MeasuredStop[] = [];
  try {
    await drive.begin();
    for (const speedMmS of plan.speedsMmS) {
      for (let run = 0; run < plan.runs; run++) {
        const stop = await runAndStop(bench, speedMmS, (run * controlPeriodMs) / plan.runs);
        stops.push(stop);
        bench.dialogue.tell(`  ${stop.speedMmS.toFixed(0)} mm/s: stopped after ${stop.distanceMm.toFixed(1)} mm`);
        // There and back: turned round on the spot, or back to the beginning.
        const target = run % 2 === 0 ? { ...drive.pose, headingRad: Math.PI } : { xMm: 0, yMm: 0, headingRad: 0 };
        await drive.moveTo(target, turnSpeedMmS);
      }
    }
  } finally {
    drive.close();
  }
  return stops;
}

/** The fastest speed, in steps of 10 mm/s, from which the robot stops before its margin; not above what was measured. */
export function proposedCap(braking: Braking, stops: readonly MeasuredStop[], freeMm: number): number {
  const measuredMmS = Math.round(Math.max(...stops.map(({ speedMmS }) => speedMmS)) / 10) * 10;
  const safeMmS = Math.floor(safeSpeedMmS(freeMm, braking) / 10) * 10;
  return Math.max(slowestMmS, Math.min(safeMmS, measuredMmS, fastestMmS));
}

function conclude({ dialogue, calibration }: CalibrationBench, plan: BrakingPlan, stops: MeasuredStop[]): Proposal {
  const fit = fitOf(stops);
  const braking = coveringBraking(fit, stops);
  const freeMm = plan.visibilityMm - calibration.marginMm;
  if (freeMm <= 0) {
    throw new LetanError(
      'CALIBRATION_IMPLAUSIBLE',
      `the margin of ${calibration.marginMm} mm is not less than the visibility of ${plan.visibilityMm} mm`,
    );
  }
  const speedCapMmS = proposedCap(braking, stops, freeMm);
  dialogue.tell(
    `Repeatability:\n${plan.speedsMmS.map((_, index) => spreadLine(stops.slice(index * plan.runs, (index + 1) * plan.runs))).join('\n')}`,
  );
  dialogue.tell(
    `It brakes with ${braking.brakingMmS2} mm/s2 after ${braking.brakingDelayMs} ms; every stop lies within ` +
      `${(fit.worstDeviation * 100).toFixed(1)} % of the fit, and none is longer than what would be written.\n` +
      `Somebody is first seen ${plan.visibilityMm} mm ahead and ${calibration.marginMm} mm are kept: ${freeMm} mm to stop in. At ${speedCapMmS} mm/s ` +
      `it stops in ${stoppingDistanceMm(speedCapMmS, braking).toFixed(0)} mm.`,
  );
  return {
    by: 'braking',
    values: { speedCapMmS, ...braking },
    measured: stops.map(({ speedMmS, distanceMm }) => `stop from ${speedMmS.toFixed(1)} mm/s: ${distanceMm.toFixed(1)} mm`),
  };
}

function fitOf(stops: readonly MeasuredStop[]) {
  try {
    const fit = fitBraking(stops);
    if (fit.worstDeviation <= deviationMax) return fit;
    throw new RangeError(`one stop differs by ${(fit.worstDeviation * 100).toFixed(0)} % from what the others foretell`);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new LetanError('CALIBRATION_IMPLAUSIBLE', error.message, { cause: error });
  }
}

function spreadLine(stops: readonly MeasuredStop[]): string {
  const [speeds, ways] = [stops.map(({ speedMmS }) => speedMmS), stops.map(({ distanceMm }) => distanceMm)];
  return `  ${mean(speeds).toFixed(0).padStart(3)} mm/s  ${stops.length} runs  ${mean(ways).toFixed(1)} ± ${deviation(ways).toFixed(1)} mm`;
}
