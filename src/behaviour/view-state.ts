import type { ErrorInfo } from '../core/errors.ts';
import type { RobotSnapshot } from './actor.ts';
import { faultOf, peopleLimit, type RobotContext } from './context.ts';
import { type MenuChoice, menuChoices } from './events.ts';
import type { VisitScreen } from './screens.ts';
import type { StepMeta } from './setup.ts';
import { timeoutMs } from './timeouts.ts';

/** What a projection needs to know of the visit. */
export interface VisitDescription {
  screen: VisitScreen;
  /** Changes whenever the countdown (re)starts: a screen began, or the citizen asked for more time. */
  step: number;
  /** How long the step lasts, ms; null where nothing runs out. */
  totalMs: number | null;
  canGoBack: boolean;
  canExit: boolean;
  /** Why the screen failed or asks again. On a scan screen also the scanner's own fault. */
  error: ErrorInfo | null;
}

function stepOf(snapshot: RobotSnapshot): StepMeta {
  const metas: Record<string, StepMeta | undefined> = snapshot.getMeta();
  for (const meta of Object.values(metas)) if (meta) return meta;
  throw new TypeError('a visit state without a screen');
}

export function describeVisit(snapshot: RobotSnapshot): VisitDescription {
  const { screen, timeout } = stepOf(snapshot);
  const { context } = snapshot;
  const scannerFault = screen === 'bookingScan' || screen === 'registrationScan' ? faultOf(context, 'qrScanner') : null;
  return {
    screen,
    step: context.step,
    totalMs: timeout === null ? null : timeoutMs(timeout, context.settings),
    canGoBack: snapshot.can({ type: 'touch.back' }),
    canExit: snapshot.can({ type: 'touch.exit' }),
    error: context.visit.error ?? scannerFault,
  };
}

/** What the main menu offers. */
export function offeredChoices({ settings }: RobotContext): MenuChoice[] {
  return menuChoices.filter((choice) => (choice !== 'water' || settings.waterEnabled) && (choice !== 'snack' || settings.snackEnabled));
}

/** The kind of code the robot waits for; null: a scan is unasked for and its data must not be kept. */
export function expectedScan(snapshot: RobotSnapshot): 'card' | 'booking' | null {
  const { screen } = stepOf(snapshot);
  if (screen === 'registrationScan') return 'card';
  return screen === 'bookingScan' ? 'booking' : null;
}

export const mayAddPerson = ({ visit }: RobotContext): boolean => visit.recordIds.length < peopleLimit;
export const isDriving = (snapshot: RobotSnapshot): boolean =>
  snapshot.matches({ mobility: 'patrolling' }) || snapshot.matches({ mobility: 'errand' });
export const isOnline = (snapshot: RobotSnapshot): boolean => snapshot.matches({ link: 'online' });
export const isPaused = (snapshot: RobotSnapshot): boolean => snapshot.matches({ maintenance: 'paused' });
/** The ward ordered a stop. */
export const isHalted = (snapshot: RobotSnapshot): boolean => snapshot.context.halted;
/** A restart was ordered; it begins when nobody is being served. */
export const isRestarting = (snapshot: RobotSnapshot): boolean => !snapshot.matches({ restart: 'none' });
/** Somebody is being served, or has just been greeted. */
export const isServing = (snapshot: RobotSnapshot): boolean => snapshot.matches({ visit: 'session' });
