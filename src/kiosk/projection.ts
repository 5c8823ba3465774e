import type { RobotSnapshot } from '../behaviour/actor.ts';
import { type RobotContext, readerReady } from '../behaviour/context.ts';
import { priorityClasses, type Ticket } from '../behaviour/model.ts';
import {
  describeVisit,
  isDriving,
  isHalted,
  isOnline,
  isPaused,
  isRestarting,
  isServing,
  mayAddPerson,
  offeredChoices,
  type VisitDescription,
} from '../behaviour/view-state.ts';
import type { Clock } from '../core/clock.ts';
import type { ErrorInfo } from '../core/errors.ts';
import type { LocalText } from '../core/language.ts';
import { assertNever } from '../core/result.ts';
import type { KioskView, Screen, ShownPerson } from './view.ts';

/** What a view needs beside the machine's snapshot. */
export interface ViewExtras {
  revision: number;
  robotName: string;
  wardName: LocalText;
  /** Ms since the present step began. */
  stepElapsedMs: number;
  /** A card's data as its owner may see it; the vault answers, the snapshot knows handles only. */
  shownPeople(recordIds: string[]): ShownPerson[];
  /** The site shows a chip's portrait while its owner confirms her data. */
  showPortrait: boolean;
  /** Whether the control board answers now. */
  boardConnected(): boolean;
}

/** The kiosk's view of a snapshot. Pure: the same arguments give the same view. */
export function projectView(snapshot: RobotSnapshot, extras: ViewExtras): KioskView {
  const { context } = snapshot;
  const visit = describeVisit(snapshot);
  const { language } = context.visit;
  return {
    revision: extras.revision,
    robotName: extras.robotName,
    wardName: extras.wardName[language],
    language,
    screen: screenOf(visit, context, extras),
    countdown: visit.totalMs === null ? null : { totalMs: visit.totalMs, remainingMs: Math.max(0, visit.totalMs - extras.stepElapsedMs) },
    canGoBack: visit.canGoBack,
    canExit: visit.canExit,
    call: context.call,
    serving: context.serving,
    missed: context.missed,
    announcement: context.announcement?.text ?? null,
    safety: context.safety,
    online: isOnline(snapshot),
    boardConnected: extras.boardConnected(),
    paused: isPaused(snapshot),
    halted: isHalted(snapshot),
    restarting: isRestarting(snapshot) && !isServing(snapshot),
    driving: isDriving(snapshot),
  };
}

/** The machine gives a reason with every failure; this one would only show a fault of its own. */
const unexplained: ErrorInfo = { code: 'CANCELLED', detail: 'failed without a reason' };

function ticketOf({ visit }: RobotContext): Ticket {
  if (visit.ticket === null) throw new TypeError('a ticket screen without a ticket');
  return visit.ticket;
}

function screenOf({ screen, error }: VisitDescription, context: RobotContext, extras: ViewExtras): Screen {
  const { visit, settings, services } = context;
  switch (screen) {
    case 'attract':
    case 'greeting':
    case 'language':
    case 'procedures':
    case 'ticketReserving':
    case 'snackDispensing':
    case 'registrationNumber':
    case 'registrationSending':
    case 'registrationDone':
    case 'feedback':
    case 'feedbackDone':
    case 'petition':
    case 'petitionSending':
    case 'thanks':
      return { name: screen };
    case 'menu':
      return { name: screen, choices: offeredChoices(context) };
    case 'services':
      return { name: screen, services, priorityClasses: [...priorityClasses] };
    case 'procedure':
      return { name: screen, code: visit.procedureCode ?? '', serviceId: serviceFor(context) };
    case 'bookingScan':
      return { name: screen, error };
    case 'ticketPrinting':
    case 'ticketIssued':
      return { name: screen, ticket: ticketOf(context) };
    case 'waterOffer':
      return { name: screen, volumeMl: settings.waterVolumeMl };
    case 'waterDispensing':
      return { name: screen, dispensedMl: visit.dispensedMl, volumeMl: settings.waterVolumeMl };
    case 'registrationScan':
      return { name: screen, personNumber: visit.recordIds.length + 1, mayTypeNumber: readerReady(context), error };
    case 'registrationConsent': {
      const readsChip = readerReady(context);
      return { name: screen, readsChip, showsPortrait: readsChip && extras.showPortrait };
    }
    case 'registrationChip':
      return { name: screen, stage: visit.chipStage, maySkip: !visit.numberTyped };
    case 'registrationChipFailed':
      return { name: screen, error: error ?? unexplained, maySkip: !visit.numberTyped };
    case 'registrationConfirm':
      return { name: screen, people: extras.shownPeople(visit.recordIds), mayAddPerson: mayAddPerson(context) };
    case 'petitionDone':
      return { name: screen, receiptNumber: visit.receiptNumber ?? '', printed: visit.receiptPrinted };
    case 'ticketFailed':
    case 'waterFailed':
    case 'snackFailed':
    case 'serviceFailed':
      return { name: screen, error: error ?? unexplained };
    default:
      return assertNever(screen);
  }
}

/** The open service that handles the chosen procedure today. */
function serviceFor({ services, visit }: RobotContext): string | null {
  const { procedureCode } = visit;
  if (procedureCode === null) return null;
  return services.find((service) => service.open && service.procedureCodes.includes(procedureCode))?.serviceId ?? null;
}

export interface KioskProjectionOptions extends Omit<ViewExtras, 'revision' | 'stepElapsedMs'> {
  clock: Clock;
}

/** Projects snapshot after snapshot: counts the views and remembers when the present step began. */
export class KioskProjection {
  private readonly options: KioskProjectionOptions;
  private revision = 0;
  private step: number | null = null;
  private stepStartMs = 0;

  constructor(options: KioskProjectionOptions) {
    this.options = options;
  }

  project(snapshot: RobotSnapshot): KioskView {
    const nowMs = this.options.clock.monotonicMs();
    if (snapshot.context.step !== this.step) {
      this.step = snapshot.context.step;
      this.stepStartMs = nowMs;
    }
    this.revision += 1;
    return projectView(snapshot, { ...this.options, revision: this.revision, stepElapsedMs: nowMs - this.stepStartMs });
  }
}
