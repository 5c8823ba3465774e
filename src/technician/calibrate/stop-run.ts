import { encodeFrame, messageId, type StateMessage } from '../../../firmware-bridge/protocol/generated/messages.ts';
import type { MeasuredStop } from '../../../hardware/wheels/braking-fit.ts';
import type { DriveGeometry } from '../../../hardware/wheels/odometry.ts';
import { withDeadline } from '../../core/deadline.ts';
import { LetanError } from '../../core/errors.ts';
import { Signal } from '../../core/signal.ts';
import { awaitStill, type CalibrationBench, wait } from './bench.ts';

const driveValidMs = 200;
/** Shortest the protocol knows. */
const standValidMs = 20;
/** Firmware's acceleration (limits.ts: ACCELERATION_MM_S2), and time for the speed to settle after it. */
const accelerationMmS2 = 500;
const settleMs = 1500;
/** State frames that tell speed and place at the order: 8 x 50 ms. */
const steadyFrames = 9;
const ackMs = 1000;
/** Start bit, eight data bits, stop bit at 250 kbaud. */
const msPerByte = 10 / 250;
/** Slower than asked by more: something ahead held the robot back. */
const slowShare = 0.9;

interface Frame {
  uptimeMs: number;
  wayMm: number;
  /** When its first byte was sent, by the host's clock. */
  sentMs: number;
}

const wayOf = ({ leftPulses, rightPulses }: { leftPulses: number; rightPulses: number }, geometry: DriveGeometry): number =>
  ((leftPulses / geometry.pulsesPerMetreLeft + rightPulses / geometry.pulsesPerMetreRight) * 1000) / 2;

/** Straight line through the frames: speed, and way at a time after the last. */
function lineThrough(frames: readonly Frame[]): { speedMmS: number; wayAt(uptimeMs: number): number } {
  const middleMs = frames.reduce((sum, { uptimeMs }) => sum + uptimeMs, 0) / frames.length;
  const middleMm = frames.reduce((sum, { wayMm }) => sum + wayMm, 0) / frames.length;
  const [cross, square] = frames.reduce(
    ([c, s], { uptimeMs, wayMm }) => [c + (uptimeMs - middleMs) * (wayMm - middleMm), s + (uptimeMs - middleMs) ** 2],
    [0, 0],
  );
  const slope = cross / square;
  return { speedMmS: slope * 1000, wayAt: (uptimeMs) => middleMm + slope * (uptimeMs - middleMs) };
}

/**
 * One stop from `speedMmS`, straight ahead from where the robot stands: the controlled stop of a protective stop, measured by the
 * encoders from the order to standstill. `delayMs` 0-30: how long after a state frame the order is given; frames keep step with the
 * firmware's control, so that runs with different delays meet it in all its phases. Rejects with `SAFETY_STOP` or `WHEELS_BLOCKED` when the robot was held on the way.
 */
export async function runAndStop(bench: CalibrationBench, speedMmS: number, delayMs: number): Promise<MeasuredStop> {
  const run = new StopRun(bench, speedMmS, delayMs);
  try {
    return await run.measure();
  } finally {
    run.close();
  }
}

class StopRun {
  private readonly frames: Frame[] = [];
  private readonly acked = new Signal<number>();
  private readonly bench: CalibrationBench;
  private readonly speedMmS: number;
  private readonly delayMs: number;
  private readonly stops: (() => void)[];

  constructor(bench: CalibrationBench, speedMmS: number, delayMs: number) {
    this.bench = bench;
    this.speedMmS = speedMmS;
    this.delayMs = delayMs;
    this.stops = [
      bench.link.received.on((message) => {
        if (message.name === 'state') this.frames.push(this.frameOf(message));
        if (message.name === 'ack' && message.ackedId === messageId('drive')) {
          this.acked.emit(bench.clock.monotonicMs() - encodeFrame(message, 0).length * msPerByte);
        }
      }),
    ];
  }

  close(): void {
    for (const stop of this.stops) stop();
    this.drive(0, standValidMs);
  }

  async measure(): Promise<MeasuredStop> {
    await this.runUp();
    const steady = lineThrough(this.frames.slice(-steadyFrames));
    if (steady.speedMmS < this.speedMmS * slowShare) {
      throw new LetanError(
        'WHEELS_BLOCKED',
        `only ${steady.speedMmS.toFixed(0)} of ${this.speedMmS} mm/s was reached: is the way free far enough, and does the speed cap allow it?`,
      );
    }
    await wait(this.bench.clock, this.delayMs);
    const orderedAtMs = await this.order();
    const startMm = steady.wayAt(orderedAtMs);
    const end = await awaitStill(this.bench);
    return { speedMmS: steady.speedMmS, distanceMm: wayOf(end, this.bench.calibration) - startMm };
  }

  /** Asks for the speed with every state frame until it has settled; resolves right after a frame. */
  private runUp(): Promise<void> {
    const { board, clock } = this.bench;
    const startMs = clock.monotonicMs();
    const runUpMs = (this.speedMmS / accelerationMmS2) * 1000 + settleMs;
    let unsubscribe = () => {};
    const work = new Promise<void>((resolve, reject) => {
      this.drive(this.speedMmS, driveValidMs);
      unsubscribe = board.telemetryChanged.on(({ safety }) => {
        if (safety.latched) reject(new LetanError('SAFETY_STOP', `the wheels are held: ${safety.cause ?? 'a latched stop'}`));
        else if (safety.stopped)
          reject(new LetanError('WHEELS_BLOCKED', `something stands in the way: ${safety.cause ?? 'a protective stop'}`));
        else if (clock.monotonicMs() - startMs >= runUpMs) resolve();
        else this.drive(this.speedMmS, driveValidMs);
      });
    });
    return withDeadline(clock, runUpMs + ackMs, 'the run-up', work).finally(() => unsubscribe());
  }

  /**
   * Orders the stop and resolves with the firmware's time of it. The acknowledgement goes out as soon as the order is heard, and the
   * last state frame tells how the firmware's clock and ours stand: only the difference of two arrivals on the same line counts.
   */
  private async order(): Promise<number> {
    const { clock } = this.bench;
    const last = this.frames.at(-1);
    if (!last) throw new LetanError('BOARD_SILENT', 'no state was heard on the way');
    let unsubscribe = () => {};
    const heard = new Promise<number>((resolve) => {
      unsubscribe = this.acked.on(resolve);
    });
    this.drive(0, standValidMs);
    const ackSentMs = await withDeadline(clock, ackMs, 'the order to stop', heard).finally(() => unsubscribe());
    return last.uptimeMs + (ackSentMs - last.sentMs);
  }

  private frameOf(state: StateMessage): Frame {
    const sentMs = this.bench.clock.monotonicMs() - encodeFrame(state, 0).length * msPerByte;
    return { uptimeMs: state.uptimeMs, wayMm: wayOf(state, this.bench.calibration), sentMs };
  }

  /** One try: a late repetition would spoil the measurement, and the firmware stops by itself when nothing is renewed. */
  private drive(speedMmS: number, validMs: number): void {
    const { link } = this.bench;
    if (link.ready) link.request({ name: 'drive', leftMmS: speedMmS, rightMmS: speedMmS, validMs }, { tries: 1 }).catch(() => {});
  }
}
