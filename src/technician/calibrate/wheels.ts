import { endError, fitWheels, type SquareRun, type StraightRun, type Turn, type WheelsFit } from '../../../hardware/wheels/umbmark.ts';
import type { Pose } from '../../../hardware/wheels/wheels.ts';
import { LetanError } from '../../core/errors.ts';
import { deviation, mean } from '../../core/statistics.ts';
import { awaitRelease, type CalibrationBench, type Proposal } from './bench.ts';
import { TestDrive } from './test-drive.ts';

export interface WheelsPlan {
  /** Side of the square, mm; longer shows more. */
  sideMm: number;
  /** Squares each way. UMBmark takes five. */
  runs: number;
  straightMm: number;
  straightRuns: number;
  speedMmS: number;
}

/** Further off than this a foot was in the way or a number mistyped. */
const strayMm = 2000;
const turnNames: Record<Turn, string> = { ccw: 'counter-clockwise (to the left)', cw: 'clockwise (to the right)' };

/** Corners of the square in the start's frame, each with the heading of the next side. */
function cornersOf(turn: Turn, sideMm: number): Pose[] {
  const side = turn === 'ccw' ? 1 : -1;
  const quarter = (side * Math.PI) / 2;
  return [
    { xMm: sideMm, yMm: 0, headingRad: quarter },
    { xMm: sideMm, yMm: side * sideMm, headingRad: 2 * quarter },
    { xMm: 0, yMm: side * sideMm, headingRad: -quarter },
    { xMm: 0, yMm: 0, headingRad: 0 },
  ];
}

async function driveStraight({ dialogue }: CalibrationBench, drive: TestDrive, plan: WheelsPlan, title: string): Promise<StraightRun> {
  await dialogue.ready(
    'straight.start',
    `${title}: put the robot on the start mark and keep ${(plan.straightMm + 1200) / 1000} m before it free. It drives ${plan.straightMm / 1000} m ahead.`,
  );
  await drive.begin();
  await drive.moveTo({ xMm: plan.straightMm, yMm: 0, headingRad: 0 }, plan.speedMmS);
  const readings = [...drive.readings];
  const lengthMm = await dialogue.number({
    step: 'straight.length',
    text: 'How far is the middle of its axle from the start mark?',
    unit: 'mm',
    min: plan.straightMm / 2,
    max: plan.straightMm * 2,
  });
  return { readings, lengthMm };
}

async function driveSquare(
  { dialogue }: CalibrationBench,
  drive: TestDrive,
  plan: WheelsPlan,
  turn: Turn,
  title: string,
): Promise<SquareRun> {
  const where = turn === 'ccw' ? 'ahead and to its left' : 'ahead and to its right';
  await dialogue.ready(
    'square.start',
    `${title}, ${turnNames[turn]}: put the robot on the start mark, looking along the line. It drives a square of ${plan.sideMm / 1000} m ${where}.`,
  );
  await drive.begin();
  for (const corner of cornersOf(turn, plan.sideMm)) await drive.moveTo(corner, plan.speedMmS);
  const readings = [...drive.readings];
  const ask = (step: 'square.x' | 'square.y', text: string) => dialogue.number({ step, text, unit: 'mm', min: -strayMm, max: strayMm });
  const xMm = await ask('square.x', 'How far ahead of the start mark is the middle of its axle (behind: negative)?');
  const yMm = await ask('square.y', 'How far to the left of the start line (to the right: negative)?');
  return { turn, readings, end: { xMm, yMm } };
}

/**
 * UMBmark squares both ways and straight runs, measured by a person with a tape. Resolves with the unit's pulses a metre and track;
 * rejects with `SAFETY_STOP`, `WHEELS_BLOCKED`, `BOARD_NOT_CONNECTED`, `CALIBRATION_IMPLAUSIBLE` or `CANCELLED`.
 */
export async function calibrateWheels(bench: CalibrationBench, plan: WheelsPlan): Promise<Proposal> {
  const { dialogue } = bench;
  dialogue.tell(
    `Wheels: ${plan.straightRuns} straight runs and ${plan.runs} squares each way. Needed: a tape measure, a start mark with a start line ` +
      `on the floor, and ${(plan.sideMm + 1500) / 1000} m of free floor ahead and on both sides. Keep the e-stop at hand: the robot drives by itself.`,
  );
  await awaitRelease(bench);
  const drive = new TestDrive(bench);
  try {
    const straights: StraightRun[] = [];
    for (let run = 1; run <= plan.straightRuns; run++)
      straights.push(await driveStraight(bench, drive, plan, `Straight run ${run} of ${plan.straightRuns}`));
    const squares: SquareRun[] = [];
    for (const turn of ['ccw', 'cw'] as const) {
      for (let run = 1; run <= plan.runs; run++) squares.push(await driveSquare(bench, drive, plan, turn, `Square ${run} of ${plan.runs}`));
    }
    return conclude(bench, plan, squares, straights);
  } finally {
    drive.close();
  }
}

function fitOf(bench: CalibrationBench, plan: WheelsPlan, squares: SquareRun[], straights: StraightRun[]): WheelsFit {
  try {
    return fitWheels(bench.calibration, plan.sideMm, squares, straights);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new LetanError('CALIBRATION_IMPLAUSIBLE', error.message, { cause: error });
  }
}

function conclude(bench: CalibrationBench, plan: WheelsPlan, squares: SquareRun[], straights: StraightRun[]): Proposal {
  const { dialogue, calibration } = bench;
  const found = fitOf(bench, plan, squares, straights);
  dialogue.tell(`Repeatability of the ends (mm):\n${(['ccw', 'cw'] as const).map((turn) => spreadLine(squares, turn)).join('\n')}`);
  const before = (['ccw', 'cw'] as const).map((turn) => {
    const { xMm, yMm } = endError(squares, turn, calibration);
    return Math.hypot(xMm, yMm);
  });
  dialogue.tell(
    `Right wheel over left: ${found.wheelRatio.toFixed(4)}. True track over assumed: ${found.trackRatio.toFixed(4)}. ` +
      `Odometry was off by ${Math.max(...before).toFixed(0)} mm after a square, and would now be by ${found.residualMm.toFixed(0)} mm.`,
  );
  return {
    by: 'wheels',
    values: {
      pulsesPerMetreLeft: Math.round(found.geometry.pulsesPerMetreLeft),
      pulsesPerMetreRight: Math.round(found.geometry.pulsesPerMetreRight),
      trackWidthMm: Math.round(found.geometry.trackWidthMm * 10) / 10,
    },
    measured: [
      ...straights.map(({ lengthMm }) => `straight: ${lengthMm} mm`),
      ...squares.map(({ turn, end }) => `square of ${plan.sideMm} mm ${turn}: x ${end.xMm} mm, y ${end.yMm} mm`),
    ],
  };
}

function spreadLine(squares: readonly SquareRun[], turn: Turn): string {
  const ends = squares.filter((run) => run.turn === turn).map(({ end }) => end);
  const [x, y] = [ends.map(({ xMm }) => xMm), ends.map(({ yMm }) => yMm)];
  const show = (values: number[]) => `${mean(values).toFixed(0)} ± ${deviation(values).toFixed(1)}`;
  return `  ${turn.padEnd(3)}  ${ends.length} runs  x ${show(x)}  y ${show(y)}`;
}
