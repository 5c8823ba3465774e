export type PortName = 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H' | 'J' | 'K' | 'L';

/** Cancels a scheduled call; calling it twice is harmless. */
export type CancelSchedule = () => void;

/** The emulated part's legs, as the simulated world touches them. Time is the part's own cycle count (16 MHz). */
export interface MegaPins {
  readonly cycles: number;
  /** Calls `run` once after `delayCycles` of emulated time. Survives resets of the part: the world does not reset. */
  schedule(delayCycles: number, run: () => void): CancelSchedule;
  /** Drives an input leg from outside. */
  setInput(port: PortName, bit: number, high: boolean): void;
  /** Level an output leg drives now; false for a leg that is not an output (released, pulled down by the wiring). */
  outputLevel(port: PortName, bit: number): boolean;
  /** Called on every level change of an output leg, resets included (a reset releases all legs). */
  onOutput(port: PortName, bit: number, listener: (high: boolean) => void): void;
  /** Mean level 0..1 of a timer's compare output (`4A` = PH3, `4B` = PH4): its PWM duty while connected, 0 when disconnected and low. */
  pwmDuty(channel: '4A' | '4B' | '5A' | '5B' | '5C'): number;
  /** Voltage at ADC channel 0-15. */
  setAnalog(channel: number, volts: number): void;
  /** Bytes arriving at USART 1-3 from outside, sent back to back at the part's configured baud rate. Queue bound 256, oldest dropped. */
  feedUart(usart: 1 | 2 | 3, bytes: Uint8Array): void;
  /** Pulls the reset line (as DTR does) or cuts and restores the supply. */
  reset(cause: 'external' | 'powerOn'): void;
}

/** A simulated world around the part. */
export interface Plant {
  attach(pins: MegaPins): void;
}

/** A plant as the board worker drives it: commands and snapshots cross the thread as plain data that only the plant understands. */
export interface BoardPlant extends Plant {
  /** Something a hand does to the world; false when the world refuses. */
  command?(command: unknown): boolean;
  /** The world now, as structured-cloneable data. */
  snapshot?(): unknown;
}
