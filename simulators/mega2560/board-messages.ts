/** What a board worker is started with (`workerData`). */
export interface BoardSettings {
  /** Flash image; see `parseHex`. */
  flash: Uint8Array;
  /** A reset starts the boot loader, which `flash` holds at 0x3E000. */
  bootReset?: boolean;
  /** Opening the port resets the part, as DTR does on a board that is fed by its USB. Ours has its own supply. */
  resetOnOpen: boolean;
  /** Handed to the worker's plant untouched. */
  plant: unknown;
}

/** Main thread -> worker. */
export type ToBoard =
  | { type: 'plug'; masterFd: number }
  /** Answered by `released`: only then may the descriptor be closed. */
  | { type: 'unplug' }
  | { type: 'wedge' }
  | { type: 'reset'; cause: 'external' | 'powerOn' }
  /** Answered by `obeyed` with the same `requestId`. */
  | { type: 'plant'; requestId: number; command: unknown };

export interface BoardStats {
  /** The worker's monotonic clock at this report; two reports give the pace. */
  wallMs: number;
  /** Emulated time since power-on. */
  emulatedMs: number;
  /** Furthest the emulation was behind the wall clock since the previous report. */
  maxLagMs: number;
  /** Time given up because the lag exceeded 250 ms, in total. */
  droppedMs: number;
  /** Share of time the program slept, 0..1. */
  sleepFraction: number;
  /** Bytes over USART0, from and to the host. */
  bytesIn: number;
  bytesOut: number;
  /** Resets so far, power-on not counted. */
  resets: { external: number; powerOn: number; brownOut: number; watchdog: number };
}

/** Worker -> main thread. */
export type FromBoard =
  | { type: 'ready' }
  | { type: 'released' }
  | { type: 'obeyed'; requestId: number; done: boolean }
  | { type: 'snapshot'; snapshot: unknown }
  | { type: 'stats'; stats: BoardStats }
  | { type: 'failed'; detail: string };
