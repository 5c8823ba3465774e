import type { DeviceStatus } from '../../src/core/device.ts';
import type { Signal } from '../../src/core/signal.ts';

/**
 * Why an exchange with a card gave no answer. `cardRemoved`: it left the field. `weakField`: it is there and answers damaged frames.
 * `severalCards`: more than one lies on the reader. `readerUnplugged`: the reader itself is gone. `timeout`: no answer before the
 * deadline. `protocol`: the reader or the card answered what its standard does not allow.
 */
export const cardFailures = ['cardRemoved', 'weakField', 'severalCards', 'readerUnplugged', 'timeout', 'protocol'] as const;
export type CardFailure = (typeof cardFailures)[number];

/** How one exchange ended. Failures are outcomes, not exceptions: cards are torn away all the time. */
export type Exchange =
  /** `response`: data and the two status bytes; at least 2 bytes. */
  { kind: 'answered'; response: Uint8Array } | { kind: 'failed'; failure: CardFailure };

/** A card that lies on the reader and speaks ISO 7816-4. */
export interface PresentCard {
  /** Longest command and response APDU that reader and link carry, bytes, header and status included. 261 and 258 at least. */
  readonly longest: { commandBytes: number; responseBytes: number };
  /** Sends one command APDU, waits for its response. Never throws, never hangs: every exchange has a deadline. */
  transceive(command: Uint8Array): Promise<Exchange>;
}

/** What lies on the reader. `other`: something that is no ISO 14443-4 card (a transport card, a phone). */
export type CardPresence = { kind: 'none' } | { kind: 'card'; card: PresentCard } | { kind: 'several' } | { kind: 'other' };

/** Capability of a contactless (or contact) reader. The field is off until somebody asks for cards: nothing is read unasked. */
export interface CardReader {
  readonly status: DeviceStatus;
  readonly statusChanged: Signal<DeviceStatus>;
  /** `none` while not seeking. */
  readonly presence: CardPresence;
  readonly presenceChanged: Signal<CardPresence>;
  /** Begins or ends to look for cards; ending switches the field off. */
  seek(on: boolean): void;
  close(): Promise<void>;
}
