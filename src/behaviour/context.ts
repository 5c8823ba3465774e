import type { DeviceStatus, SafetyState } from '../core/device.ts';
import type { ErrorInfo } from '../core/errors.ts';
import type { Language } from '../core/language.ts';
import type { Mood } from './commands.ts';
import type {
  Announcement,
  BehaviourSettings,
  Call,
  ChipStage,
  DeviceName,
  MissedNumber,
  PlaceName,
  Service,
  Serving,
  Ticket,
} from './model.ts';

export interface RobotInput {
  settings: BehaviourSettings;
  /** Prefix of visit and command ids; one per process start, so that ids of two runs never meet. */
  seed: string;
}

/** What the robot remembers of the present visit. No personal data: only vault handles. */
export interface VisitMemory {
  visitId: string | null;
  language: Language;
  /** Id of the command whose outcome the present step waits for. */
  awaitedId: string | null;
  ticket: Ticket | null;
  procedureCode: string | null;
  recordIds: string[];
  /** The last person is known by a typed number alone: without her card's chip there is nothing to send. */
  numberTyped: boolean;
  /** How far the chip on the reader is read; null: no card lies there yet. */
  chipStage: ChipStage | null;
  receiptNumber: string | null;
  receiptPrinted: boolean;
  dispensedMl: number;
  /** Why the present step failed or asks again. */
  error: ErrorInfo | null;
}

export interface ShownAnnouncement extends Announcement {
  /** Counts down while nothing covers it. */
  leftMs: number;
  /** Command that speaks it. */
  speechId: string | null;
  spoken: boolean;
}

export interface RobotContext {
  settings: BehaviourSettings;
  seed: string;
  commandCount: number;
  visitCount: number;
  /** Grows whenever a screen starts or its countdown restarts. */
  step: number;
  visit: VisitMemory;
  /** Reservations the citizen walked away from; if they still succeed their ticket is voided. At most {@link abandonedLimit}. */
  abandonedReserveIds: string[];
  /** Command that may still move water or a snack; the wheels rest until its outcome is known. */
  dispenseId: string | null;
  near: boolean;
  driveId: string | null;
  patrolIndex: number;
  /** Where the staff wants the robot; kept through visits, dropped by a latched stop and by a pause. */
  requestedPlace: PlaceName | null;
  call: Call | null;
  waitingCalls: Call[];
  /** `callId#sequence` of the last {@link heardCallsLimit} calls. */
  heardCalls: string[];
  droppedCallCount: number;
  /** Called in vain, oldest first; at most {@link missedLimit}. */
  missed: MissedNumber[];
  announcement: ShownAnnouncement | null;
  /** At most {@link waitingAnnouncementsLimit}. */
  waitingAnnouncements: Announcement[];
  serving: Serving[];
  services: Service[];
  devices: Partial<Record<DeviceName, DeviceStatus>>;
  safety: SafetyState;
  /** The ward ordered a stop and has not ended it. */
  halted: boolean;
  linkError: ErrorInfo | null;
  mood: Mood | null;
}

/** Calls waiting for the screen; the oldest is dropped: a newer call is likelier to find its citizen. */
export const waitingCallsLimit = 20;
/** Numbers called in vain that the idle screen has room for; the oldest leaves. */
export const missedLimit = 6;
/** Announcements waiting for the screen; more are refused. */
export const waitingAnnouncementsLimit = 10;
/** Repeats come within minutes; a ward calls a few hundred numbers a day. */
export const heardCallsLimit = 100;
/** Every request ends with an outcome within its deadline, so more than a handful means a fault elsewhere. */
export const abandonedLimit = 20;
/** A registration is for one person or a couple. */
export const peopleLimit = 2;

export function freshVisit(language: Language): VisitMemory {
  return {
    visitId: null,
    language,
    awaitedId: null,
    ticket: null,
    procedureCode: null,
    recordIds: [],
    numberTyped: false,
    chipStage: null,
    receiptNumber: null,
    receiptPrinted: false,
    dispensedMl: 0,
    error: null,
  };
}

export function createContext({ settings, seed }: RobotInput): RobotContext {
  return {
    settings,
    seed,
    commandCount: 0,
    visitCount: 0,
    step: 0,
    visit: freshVisit(settings.defaultLanguage),
    abandonedReserveIds: [],
    dispenseId: null,
    near: false,
    driveId: null,
    patrolIndex: 0,
    requestedPlace: null,
    call: null,
    waitingCalls: [],
    heardCalls: [],
    droppedCallCount: 0,
    missed: [],
    announcement: null,
    waitingAnnouncements: [],
    serving: [],
    services: [],
    devices: {},
    // The firmware boots latched; until it reports, nothing better may be assumed.
    safety: { stopped: true, cause: 'powerUp', latched: true, eStopOpen: false },
    halted: false,
    linkError: null,
    mood: null,
  };
}

/** The fault that keeps a device from working; null when it works or has not reported yet. */
export function faultOf(context: RobotContext, device: DeviceName): ErrorInfo | null {
  const state = context.devices[device];
  return state && (state.status === 'faulty' || state.status === 'offline') ? state.error : null;
}

/** A card reader is there and works. A unit without one never reports it. */
export function readerReady({ devices }: RobotContext): boolean {
  const status = devices.cardReader?.status;
  return status === 'ready' || status === 'degraded';
}

/** Why nothing can be dispensed now; null when it can. */
export function dispenseFault(context: RobotContext, device: 'water' | 'snack'): ErrorInfo | null {
  if (context.halted) return { code: 'ROBOT_STOPPED', detail: 'the ward ordered a stop' };
  const fault = faultOf(context, 'board') ?? faultOf(context, device);
  if (fault) return fault;
  return context.safety.latched ? { code: 'SAFETY_STOP', detail: `latched stop: ${context.safety.cause ?? 'unknown'}` } : null;
}
