import type { DeviceStatus } from '../../src/core/device.ts';
import type { Signal } from '../../src/core/signal.ts';

/** One printed paper, top to bottom. Text lines are laid out by the driver's profile (raster where the code page fails). */
export type PaperLine =
  | { kind: 'text'; text: string; size: 'small' | 'normal' | 'large' | 'huge'; align: 'left' | 'centre'; bold?: boolean }
  | { kind: 'qr'; data: string }
  | { kind: 'rule' }
  | { kind: 'space'; heightMm: number };

export interface PrintJob {
  /** Four printable ASCII characters; the printer echoes them when the paper is out. */
  processId: string;
  lines: PaperLine[];
}

/** Capability of a ticket printer. */
export interface Printer {
  /**
   * Prints and cuts. Resolves only when the printer itself confirms. Rejects with `PRINTER_PAPER_END`,
   * `PRINTER_COVER_OPEN`, `PRINTER_CUTTER`, `PRINTER_OVERHEAT`, `PRINTER_OFFLINE`, `PRINTER_BUSY` or `PRINTER_UNKNOWN_OUTCOME`; before
   * rejecting, the printer's buffer has been cleared, or is cleared before the next job, so that nothing old is printed.
   */
  print(job: PrintJob): Promise<void>;
  readonly status: DeviceStatus;
  readonly statusChanged: Signal<DeviceStatus>;
  /** Paper is nearly used up; a warning, not a fault. */
  readonly paperNearEnd: boolean;
  close(): Promise<void>;
}
