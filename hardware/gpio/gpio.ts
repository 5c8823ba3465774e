import type { Signal } from '../../src/core/signal.ts';

/** One line of the computer's own GPIO, by the label of its chip (`gpioinfo` shows both). Numbers of chips move between kernels. */
export interface GpioLine {
  chipLabel: string;
  line: number;
}

/** Capability of a digital input, for instance the sense contact of the e-stop chain. */
export interface DigitalInput {
  /** Level as last seen. */
  readonly high: boolean;
  readonly changed: Signal<boolean>;
  close(): void;
}

/** Capability of a digital output, for instance the reset line of the control board. */
export interface DigitalOutput {
  set(high: boolean): void;
  /** Leaves the line as an input, so that nothing drives it. */
  close(): void;
}
