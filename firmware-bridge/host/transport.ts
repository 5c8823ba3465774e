import type { Signal } from '../../src/core/signal.ts';

/** One open connection to the board, good until it closes; never opened again. */
export interface Transport {
  /** Queues the bytes; drops them when the backlog is full, which a stalled board causes. */
  write(bytes: Uint8Array): void;
  readonly received: Signal<Uint8Array>;
  /** Once, when the connection ends for any reason. */
  readonly closed: Signal<void>;
  /** Whether the device is still where it was opened; asked when it falls silent, because not every driver reports a hang-up. */
  present(): Promise<boolean>;
  /** Never rejects. */
  close(): Promise<void>;
}

/** Opens a brand-new connection. Rejects with `BOARD_NOT_CONNECTED` and a detail that says what to do. */
export interface TransportOpener {
  /** What people call the port, for instance `/dev/ttyACM0`. */
  readonly portName: string;
  open(): Promise<Transport>;
}
