import type { DeviceStatus } from '../../src/core/device.ts';
import type { Language } from '../../src/core/language.ts';
import type { Signal } from '../../src/core/signal.ts';

/** One printed paper, top to bottom. Text lines are laid out by the driver's profile (raster where the code page fails). */
export type PaperLine =
  | { kind: 'text'; text: string; size: 'small' | 'normal' | 'large' | 'huge'; align: 'left' | 'centre'; bold?: boolean }
  | { kind: 'qr'; data: string }
  /** A PNG file, printed in black and white, centred. */
  | { kind: 'picture'; file: string }
  | { kind: 'rule' }
  | { kind: 'space'; heightMm: number };

export interface PrintJob {
  /** Four printable ASCII characters; the printer echoes them when the paper is out. */
  processId: string;
  lines: PaperLine[];
  /**
   * Stands on top of the second paper where the policy allows to print once more after an unknown outcome, so that two papers of one
   * ticket can be told apart. Without it nothing is printed twice.
   */
  reprintMark?: PaperLine[];
}

/** What to do when nobody knows whether the paper came out. Either way the printer is emptied first. */
export type UnknownOutcomePolicy = 'void' | 'reprintOnce';

/** Capability of a ticket printer. */
export interface Printer {
  /**
   * Prints and cuts. Resolves only when the printer itself confirms. Rejects with `PRINTER_PAPER_END`,
   * `PRINTER_COVER_OPEN`, `PRINTER_CUTTER`, `PRINTER_OVERHEAT`, `PRINTER_OFFLINE`, `PRINTER_BUSY` or `PRINTER_UNKNOWN_OUTCOME`; before
   * rejecting, the printer's buffer has been cleared, or is cleared before the next job, so that nothing old is printed. Settles
   * within 18 s when no other job waits.
   */
  print(job: PrintJob): Promise<void>;
  /** A paper in this language will probably be asked for soon: loads what drawing its letters needs (0.3 s, 20 MB), once. */
  prepare(language: Language): void;
  readonly status: DeviceStatus;
  readonly statusChanged: Signal<DeviceStatus>;
  /** Paper is nearly used up; a warning, not a fault. Stays until the roll was changed. */
  readonly paperNearEnd: boolean;
  close(): Promise<void>;
}
