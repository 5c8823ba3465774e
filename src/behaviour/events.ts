import type { DeviceStatus, SafetyState } from '../core/device.ts';
import type { ErrorInfo } from '../core/errors.ts';
import type { Language } from '../core/language.ts';
import type { CommandType } from './commands.ts';
import type {
  Announcement,
  Call,
  ChipStage,
  ChipVerdict,
  DeviceName,
  PlaceName,
  PriorityClass,
  ScannedCode,
  Service,
  Serving,
  Ticket,
  TicketUpdate,
} from './model.ts';

/** Entries of the main menu. */
export const menuChoices = ['ticket', 'procedures', 'booking', 'registration', 'water', 'snack', 'feedback', 'petition'] as const;
export type MenuChoice = (typeof menuChoices)[number];

/** What the citizen does on the screen. */
export type TouchEvent =
  | { type: 'touch.wake' }
  | { type: 'touch.language'; language: Language }
  | { type: 'touch.menu'; choice: MenuChoice }
  /** `followedBy`: services after the first, in order; at most four, none twice. */
  | { type: 'touch.service'; serviceId: string; followedBy: string[]; priorityClass: PriorityClass }
  | { type: 'touch.procedure'; code: string }
  /** "Yes" on the present screen: consent, confirm data, take water, try again. */
  | { type: 'touch.accept' }
  /** "No, thank you" on the present screen: refuse consent, no water. */
  | { type: 'touch.decline' }
  | { type: 'touch.addPerson' }
  /** The card's code cannot be scanned: she types its number. */
  | { type: 'touch.typeNumber' }
  /** The typed number lies in the vault under `recordId`. */
  | { type: 'touch.cardNumber'; recordId: string }
  | { type: 'touch.rating'; score: 1 | 2 | 3 | 4 | 5 }
  /** The petition's text lies in the vault under `recordId`. */
  | { type: 'touch.petition'; recordId: string }
  | { type: 'touch.back' }
  | { type: 'touch.exit' }
  /** "I need more time": restarts the countdown of the present screen. */
  | { type: 'touch.stillHere' };

/** How commands end. `id` is the command's. */
export type OutcomeEvent =
  | { type: 'ticket.reserved'; id: string; ticket: Ticket }
  | { type: 'ticket.printed'; id: string }
  | { type: 'ticket.committed'; id: string }
  | { type: 'ticket.voided'; id: string }
  | { type: 'water.progress'; id: string; dispensedMl: number }
  | { type: 'water.dispensed'; id: string; dispensedMl: number }
  | { type: 'snack.dispensed'; id: string }
  | { type: 'drive.arrived'; id: string }
  /** A card lies on the reader and its chip is being read. */
  | { type: 'chip.progress'; id: string; stage: ChipStage }
  /** The chip's data are in the vault, beside the record of the command. */
  | { type: 'chip.read'; id: string; verdict: ChipVerdict }
  | { type: 'registration.stored'; id: string }
  | { type: 'feedback.stored'; id: string }
  | { type: 'petition.stored'; id: string; receiptNumber: string }
  | { type: 'receipt.printed'; id: string }
  | { type: 'speech.finished'; id: string }
  | { type: 'vault.erased'; id: string }
  | { type: 'command.failed'; id: string; command: CommandType; error: ErrorInfo };

/** What the world does. */
export type WorldEvent =
  | { type: 'presence.near' }
  | { type: 'presence.left' }
  | { type: 'scan.read'; code: ScannedCode }
  /** The calling room has already dropped late and repeated calls. */
  | { type: 'call.received'; call: Call }
  /** Nobody may hear of it any more, unless it is being shown. */
  | { type: 'call.expired'; callId: string; sequence: number }
  | { type: 'ticket.updated'; update: TicketUpdate }
  | { type: 'day.began' }
  | { type: 'serving.changed'; serving: Serving[] }
  | { type: 'services.changed'; services: Service[] }
  | { type: 'link.online' }
  | { type: 'link.offline'; error: ErrorInfo }
  | { type: 'safety.changed'; safety: SafetyState }
  | { type: 'device.changed'; device: DeviceName; state: DeviceStatus }
  | { type: 'robot.pause' }
  /** Ends a pause or a stop that the ward ordered; a safety stop is released by a person alone. */
  | { type: 'robot.resume' }
  /** Everything that moves or flows ends now and stays so until `robot.resume`. */
  | { type: 'robot.stop' }
  | { type: 'robot.reboot' }
  | { type: 'robot.announce'; announcement: Announcement }
  | { type: 'robot.goTo'; place: PlaceName };

/** Everything the behaviour machine hears; its only way in. */
export type RobotEvent = TouchEvent | OutcomeEvent | WorldEvent;
