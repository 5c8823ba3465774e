import { CalibrationRecords } from '../../config/calibration-records.ts';
import { loadConfig } from '../../config/load.ts';
import type { HidIdentity } from '../../hardware/hid/hid-link.ts';
import { type ScreenSize, udevRule } from '../../hardware/touchscreen/calibration.ts';
import { HidTouchscreen, openTouchLink } from '../../hardware/touchscreen/touchscreen.driver.ts';
import type { Touchscreen } from '../../hardware/touchscreen/touchscreen.ts';
import { type Clock, SystemClock } from '../core/clock.ts';
import { LetanError } from '../core/errors.ts';
import { createLogger } from '../core/logger.ts';
import { offer } from '../technician/calibrate/changes.ts';
import { TapedTargets, TargetPage } from '../technician/calibrate/target-page.ts';
import { calibrateTouchscreen, type Targets } from '../technician/calibrate/touchscreen.ts';
import { type Answers, openDialogue, type Unit } from './calibrate.ts';

export interface TouchCalibration {
  touches: number;
  /** Of the page with the targets. */
  port: number;
  /** Targets marked with tape on a screen of this size; null: the page shows them. */
  tape: ScreenSize | null;
}

/** A panel is found at the first look, or after a resetting hub's second. */
const readyMs = 3000;
const lookMs = 50;
const ruleFile = '/etc/udev/rules.d/61-letan-touchscreen.rules';

async function awaitReady(touchscreen: Touchscreen, clock: Clock): Promise<void> {
  const endMs = clock.monotonicMs() + readyMs;
  for (;;) {
    const { status } = touchscreen;
    if (status.status === 'ready') return;
    if (clock.monotonicMs() >= endMs) throw new LetanError(status.error.code, status.error.detail);
    await new Promise<void>((resolve) => clock.after(lookMs, resolve));
  }
}

async function withTargets<T>({ tape, port }: TouchCalibration, work: (targets: Targets) => Promise<T>): Promise<T> {
  if (tape) return work(new TapedTargets(tape));
  const page = await TargetPage.open(port);
  try {
    return await work(page);
  } finally {
    await page.close();
  }
}

function adviceOf({ vendorId, productId }: HidIdentity, matrix: readonly number[]): string {
  return (
    `The browser's touches come from the kernel. As root, put this one line into ${ruleFile}:\n\n${udevRule({ vendorId, productId }, matrix)}\n\n` +
    'then `udevadm control --reload`, and plug the panel again (or start the computer anew).'
  );
}

/**
 * `letan calibrate touchscreen`: the robot may go on running, since everybody may listen to a panel. Throws the procedure's codes,
 * `CONFIG_INVALID` where the unit's file names no panel, `PORT_IN_USE`.
 */
export async function runTouchCalibration(unit: Unit, plan: TouchCalibration, answers: Answers): Promise<void> {
  const clock = new SystemClock();
  const { robot } = loadConfig(unit.configFolder, unit.robotName);
  const records = new CalibrationRecords(unit.configFolder, unit.robotName);
  if (!robot.touchscreen) throw new LetanError('CONFIG_INVALID', `${records.robotFile} names no touch panel: add \`touchscreen: {}\``);
  const dialogue = openDialogue(answers);
  const link = openTouchLink(robot.touchscreen, { clock, logger: createLogger({ level: 'silent' }) });
  const touchscreen = new HidTouchscreen({ link, clock });
  try {
    await awaitReady(touchscreen, clock);
    const { identity } = link;
    if (!identity) throw new LetanError('TOUCHSCREEN_OFFLINE', 'the panel went away');
    const proposal = await withTargets(plan, (targets) => calibrateTouchscreen({ touchscreen, clock, dialogue, targets }, plan));
    const written = await offer(dialogue, records, clock, proposal);
    const matrix = written?.after.touchMatrix;
    if (matrix) dialogue.tell(adviceOf(identity, matrix));
  } finally {
    dialogue.close();
    await touchscreen.close();
  }
}
