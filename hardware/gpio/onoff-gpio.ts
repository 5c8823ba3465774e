import type { Gpio } from 'onoff';
import type { Cancel, Clock } from '../../src/core/clock.ts';
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

export interface InputOptions extends GpioOptions {
  /** A level counts when no edge was seen for `forMs`; none: at once. */
  debounce?: { clock: Clock; forMs: number };
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
    throw refusal(line, number, cause);
  }
}

/** Why the kernel does not give a line, by its answer to the export. */
function refusal({ chipLabel, line }: GpioLine, number: number, cause: unknown): LetanError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const wayOut = /EBUSY/.test(reason) ? 'the kernel or another program uses it' : 'the user that runs letan must be in the group "gpio"';
  const detail = `line ${line} of "${chipLabel}" (GPIO ${number}) cannot be used: ${reason}; ${wayOut}`;
  return new LetanError('GPIO_UNAVAILABLE', detail, { cause });
}

/** A level that counts once it has been quiet for a while. onoff reads it when it dispatches, so very short pulses coalesce. */
class WatchedInput implements DigitalInput {
  readonly changed = new Signal<boolean>();
  high: boolean;
  private readonly handle: OnoffLine;
  private readonly debounce: InputOptions['debounce'];
  private cancelSettling: Cancel = () => {};

  constructor(handle: OnoffLine, debounce: InputOptions['debounce']) {
    this.handle = handle;
    this.debounce = debounce;
    this.high = handle.readSync() === 1;
    handle.watch((error, value) => {
      if (!error) this.edge(value === 1);
    });
  }

  close(): void {
    this.cancelSettling();
    this.handle.unwatchAll();
    this.handle.unexport();
  }

  private edge(high: boolean): void {
    this.cancelSettling();
    if (this.debounce) this.cancelSettling = this.debounce.clock.after(this.debounce.forMs, () => this.settleByReading());
    else this.settle(high);
  }

  private settleByReading(): void {
    let level: number;
    try {
      level = this.handle.readSync();
    } catch {
      // The kernel took the line away: the last level stands.
      return;
    }
    this.settle(level === 1);
  }

  private settle(high: boolean): void {
    if (this.high === high) return;
    this.high = high;
    this.changed.emit(high);
  }
}

/** Opens an input that reports both edges. */
export async function openDigitalInput(line: GpioLine, options: InputOptions = {}): Promise<DigitalInput> {
  return new WatchedInput(await openLine(line, 'in', options), options.debounce);
}

/** Opens an output at `initiallyHigh` without a glitch: direction and level are one write to the kernel. */
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
export async function resetBoard(reset: DigitalOutput, clock: Clock): Promise<void> {
  reset.set(false);
  await new Promise<void>((resolve) => clock.after(resetPulseMs, resolve));
  reset.set(true);
}
