import {
  doubtOf,
  fitTouch,
  roundMatrix,
  type ScreenSize,
  type SharePoint,
  shareOf,
  type TouchedTarget,
  type TouchFit,
} from '../../../hardware/touchscreen/calibration.ts';
import type { Contact, Touchscreen } from '../../../hardware/touchscreen/touchscreen.ts';
import type { Clock } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { LetanError } from '../../core/errors.ts';
import { mean } from '../../core/statistics.ts';
import type { Proposal } from './bench.ts';
import type { Dialogue } from './dialogue.ts';

/** Whatever shows where to touch: a page on the robot's screen, or tape on its glass. */
export interface Targets {
  /** What the technician does before the first target. */
  readonly preparation: string;
  /** Null while it is not known. */
  readonly screen: ScreenSize | null;
  /** Null: none. */
  show(target: SharePoint | null): void;
}

export interface TouchBench {
  touchscreen: Touchscreen;
  clock: Clock;
  dialogue: Dialogue;
  targets: Targets;
}

export interface TouchPlan {
  /** Of each target. */
  touches: number;
}

/** Four corners at 10 % and the middle: what lies between is what people touch. */
const places: readonly (SharePoint & { name: string })[] = [
  { name: 'top left', x: 0.1, y: 0.1 },
  { name: 'top right', x: 0.9, y: 0.1 },
  { name: 'bottom right', x: 0.9, y: 0.9 },
  { name: 'bottom left', x: 0.1, y: 0.9 },
  { name: 'middle', x: 0.5, y: 0.5 },
];
const touchTimeoutMs = 60_000;
/** Of the panel; a finger that slides further meant something else. */
const slideShareMax = 0.03;
/** Of the screen's longer side; what touches of one target may lie apart on average. */
const spreadShareMax = 0.015;

type Touch = { kind: 'touch'; at: SharePoint } | { kind: 'severalFingers' } | { kind: 'slid' };

/**
 * Touched targets against shown ones. Resolves with the matrix for libinput; rejects with `CALIBRATION_IMPLAUSIBLE`,
 * `TOUCHSCREEN_OFFLINE` and the panel's other codes, `REQUEST_TIMEOUT` when nobody touches, or `CANCELLED`.
 */
export async function calibrateTouchscreen(bench: TouchBench, { touches }: TouchPlan): Promise<Proposal> {
  const { dialogue, targets } = bench;
  dialogue.tell(`Touch panel: ${places.length} targets, ${touches} touches each, with one finger or a soft pen, as exactly as you can.`);
  await dialogue.ready('targets.ready', targets.preparation);
  const { screen } = targets;
  if (!screen) throw new LetanError('CALIBRATION_IMPLAUSIBLE', "the page with the targets is not open on the robot's screen");
  const points: TouchedTarget[] = [];
  const measured: string[] = [];
  try {
    for (const { name, ...target } of places) {
      targets.show(target);
      dialogue.tell(`  ${name}: ${percent(target.x)} from the left, ${percent(target.y)} from the top`);
      const touched = await touchesOf(bench, touches);
      const middle = { x: mean(touched.map(({ x }) => x)), y: mean(touched.map(({ y }) => y)) };
      const spreadPx = spreadOf(touched, middle, screen);
      const line = `${name.padEnd(12)}  ${touches} touches  ${percent(middle.x)}, ${percent(middle.y)} of the panel ± ${spreadPx.toFixed(1)} px`;
      dialogue.tell(`  ${line}`);
      if (spreadPx > spreadShareMax * Math.max(screen.widthPx, screen.heightPx)) {
        throw new LetanError('CALIBRATION_IMPLAUSIBLE', `the touches of the target ${name} lie ${spreadPx.toFixed(0)} px apart`);
      }
      points.push({ target, touched: middle });
      measured.push(line);
    }
  } finally {
    targets.show(null);
  }
  return conclude(dialogue, fitOf(points, screen), screen, measured);
}

function conclude(dialogue: Dialogue, fit: TouchFit, screen: ScreenSize, measured: string[]): Proposal {
  const left = fit.residualsPx.map((px) => px.toFixed(1)).join(', ');
  const residual = `residual ${fit.residualPx.toFixed(1)} px (${left}) on ${screen.widthPx} x ${screen.heightPx}`;
  dialogue.tell(`  ${residual}`);
  const doubt = doubtOf(fit, screen);
  if (doubt !== null) throw new LetanError('CALIBRATION_IMPLAUSIBLE', doubt);
  return { by: 'touchscreen', values: { touchMatrix: [...roundMatrix(fit.matrix)] }, measured: [...measured, residual] };
}

function fitOf(points: readonly TouchedTarget[], screen: ScreenSize): TouchFit {
  try {
    return fitTouch(points, screen);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new LetanError('CALIBRATION_IMPLAUSIBLE', error.message, { cause: error });
  }
}

async function touchesOf(bench: TouchBench, count: number): Promise<SharePoint[]> {
  const touched: SharePoint[] = [];
  while (touched.length < count) {
    const touch = await nextTouch(bench);
    if (touch.kind === 'touch') touched.push(touch.at);
    else bench.dialogue.tell(touch.kind === 'slid' ? '  the finger slid: touch again' : '  several fingers: touch again with one');
  }
  return touched;
}

/** From the first finger on the glass until the last is lifted; one finger's place is the mean of all that was reported. */
function nextTouch({ touchscreen, clock }: TouchBench): Promise<Touch> {
  const seen: Contact[] = [];
  let hadSeveral = false;
  const stops: (() => void)[] = [];
  const touch = new Promise<Touch>((resolve, reject) => {
    const lost = () => {
      const { status } = touchscreen;
      if (status.status === 'offline' || status.status === 'faulty') reject(new LetanError(status.error.code, status.error.detail));
    };
    lost();
    stops.push(touchscreen.statusChanged.on(lost));
    stops.push(
      touchscreen.touched.on((contacts) => {
        const [contact] = contacts;
        if (contact) {
          hadSeveral ||= contacts.length > 1;
          seen.push(contact);
        } else if (seen.length > 0) resolve(hadSeveral ? { kind: 'severalFingers' } : placeOf(seen, touchscreen));
      }),
    );
  });
  return withDeadline(clock, touchTimeoutMs, 'the touch panel', touch).finally(() => {
    for (const stop of stops) stop();
  });
}

function placeOf(contacts: readonly Contact[], { range }: Touchscreen): Touch {
  if (!range) return { kind: 'slid' };
  const points = contacts.map((contact) => shareOf(contact, range));
  const at = { x: mean(points.map(({ x }) => x)), y: mean(points.map(({ y }) => y)) };
  const slid = points.some(({ x, y }) => Math.abs(x - at.x) > slideShareMax || Math.abs(y - at.y) > slideShareMax);
  return slid ? { kind: 'slid' } : { kind: 'touch', at };
}

/** Root mean square distance from the middle, px. */
function spreadOf(points: readonly SharePoint[], middle: SharePoint, { widthPx, heightPx }: ScreenSize): number {
  return Math.sqrt(mean(points.map(({ x, y }) => ((x - middle.x) * widthPx) ** 2 + ((y - middle.y) * heightPx) ** 2)));
}

const percent = (share: number) => `${(share * 100).toFixed(1).replace(/\.0$/, '')} %`;
