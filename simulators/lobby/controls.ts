import type { SiteConfig } from '../../config/schema.ts';
import type { SafetyState } from '../../src/core/device.ts';
import type { Signal } from '../../src/core/signal.ts';
import type { LobbyCommand } from './commands.ts';
import type { LobbySnapshot } from './snapshot.ts';

/** What the simulated parts around the lobby are up to; plain JSON. */
export interface LobbyStatus {
  robotName: string;
  /** USB cable of the control board. */
  boardPlugged: boolean;
  /** The board's processor is caught in an endless loop. */
  boardWedged: boolean;
  /** As the firmware last told the runtime; null while it has not. */
  safety: SafetyState | null;
  /** Screen of the visit, for instance `attract`; null while the runtime is not up. */
  screen: string | null;
  paperPresent: boolean;
  cutterJammed: boolean;
  networkUp: boolean;
  /** USB cable of the card reader. */
  readerPlugged: boolean;
  /** Cards that lie on it, by id. */
  cardsLaid: readonly string[];
  /** The latest papers out of the printer, newest first. */
  tickets: readonly TicketPicture[];
}

export interface TicketPicture {
  /** Names the picture in its address: lower-case letters, digits and dashes. */
  id: string;
  /** ISO 8601 with offset. */
  printedAt: string;
}

/** A ready-made code to hold before the scanner. All invented. */
export interface SampleCode {
  id: string;
  label: string;
  /** What the scanner reads. Stays on the server: the page knows only `id` and `label`. */
  text: string;
}

/** A card with a chip to lay on the reader. Invented, as its owner. */
export interface ChipCard {
  id: string;
  label: string;
}

/** Everything the lobby page can see and do; the composition of the simulated robot wires it. */
export interface LobbyControls {
  readonly site: SiteConfig;
  /** Addresses of the other pages, for the links. */
  readonly links: { kiosk: string; staff: string };
  readonly samples: readonly SampleCode[];
  readonly chipCards: readonly ChipCard[];
  /** Null until the board has started. Sent to pages at the rate it changes; about 20 Hz looks smooth. */
  readonly snapshot: LobbySnapshot | null;
  readonly snapshotChanged: Signal<LobbySnapshot>;
  readonly status: LobbyStatus;
  readonly statusChanged: Signal<LobbyStatus>;
  /** Resolves false when the world refuses: no such person, nobody can stand there. */
  command(command: LobbyCommand): Promise<boolean>;
  paperOut(): void;
  paperIn(): void;
  jamCutter(): void;
  clearCutter(): void;
  unplugBoard(): void;
  plugBoard(): void;
  /** Makes the board's processor loop for ever; its watchdog has to notice. */
  wedgeBoard(): void;
  cutNetwork(): void;
  restoreNetwork(): void;
  unplugReader(): void;
  plugReader(): void;
  /** Holds a code before the QR scanner. May be personal: never log it. */
  scanCode(text: string): void;
  /** Lays a card on the reader; resolves false: there is no such card. */
  layCard(cardId: string): Promise<boolean>;
  /** Takes a card off the reader, also in the middle of being read. */
  takeCard(cardId: string): void;
  /** PNG of a paper; null when it is not known (any more). */
  ticketPng(id: string): Uint8Array | null;
}

/** Faults around the robot, by the name of the method of {@link LobbyControls}. */
export const faultNames = [
  'paperOut',
  'paperIn',
  'jamCutter',
  'clearCutter',
  'unplugBoard',
  'plugBoard',
  'wedgeBoard',
  'cutNetwork',
  'restoreNetwork',
  'unplugReader',
  'plugReader',
] as const satisfies readonly (keyof LobbyControls)[];
export type FaultName = (typeof faultNames)[number];
