import type { MenuChoice } from '../behaviour/events.ts';
import type { Call, ChipStage, ChipVerdict, MissedNumber, PriorityClass, Service, Serving, Ticket } from '../behaviour/model.ts';
import type { SafetyState } from '../core/device.ts';
import type { ErrorInfo } from '../core/errors.ts';
import type { Language, LocalText } from '../core/language.ts';

/** A citizen's data as shown to her on the confirm screen; comes from the vault, never from the machine's snapshot. */
export interface ShownPerson {
  fullName: string;
  /** All but the last four digits are dots. */
  maskedIdNumber: string;
  birthDate: string;
  /** What the card's chip was found to be; null where it was not read. `portrait`: a data URL, only where the site shows it. */
  chip: { verdict: ChipVerdict; portrait: string | null } | null;
}

export interface ProcedureSummary {
  code: string;
  name: string;
}

/** What the screen shows. One member per screen of the visit region. */
export type Screen =
  | { name: 'attract' }
  | { name: 'greeting' }
  | { name: 'language' }
  | { name: 'menu'; choices: MenuChoice[] }
  | { name: 'services'; services: Service[]; priorityClasses: PriorityClass[] }
  | { name: 'procedures' }
  | { name: 'procedure'; code: string; serviceId: string | null }
  | { name: 'bookingScan'; error: ErrorInfo | null }
  | { name: 'ticketReserving' }
  | { name: 'ticketPrinting'; ticket: Ticket }
  | { name: 'ticketIssued'; ticket: Ticket }
  | { name: 'ticketFailed'; error: ErrorInfo }
  | { name: 'waterOffer'; volumeMl: number }
  | { name: 'waterDispensing'; dispensedMl: number; volumeMl: number }
  | { name: 'waterFailed'; error: ErrorInfo }
  | { name: 'snackDispensing' }
  | { name: 'snackFailed'; error: ErrorInfo }
  | { name: 'registrationScan'; personNumber: number; mayTypeNumber: boolean; error: ErrorInfo | null }
  /** What will be read, if she agrees. */
  | { name: 'registrationConsent'; readsChip: boolean; showsPortrait: boolean }
  | { name: 'registrationNumber' }
  /** `stage` null: no card lies on the reader yet. */
  | { name: 'registrationChip'; stage: ChipStage | null; maySkip: boolean }
  | { name: 'registrationChipFailed'; error: ErrorInfo; maySkip: boolean }
  | { name: 'registrationConfirm'; people: ShownPerson[]; mayAddPerson: boolean }
  | { name: 'registrationSending' }
  | { name: 'registrationDone' }
  | { name: 'feedback' }
  | { name: 'feedbackDone' }
  | { name: 'petition' }
  | { name: 'petitionSending' }
  | { name: 'petitionDone'; receiptNumber: string; printed: boolean }
  | { name: 'serviceFailed'; error: ErrorInfo }
  | { name: 'thanks' };

export type ScreenName = Screen['name'];

/** Everything the kiosk page knows: a projection of the machine's snapshot, pushed whole on every change. */
export interface KioskView {
  /** Grows with every view sent. */
  revision: number;
  robotName: string;
  wardName: string;
  language: Language;
  screen: Screen;
  /** Time left on this screen; null where nothing runs out. */
  countdown: { totalMs: number; remainingMs: number } | null;
  canGoBack: boolean;
  canExit: boolean;
  /** The call shown large, over everything but a stop. */
  call: Call | null;
  serving: Serving[];
  /** Called in vain, oldest first. */
  missed: MissedNumber[];
  /** What the ward wants everybody to know now. */
  announcement: LocalText | null;
  safety: SafetyState;
  online: boolean;
  boardConnected: boolean;
  paused: boolean;
  /** The ward ordered a stop. */
  halted: boolean;
  /** The program is about to start anew, and nobody is being served. */
  restarting: boolean;
  /** The robot is driving: the screen asks for room. */
  driving: boolean;
}

/** Server to page. */
export type ServerMessage = { type: 'view'; view: KioskView };

/** Page to server over the same WebSocket; parsed with zod on arrival, then turned into touch events. */
export type PageMessage =
  | { type: 'wake' }
  | { type: 'language'; language: Language }
  | { type: 'menu'; choice: MenuChoice }
  /** `followedBy`: services after the first, in order. */
  | { type: 'service'; serviceId: string; followedBy: string[]; priorityClass: PriorityClass }
  | { type: 'procedure'; code: string }
  | { type: 'accept' }
  | { type: 'decline' }
  | { type: 'addPerson' }
  | { type: 'typeNumber' }
  /** The 12 digits of a card's number, or its last six; goes to the vault at once. */
  | { type: 'cardNumber'; number: string }
  | { type: 'rating'; score: 1 | 2 | 3 | 4 | 5 }
  /** Free text, at most 2,000 characters; goes to the vault at once. */
  | { type: 'petition'; text: string }
  | { type: 'back' }
  | { type: 'exit' }
  | { type: 'stillHere' };
