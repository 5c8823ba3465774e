import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { type CheckedImage, checkRelease, flashBoard } from '../../firmware-bridge/flashing/flash-board.ts';
import { openFlashLine } from '../../firmware-bridge/flashing/line.ts';
import { checkPermission, checkUnused } from '../../firmware-bridge/flashing/port-access.ts';
import { firmwareVersion, protocolOf } from '../../firmware-bridge/host/identity.ts';
import { openComputerLines } from '../../hardware/gpio/computer-lines.ts';
import type { ComputerLines } from '../../hardware/gpio/gpio.ts';
import { type Clock, SystemClock } from '../core/clock.ts';
import { silentLogger } from '../core/logger.ts';
import { ProgressPrinter } from '../technician/flash-progress.ts';
import { readRelease } from './firmware-release.ts';

export interface FlashCommand {
  configFolder: string;
  robotName: string;
  /** Intel HEX file. */
  image: string;
  /** Null: the robot file's. */
  port: string | null;
}

const say = (text: string): void => void process.stdout.write(text);

/** `20261123T064500Z`: sorts by time and is good in a file name. */
const stamp = (clock: Clock) => `${new Date(clock.nowMs()).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;

/** Copies the robot file, which holds the calibration, into `history/` beside the run's data. Returns where it went. */
export function backUpCalibration(robotFile: string, storeFile: string, clock: Clock): string {
  const folder = join(dirname(storeFile), 'history');
  mkdirSync(folder, { recursive: true });
  const copy = join(folder, `${basename(robotFile, '.yaml')}-${stamp(clock)}.yaml`);
  copyFileSync(robotFile, copy);
  return copy;
}

function describe({ manifest, bytes, signedBy }: CheckedImage): string {
  const trust = signedBy ? `signed by ${signedBy}` : 'unsigned, which this development unit takes';
  return `firmware ${manifest.version} (protocol ${manifest.protocolVersion}, ${bytes.length} bytes), ${trust}`;
}

/** The board did not answer to the reset over its cable: by its reset line where the unit has one that works, else by a person. */
async function resetOtherwise(lines: ComputerLines | null): Promise<void> {
  const done = (await lines?.resetBoard()) ?? false;
  if (done) return say('  no answer yet: reset by the line of the computer\n');
  if (lines && lines.status.status !== 'ready') say(`  ${lines.status.error.code}: ${lines.status.error.detail}\n`);
  say('  no answer yet: press the reset button on the control board now\n');
}

/**
 * `letan flash`: checks image and port, keeps the calibration, flashes, verifies, starts and asks the firmware who it is. Throws a
 * `FIRMWARE_…`, `FLASH_…`, `DEVICE_…` or `BOARD_…` code whose detail says how to go on.
 */
export async function runFlash(command: FlashCommand): Promise<void> {
  const clock = new SystemClock();
  const startMs = clock.monotonicMs();
  const { robot } = loadConfig(command.configFolder, command.robotName);
  const path = command.port ?? robot.board.path;
  const image = checkRelease(readRelease(command.image), robot.firmware);
  say(`${robot.robotId}: ${describe(image)}\n`);
  await checkPermission(path);
  await checkUnused(path);
  const copy = backUpCalibration(join(command.configFolder, 'robots', `${command.robotName}.yaml`), robot.store.file, clock);
  say(`  calibration kept in ${copy}\n`);
  const line = await openFlashLine({ path, clock });
  const lines = openComputerLines({ lines: { boardReset: robot.gpio.boardReset }, clock, logger: silentLogger });
  const progress = new ProgressPrinter({ write: say, isTerminal: process.stdout.isTTY });
  try {
    const identity = await flashBoard({
      line,
      clock,
      image,
      firmwareBaudRate: robot.board.baudRate,
      report: (now) => progress.show(now),
      askForReset: () => void resetOtherwise(lines),
    });
    progress.end();
    const seconds = ((clock.monotonicMs() - startMs) / 1000).toFixed(1);
    say(`${path} runs firmware ${firmwareVersion(identity)} (protocol ${protocolOf(identity)}), verified, after ${seconds} s\n`);
    say('The wheels stay stopped until a person presses the release button.\n');
  } finally {
    progress.end();
    await line.close();
    await lines?.close();
  }
}
