import type { Language } from '../core/language.ts';
import type { Announcement, Call, PlaceName, PriorityClass, Ticket } from './model.ts';

/** Spoken guidance; the text is in config/texts under this key. */
export type SpeechKey = 'speech.greeting' | 'speech.ticket' | 'speech.water' | 'speech.thanks' | 'speech.ticketFailed';

/** What the robot's lights express. */
export type Mood = 'calm' | 'greeting' | 'busy' | 'calling' | 'stopped' | 'offline';

/** Everything the behaviour machine may ask for; its only way out. Each command's outcome comes back as an event with its id. */
export type Command =
  | {
      type: 'ticket.reserve';
      id: string;
      visitId: string;
      serviceId: string;
      followedBy: string[];
      priorityClass: PriorityClass;
      language: Language;
    }
  | { type: 'booking.checkIn'; id: string; visitId: string; bookingCode: string; language: Language }
  | { type: 'ticket.print'; id: string; ticket: Ticket; language: Language }
  | { type: 'ticket.commit'; id: string; ticketId: string }
  | { type: 'ticket.void'; id: string; ticketId: string; reason: string }
  | { type: 'water.dispense'; id: string; volumeMl: number }
  | { type: 'water.abort'; id: string }
  | { type: 'snack.dispense'; id: string }
  | { type: 'drive.to'; id: string; place: PlaceName }
  /** Stops everything that moves or flows. */
  | { type: 'stop'; id: string }
  /** Looks for a card on the reader and reads its chip with the number of the record. */
  | { type: 'chip.seek'; id: string; recordId: string }
  /** Ends the looking or the reading; the field is switched off. */
  | { type: 'chip.stop'; id: string }
  | { type: 'registration.submit'; id: string; visitId: string; recordIds: string[] }
  | { type: 'feedback.submit'; id: string; visitId: string; score: number }
  | { type: 'petition.submit'; id: string; visitId: string; recordId: string }
  | { type: 'receipt.print'; id: string; receiptNumber: string; language: Language }
  | { type: 'speech.say'; id: string; key: SpeechKey; language: Language; params: Record<string, string> }
  /** Says that the robot stopped and asks to keep clear; cuts off whatever is being said. */
  | { type: 'speech.warn'; id: string; language: Language }
  | { type: 'speech.call'; id: string; call: Call }
  | { type: 'speech.announce'; id: string; announcement: Announcement }
  | { type: 'lights.set'; id: string; mood: Mood }
  /** The host may start the program anew: nobody is being served and nothing moves. */
  | { type: 'restart'; id: string }
  /** Wipes every record of the visit from the vault. */
  | { type: 'vault.erase'; id: string; visitId: string };

export type CommandType = Command['type'];
