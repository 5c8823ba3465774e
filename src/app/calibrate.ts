import { CalibrationRecords } from '../../config/calibration-records.ts';
import { loadConfig } from '../../config/load.ts';
import { checkPermission, checkUnused } from '../../firmware-bridge/flashing/port-access.ts';
import { BoardLink } from '../../firmware-bridge/host/board-link.ts';
import { serialOpener } from '../../firmware-bridge/host/serial-transport.ts';
import { createBoard } from '../../hardware/board/board-driver.ts';
import { SystemClock } from '../core/clock.ts';
import { createIds } from '../core/ids.ts';
import { createLogger } from '../core/logger.ts';
import { SystemRandom } from '../core/random.ts';
import { assertNever } from '../core/result.ts';
import { Store } from '../store/store.ts';
import { awaitBoard, type CalibrationBench, configureBoard, type Proposal } from '../technician/calibrate/bench.ts';
import { type BrakingPlan, calibrateBraking } from '../technician/calibrate/braking.ts';
import { diffLines, historyLines, offer } from '../technician/calibrate/changes.ts';
import { calibrateDispenser, type DispenserPlan } from '../technician/calibrate/dispenser.ts';
import { calibrateRanges, type RangesPlan } from '../technician/calibrate/ranges.ts';
import { TerminalDialogue } from '../technician/calibrate/terminal.ts';
import { calibrateWheels, type WheelsPlan } from '../technician/calibrate/wheels.ts';

export interface Unit {
  configFolder: string;
  robotName: string;
}

export interface Answers {
  yes: boolean;
  answers: readonly string[];
}

export type Procedure =
  | { name: 'wheels'; plan: WheelsPlan }
  | { name: 'braking'; plan: BrakingPlan }
  | { name: 'dispenser'; plan: Omit<DispenserPlan, 'ids'> }
  | { name: 'ranges'; plan: RangesPlan };

/** The shell's number for a program ended by Ctrl-C. */
const interruptedCode = 130;
const say = (text: string) => process.stdout.write(text);
export const openDialogue = (answers: Answers) =>
  new TerminalDialogue({ input: process.stdin, write: say, echo: !process.stdin.isTTY, ...answers });

/** Works with the dispense numbers of the robot's own store: none is ever given twice. */
async function withDispenseIds<T>(file: string, work: (ids: { next(): number }) => Promise<T>): Promise<T> {
  const clock = new SystemClock();
  const store = Store.open({
    file,
    clock,
    ids: createIds(clock, new SystemRandom()),
    logger: createLogger({ level: 'warn' }),
    outboxLimit: 1,
  });
  try {
    return await work(store.counter('dispense'));
  } finally {
    store.close();
  }
}

function carryOut(bench: CalibrationBench, procedure: Procedure, storeFile: string): Promise<Proposal> {
  switch (procedure.name) {
    case 'wheels':
      return calibrateWheels(bench, procedure.plan);
    case 'braking':
      return calibrateBraking(bench, procedure.plan);
    case 'dispenser':
      return withDispenseIds(storeFile, (ids) => calibrateDispenser(bench, { ...procedure.plan, ids }));
    case 'ranges':
      return calibrateRanges(bench, procedure.plan);
    default:
      return assertNever(procedure);
  }
}

/**
 * `letan calibrate wheels|braking|dispenser|ranges`: measures with the technician at the terminal and writes what she agrees to.
 * Throws the procedures' codes, and `DEVICE_IN_USE` with the process that has the board, `DEVICE_PERMISSION`, `CONFIG_INVALID`.
 */
export async function runCalibration(unit: Unit, procedure: Procedure, answers: Answers): Promise<void> {
  const clock = new SystemClock();
  const { robot } = loadConfig(unit.configFolder, unit.robotName);
  await checkPermission(robot.board.path);
  await checkUnused(robot.board.path);
  const dialogue = openDialogue(answers);
  const { calibration } = robot;
  const link = new BoardLink({
    opener: serialOpener(robot.board),
    clock,
    logger: createLogger({ level: 'silent' }),
    calibration,
    firmataDelayMs: null,
  });
  const bench: CalibrationBench = { link, board: createBoard(link), clock, dialogue, calibration };
  // The board stops by itself once nobody speaks to it, and gets its own values with the next handshake.
  const interrupted = () => {
    say('\nInterrupted: the robot stops, nothing was written.\n');
    process.exit(interruptedCode);
  };
  process.once('SIGINT', interrupted);
  try {
    await awaitBoard(bench);
    const proposal = await carryOut(bench, procedure, robot.store.file);
    const written = await offer(dialogue, new CalibrationRecords(unit.configFolder, unit.robotName), clock, proposal);
    if (!written) return;
    await configureBoard(bench, written.after);
    dialogue.tell('The board works with them, and letan will from its next start.');
  } finally {
    process.removeListener('SIGINT', interrupted);
    dialogue.close();
    await bench.board.close();
  }
}

/** `letan calibrate undo`: takes the latest change back after asking. */
export async function undoCalibration(unit: Unit, options: Answers & { force: boolean }): Promise<void> {
  loadConfig(unit.configFolder, unit.robotName);
  const records = new CalibrationRecords(unit.configFolder, unit.robotName);
  const entry = records.undoable();
  if (entry) say(`Last change: ${entry.at}, ${entry.by}. Taken back:\n${diffLines(records.current(), entry.before).join('\n')}\n`);
  const dialogue = openDialogue(options);
  try {
    if (entry && !(await dialogue.confirm('write', 'Write these values?'))) {
      say('Nothing was written.\n');
      return;
    }
    records.undo(new SystemClock().nowMs(), { force: options.force });
    say('Written. letan works with them from its next start.\n');
  } finally {
    dialogue.close();
  }
}

/** `letan calibrate history`. */
export function printCalibrationHistory(unit: Unit): void {
  loadConfig(unit.configFolder, unit.robotName);
  say(`${historyLines(new CalibrationRecords(unit.configFolder, unit.robotName).history()).join('\n')}\n`);
}
