import type { Signal } from '../../src/core/signal.ts';

/** A byte stream to one part that may come and go with its cable. */
export interface SerialLink {
  readonly isOpen: boolean;
  /** Fires on every (re)opening. */
  readonly opened: Signal<void>;
  /** Fires when an open line is lost; the value says why, for technicians. */
  readonly closed: Signal<string>;
  readonly received: Signal<Uint8Array>;
  /** Resolves when the bytes have left this process; rejects when the line is closed or fails. */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Drops the line and opens it anew; fires `closed`. For a driver whose part fell silent: a hang-up can go unnoticed. Optional, since a
   * line in memory loses nothing.
   */
  reopen?(reason: string): void;
  close(): Promise<void>;
}
