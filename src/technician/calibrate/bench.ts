import type { Calibration, CalibrationValues } from '../../../config/calibration-records.ts';
import type { BoardLink } from '../../../firmware-bridge/host/board-link.ts';
import { configureMessage } from '../../../firmware-bridge/host/session.ts';
import type { Board, BoardTelemetry } from '../../../hardware/board/board.ts';
import type { Clock } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { LetanError } from '../../core/errors.ts';
import type { Dialogue } from './dialogue.ts';

/** What every procedure works with. */
export interface CalibrationBench {
  link: BoardLink;
  board: Board;
  clock: Clock;
  dialogue: Dialogue;
  /** As the robot file has it now, and as the board was configured. */
  calibration: Calibration;
}

/** What a procedure proposes to write. */
export interface Proposal {
  by: 'wheels' | 'braking' | 'dispenser' | 'ranges' | 'touchscreen';
  values: CalibrationValues;
  /** Single measurements, for the history. */
  measured: string[];
}

/** The board needs about half a second after its port was opened; a boot loader in between 7 s more. */
const readyMs = 9000;
const releaseMs = 3000;
const settleMs = 5000;
const configureRetryMs = 100;
/** Four state frames without a pulse: 200 ms, twice the firmware's own standstill. */
const stillFrames = 4;

export const wait = (clock: Clock, ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));

/** Resolves with the first telemetry that fits, the last one heard included. */
export async function telemetryWhere(
  { board, clock }: CalibrationBench,
  what: string,
  timeoutMs: number,
  fits: (telemetry: BoardTelemetry) => boolean,
): Promise<BoardTelemetry> {
  if (board.telemetry && fits(board.telemetry)) return board.telemetry;
  let unsubscribe = () => {};
  const heard = new Promise<BoardTelemetry>((resolve) => {
    unsubscribe = board.telemetryChanged.on((telemetry) => {
      if (fits(telemetry)) resolve(telemetry);
    });
  });
  return withDeadline(clock, timeoutMs, what, heard).finally(unsubscribe);
}

/** Waits for the handshake; rejects with what the link says is wrong. */
export async function awaitBoard({ link, clock }: Pick<CalibrationBench, 'link' | 'clock'>): Promise<void> {
  const endMs = clock.monotonicMs() + readyMs;
  while (!link.ready) {
    const { status } = link;
    if (status.status === 'faulty') throw new LetanError(status.error.code, status.error.detail);
    if (clock.monotonicMs() >= endMs) {
      throw new LetanError('BOARD_NOT_CONNECTED', status.status === 'offline' ? status.error.detail : `no answer on ${link.portName}`);
    }
    await wait(clock, 20);
  }
}

/** Opening its port resets the board, and after a reset a person releases the wheels. `SAFETY_STOP` when another stop stays. */
export async function awaitRelease(bench: CalibrationBench): Promise<void> {
  const first = await telemetryWhere(bench, 'the state of the board', releaseMs, () => true);
  if (!first.safety.latched) return;
  await bench.dialogue.ready(
    'release',
    `The wheels are held (${first.safety.cause ?? 'a stop'}). See that nobody stands in the way, then press the blue release button on the robot.`,
  );
  try {
    await telemetryWhere(bench, 'the release', releaseMs, ({ safety }) => !safety.latched);
  } catch (error) {
    const cause = bench.board.telemetry?.safety.cause ?? 'a stop';
    throw new LetanError('SAFETY_STOP', `the wheels are still held: ${cause}`, { cause: error });
  }
}

/** Resolves when neither wheel has moved for four state frames. */
export async function awaitStill(bench: CalibrationBench): Promise<BoardTelemetry> {
  let quiet = 0;
  let last: BoardTelemetry | null = null;
  return telemetryWhere(bench, 'standstill', settleMs, (telemetry) => {
    const same = last?.leftPulses === telemetry.leftPulses && last.rightPulses === telemetry.rightPulses;
    quiet = same && !telemetry.moving ? quiet + 1 : 0;
    last = telemetry;
    return quiet >= stillFrames;
  });
}

/** Gives the board these values until its next reset or the next call. It takes none while it moves or dispenses. */
export async function configureBoard(bench: CalibrationBench, values: CalibrationValues): Promise<void> {
  const { link, clock, calibration } = bench;
  const endMs = clock.monotonicMs() + settleMs;
  for (;;) {
    const result = await link.request(configureMessage({ ...calibration, ...definedOf(values) }));
    if (result === 'accepted' || result === 'repeated') return;
    if (result !== 'interlocked' || clock.monotonicMs() >= endMs) {
      throw new LetanError('BOARD_REJECTED', `the board answered the calibration with ${result}`);
    }
    await wait(clock, configureRetryMs);
  }
}

function definedOf(values: CalibrationValues): Partial<Calibration> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Works with other values in the board; its own come back whatever happens. */
export async function withBoardValues<T>(bench: CalibrationBench, values: CalibrationValues, work: () => Promise<T>): Promise<T> {
  await configureBoard(bench, values);
  try {
    return await work();
  } finally {
    // A board that went away meanwhile gets its own values with the next handshake.
    await configureBoard(bench, {}).catch(() => {});
  }
}
