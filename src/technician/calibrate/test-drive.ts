import { type EncoderReading, Odometry } from '../../../hardware/wheels/odometry.ts';
import type { Pose } from '../../../hardware/wheels/wheels.ts';
import { createWheels } from '../../../hardware/wheels/wheels-driver.ts';
import type { Unsubscribe } from '../../core/signal.ts';
import { awaitStill, type CalibrationBench } from './bench.ts';

const origin: Pose = { xMm: 0, yMm: 0, headingRad: 0 };
/** The technician keeps the floor free; walls are seen by the range sensors. */
const floorMm = 100_000;
const outline = [
  { xMm: -floorMm, yMm: -floorMm },
  { xMm: floorMm, yMm: -floorMm },
  { xMm: floorMm, yMm: floorMm },
  { xMm: -floorMm, yMm: floorMm },
];
/** Long enough for somebody who has to step aside. */
const patienceMs = 20_000;

const placeOf = ({ xMm, yMm, headingRad }: Pose) => ({ xMm, yMm, headingDeg: (headingRad * 180) / Math.PI });

/** Drives by odometry alone on a free floor and keeps what the encoders said. Its frame begins where the robot stood at {@link begin}. */
export class TestDrive {
  private odometry: Odometry;
  private log: EncoderReading[] = [];
  private readonly bench: CalibrationBench;
  private readonly unsubscribe: Unsubscribe;

  constructor(bench: CalibrationBench) {
    this.bench = bench;
    this.odometry = new Odometry(bench.calibration, origin);
    this.unsubscribe = bench.board.telemetryChanged.on((telemetry) => this.take(telemetry));
  }

  get pose(): Pose {
    return this.odometry.pose;
  }
  get readings(): readonly EncoderReading[] {
    return this.log;
  }

  /** A new frame, from a robot that stands. */
  async begin(): Promise<void> {
    const telemetry = await awaitStill(this.bench);
    this.odometry = new Odometry(this.bench.calibration, origin);
    this.log = [];
    this.take(telemetry);
  }

  /** Turns towards `target`, drives there straight and turns to its heading; resolves at rest. Rejects as `Wheels.driveTo` does. */
  async moveTo(target: Pose, speedMmS: number): Promise<void> {
    const { link, board, clock, calibration } = this.bench;
    const site = { outline, obstacles: [], places: { home: placeOf(this.pose), target: placeOf(target) }, home: 'home' };
    const wheels = createWheels({ link, board, site, clock, patienceMs, calibration: { ...calibration, speedCapMmS: speedMmS } });
    try {
      await wheels.driveTo('target');
      await awaitStill(this.bench);
    } finally {
      wheels.close();
    }
  }

  close(): void {
    this.unsubscribe();
  }

  private take({ uptimeMs, leftPulses, rightPulses }: EncoderReading): void {
    this.odometry.update({ uptimeMs, leftPulses, rightPulses });
    this.log.push({ uptimeMs, leftPulses, rightPulses });
  }
}
