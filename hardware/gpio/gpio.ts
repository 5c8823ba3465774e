import type { DeviceStatus } from '../../src/core/device.ts';
import type { Signal } from '../../src/core/signal.ts';

/** One line of the computer's own GPIO, by the label of its chip (`gpioinfo` shows both). Numbers of chips move between kernels. */
export interface GpioLine {
  chipLabel: string;
  line: number;
}

/** Capability of a digital input, for instance the sense contact of the e-stop chain. */
export interface DigitalInput {
  /** Level as last seen, bouncing taken out. */
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

/**
 * The computer's own lines as a unit has them wired; null where it has none, or where the line cannot be used, which `status` tells.
 * The control board has its own e-stop input and is the authority: nothing here is a safety function.
 */
export interface ComputerLines {
  /** `offline` while the lines are being opened; `degraded` with `GPIO_UNAVAILABLE` where a line of the configuration cannot be used; the others are. */
  readonly status: DeviceStatus;
  readonly statusChanged: Signal<DeviceStatus>;
  /** True: the chain is open (pressed, or a wire broken). */
  readonly eStopOpen: boolean | null;
  readonly eStopChanged: Signal<boolean>;
  readonly servicePressed: Signal<void>;
  /** Does nothing without a fan. */
  setFan(on: boolean): void;
  /** Pulls the control board's reset line; resolves when it is let go, with false where there is no such line. */
  resetBoard(): Promise<boolean>;
  close(): Promise<void>;
}
