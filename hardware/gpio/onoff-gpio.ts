import type { BinaryValue, Gpio } from 'onoff';
import type { Clock } from '../../src/core/clock.ts';
import { LetanError } from '../../src/core/errors.ts';
import { Signal } from '../../src/core/signal.ts';
import type { DigitalInput, DigitalOutput, GpioLine } from './gpio.ts';
import { globalNumberOf, sysfsGpio } from './sysfs-chips.ts';

/** The part of onoff's `Gpio` that is used. */
type OnoffLine = Pick<Gpio, 'readSync' | 'writeSync' | 'watch' | 'unwatchAll' | 'setDirection' | 'unexport'>;
export type OnoffConstructor = new (gpio: number, direction: 'in' | 'low' | 'high', edge?: 'both') => OnoffLine;

export interface GpioOptions {
  /** Loads onoff; it is an optional dependency, because its add-on compiles. */
  load?: () => Promise<OnoffConstructor>;
  sysfsRoot?: string;
}

async function loadOnoff(): Promise<OnoffConstructor> {
  try {
    return (await import('onoff')).Gpio;
  } catch (cause) {
    throw new LetanError('GPIO_UNAVAILABLE', 'the optional package "onoff" is not installed: run npm install with a C++ compiler present', {
      cause,
    });
  }
}

async function openLine(line: GpioLine, direction: 'in' | 'low' | 'high', options: GpioOptions): Promise<OnoffLine> {
  const number = await globalNumberOf(line, options.sysfsRoot ?? sysfsGpio);
  const Line = await (options.load ?? loadOnoff)();
  try {
    return direction === 'in' ? new Line(number, direction, 'both') : new Line(number, direction);
  } catch (cause) {
    const detail = `line ${line.line} of "${line.chipLabel}" (GPIO ${number}) cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new LetanError('GPIO_UNAVAILABLE', `${detail}; the user that runs letan must be in the group "gpio"`, { cause });
  }
}

/** Opens an input that reports both edges. onoff reads the level when it dispatches, so very short pulses coalesce. */
export async function openDigitalInput(line: GpioLine, options: GpioOptions = {}): Promise<DigitalInput> {
  const handle = await openLine(line, 'in', options);
  const changed = new Signal<boolean>();
  let high = handle.readSync() === 1;
  handle.watch((error: Error | null | undefined, value: BinaryValue) => {
    if (error || high === (value === 1)) return;
    high = value === 1;
    changed.emit(high);
  });
  return {
    get high() {
      return high;
    },
    changed,
    close() {
      handle.unwatchAll();
      handle.unexport();
    },
  };
}

/** Opens an output at `initiallyHigh` without a glitch. */
export async function openDigitalOutput(line: GpioLine, initiallyHigh: boolean, options: GpioOptions = {}): Promise<DigitalOutput> {
  const handle = await openLine(line, initiallyHigh ? 'high' : 'low', options);
  return {
    set: (high) => handle.writeSync(high ? 1 : 0),
    close() {
      handle.setDirection('in');
      handle.unexport();
    },
  };
}

/** The ATmega2560 itself needs 2.5 us (data sheet); 50 ms is what flashing tools hold it for on real boards. */
const resetPulseMs = 50;

/** Pulls the control board's reset line low for 50 ms. `reset` is the active-low line. */
export function resetBoard(reset: DigitalOutput, clock: Clock): Promise<void> {
  reset.set(false);
  return new Promise((resolve) => {
    clock.after(resetPulseMs, () => {
      reset.set(true);
      resolve();
    });
  });
}
