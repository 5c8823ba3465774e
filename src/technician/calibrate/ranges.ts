import type { BoardTelemetry } from '../../../hardware/board/board.ts';
import { fitRange, type RangeFit, type RangeSeries } from '../../../hardware/board/range-fit.ts';
import { withDeadline } from '../../core/deadline.ts';
import { LetanError } from '../../core/errors.ts';
import { deviation, mean } from '../../core/statistics.ts';
import { type CalibrationBench, type Proposal, withBoardValues } from './bench.ts';

export interface RangesPlan {
  distancesMm: readonly number[];
  /** Readings of each sensor at each distance; they come 20 times a second. */
  readings: number;
}

const sensors = ['frontLeft', 'frontRight'] as const;
type Sensor = (typeof sensors)[number];
const sensorNames: Record<Sensor, string> = { frontLeft: 'front left', frontRight: 'front right' };

/** More misses: the board is not in the beam, or the sensor's window is dirty. */
const missedShareMax = 0.05;
/** TFmini data sheet: within 1 % beyond 6 m, 60 mm nearer; 2 % between two distances is a bent or dirty window, or a wrong tape. */
const scaleTolerance = 0.02;
const readingMs = 50;

/**
 * Both front range sensors against a flat board at tape-measured distances. Resolves with the offsets that make a reading the free
 * distance before the shell; rejects with `CALIBRATION_IMPLAUSIBLE`, `BOARD_NOT_CONNECTED` or `CANCELLED`. Nothing moves.
 */
export async function calibrateRanges(bench: CalibrationBench, plan: RangesPlan): Promise<Proposal> {
  const { dialogue } = bench;
  dialogue.tell(
    `Range sensors: a flat board (or a bare wall), wider than the robot, at ${plan.distancesMm.join(' and ')} mm. Needed: a tape measure. ` +
      'All distances count from the foremost point of the shell, and the board stands square to it.',
  );
  const series: Record<Sensor, RangeSeries[]> = { frontLeft: [], frontRight: [] };
  // The board reports its ranges with the offsets in: without them they are what the sensors say.
  await withBoardValues(bench, { frontLeftOffsetMm: 0, frontRightOffsetMm: 0 }, async () => {
    for (const distanceMm of plan.distancesMm) {
      await dialogue.ready('board.place', `Put the board ${distanceMm} mm before the robot.`);
      const text = 'What does the tape say from the foremost point of the shell to the board?';
      const tapeMm = await dialogue.number({ step: 'board.distance', text, unit: 'mm', min: 300, max: 6000, usual: distanceMm });
      const readings = await collect(bench, plan.readings);
      for (const sensor of sensors) {
        const readingsMm = heard(readings, sensor);
        series[sensor].push({ tapeMm, readingsMm });
        dialogue.tell(
          `  ${sensorNames[sensor].padEnd(11)}  ${readingsMm.length} readings  ${mean(readingsMm).toFixed(1)} ± ${deviation(readingsMm).toFixed(1)} mm`,
        );
      }
    }
  });
  return conclude(bench, { frontLeft: fitOf(series.frontLeft), frontRight: fitOf(series.frontRight) }, series);
}

type Ranges = BoardTelemetry['rangesMm'];

async function collect({ board, clock }: CalibrationBench, count: number): Promise<Ranges[]> {
  const readings: Ranges[] = [];
  let unsubscribe = () => {};
  const work = new Promise<Ranges[]>((resolve) => {
    unsubscribe = board.telemetryChanged.on(({ rangesMm }) => {
      readings.push(rangesMm);
      if (readings.length >= count) resolve(readings);
    });
  });
  return withDeadline(clock, count * readingMs * 2 + 1000, 'the range sensors', work).finally(() => unsubscribe());
}

function heard(readings: readonly Ranges[], sensor: Sensor): number[] {
  const values = readings.map((ranges) => ranges[sensor]).filter((value) => value !== null);
  if (values.length >= readings.length * (1 - missedShareMax)) return values;
  throw new LetanError(
    'CALIBRATION_IMPLAUSIBLE',
    `the ${sensorNames[sensor]} sensor saw the board in ${values.length} of ${readings.length} readings only`,
  );
}

function fitOf(series: readonly RangeSeries[]): RangeFit {
  try {
    return fitRange(series);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new LetanError('CALIBRATION_IMPLAUSIBLE', error.message, { cause: error });
  }
}

function conclude({ dialogue }: CalibrationBench, fits: Record<Sensor, RangeFit>, series: Record<Sensor, RangeSeries[]>): Proposal {
  for (const sensor of sensors) {
    const { offsetMm, scale } = fits[sensor];
    dialogue.tell(`  ${sensorNames[sensor].padEnd(11)}  offset ${offsetMm.toFixed(1)} mm, scale ${scale.toFixed(4)}`);
    if (Math.abs(scale - 1) <= scaleTolerance) continue;
    dialogue.tell(
      `  WARNING: the ${sensorNames[sensor]} sensor's scale is off by ${((scale - 1) * 100).toFixed(1)} %: measure again; if it stays, clean or replace the sensor.`,
    );
  }
  return {
    by: 'ranges',
    values: { frontLeftOffsetMm: Math.round(fits.frontLeft.offsetMm), frontRightOffsetMm: Math.round(fits.frontRight.offsetMm) },
    measured: sensors.flatMap((sensor) =>
      series[sensor].map(({ tapeMm, readingsMm }) => `${sensorNames[sensor]} at ${tapeMm} mm: ${mean(readingsMm).toFixed(1)} mm`),
    ),
  };
}
