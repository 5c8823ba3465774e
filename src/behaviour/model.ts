import type { Language, LocalText } from '../core/language.ts';

/** A service the ward offers today, as the queue server announces it. */
export interface Service {
  serviceId: string;
  /** Letter of its number band, for instance `A`. */
  prefix: string;
  name: LocalText;
  open: boolean;
  /** Opening hours as text, for instance `07:30-17:00`. */
  hours: string;
  waitingCount: number;
  estimatedWaitMin: number;
  /** Codes of the procedures handled here, for instance `2.000815`. */
  procedureCodes: string[];
}

/** Services one ticket may be carried through. */
export const mostServices = 5;

/** Priority classes a citizen may claim (elderly: from 75; with a child: under six); the officer checks. */
export const priorityClasses = ['none', 'elderly', 'pregnant', 'withChild', 'disabled', 'veteran'] as const;
export type PriorityClass = (typeof priorityClasses)[number];

export interface Ticket {
  ticketId: string;
  /** What is printed and called, for instance `A012`. */
  number: string;
  serviceId: string;
  serviceName: LocalText;
  /** Services after the first, in order; the ticket keeps its number through all of them. */
  followedBy: { serviceId: string; serviceName: LocalText }[];
  priorityClass: PriorityClass;
  /** People ahead when the number was given. */
  waitingCount: number;
  estimatedWaitMin: number;
  /** ISO 8601 with offset. */
  issuedAt: string;
  /** Given from the offline lease, so the counts are unknown. */
  offline: boolean;
}

/** Why a number is called: to its counter, once more, to another counter than before, or straight to a counter without waiting. */
export const callKinds = ['call', 'recall', 'transfer', 'walkDirect'] as const;
export type CallKind = (typeof callKinds)[number];

/** One call of a number to a counter. A recall is the same call with a higher `sequence`. */
export interface Call {
  callId: string;
  ticketNumber: string;
  counter: number;
  sequence: number;
  kind: CallKind;
  /** Wall clock, ms since the epoch; later than this it is neither shown large nor spoken. */
  expiresAtMs: number;
}

/** What became of a ticket apart from calls. `waitingAgain`: for the next of its services, or after an absence. */
export const ticketChanges = ['waitingAgain', 'noShow', 'served', 'voided'] as const;
export interface TicketUpdate {
  ticketNumber: string;
  change: (typeof ticketChanges)[number];
  counter: number | null;
}

/** A number whose citizen did not come when it was called. */
export interface MissedNumber {
  ticketNumber: string;
  counter: number | null;
}

/** What the ward wants everybody here to know. */
export interface Announcement {
  announcementId: string;
  text: LocalText;
  /** Whole seconds, in ms. */
  showForMs: number;
}

/** What a counter is serving now; shown on the attract screen. */
export interface Serving {
  counter: number;
  ticketNumber: string;
}

export const deviceNames = ['board', 'printer', 'qrScanner', 'voice', 'water', 'snack', 'cardReader', 'touchscreen'] as const;
export type DeviceName = (typeof deviceNames)[number];

/** What the QR scanner saw. Personal data stays in the identity vault; only its handle comes here. */
export type ScannedCode =
  | { kind: 'card'; recordId: string }
  | { kind: 'cardDamaged' }
  | { kind: 'booking'; bookingCode: string }
  | { kind: 'healthInsurance' }
  | { kind: 'unknown' };

/** Stages of reading a card's chip, in order. */
export const chipStages = ['opening', 'reading', 'portrait', 'checking'] as const;
export type ChipStage = (typeof chipStages)[number];

/**
 * `genuine`: all checks passed and the issuer is anchored. `intact`: nothing failed, issuer not anchored. `notAChipOfItsOwn`: the data
 * are sound and the chip could not prove that it is no copy. `forged`: a check failed.
 */
export type ChipVerdict = 'genuine' | 'intact' | 'notAChipOfItsOwn' | 'forged';

/** A named place of the site file. */
export type PlaceName = string;

/** Settings of the machine; from the robot's and the site's configuration. All times in ms. */
export interface BehaviourSettings {
  defaultLanguage: Language;
  /** Places visited in turn while nobody is near; empty: stay. */
  patrol: PlaceName[];
  patrolEveryMs: number;
  homePlace: PlaceName;
  waterVolumeMl: number;
  waterEnabled: boolean;
  snackEnabled: boolean;
  /** How long each screen waits for the citizen. */
  screenTimeoutMs: number;
  longScreenTimeoutMs: number;
  shortScreenTimeoutMs: number;
  /** How long a command may take before the machine gives up on it. */
  commandTimeoutMs: number;
  printTimeoutMs: number;
  dispenseTimeoutMs: number;
  driveTimeoutMs: number;
  /** How long one call stays large on the screen. */
  callDisplayMs: number;
  /** Calls kept in the `now serving` list. */
  servingListLength: number;
}
