import { EscposPrinter } from '../../../hardware/printer/printer.driver.ts';
import type { UnknownOutcomePolicy } from '../../../hardware/printer/printer.ts';
import { type PrinterProfileName, printerProfiles } from '../../../hardware/printer/profiles.ts';
import type { SerialLink } from '../../../hardware/serial/serial-link.ts';
import type { PrinterModel } from '../../../simulators/printer/interpreter.ts';
import { modelOf } from '../../../simulators/printer/model.ts';
import { PacedLine } from '../../../simulators/printer/paced-line.ts';
import { PrinterSimulator } from '../../../simulators/printer/printer-simulator.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { Signal } from '../../../src/core/signal.ts';

/** A cable in memory: both directions arrive later, in order, in pieces of `pieceBytes`. */
export class MemoryCable implements SerialLink {
  readonly opened = new Signal<void>();
  readonly closed = new Signal<string>();
  readonly received = new Signal<Uint8Array>();
  /** What the robot has sent, for counting. */
  readonly sent: Uint8Array[] = [];
  private plugged = true;
  private readonly pieceBytes: number;
  private readonly toPart = new Signal<Uint8Array>();

  constructor(pieceBytes = 4096) {
    this.pieceBytes = pieceBytes;
  }
  /** The part's end. */
  readonly far = {
    onData: (listener: (bytes: Uint8Array) => void) => this.toPart.on(listener),
    write: (bytes: Uint8Array) => this.carry(bytes, this.received),
  };
  get isOpen(): boolean {
    return this.plugged;
  }
  write(bytes: Uint8Array): Promise<void> {
    if (!this.plugged) return Promise.reject(new Error('not plugged in'));
    this.sent.push(bytes);
    this.carry(bytes, this.toPart);
    return Promise.resolve();
  }
  unplug(): void {
    this.plugged = false;
    this.closed.emit('cable pulled');
  }
  plug(): void {
    this.plugged = true;
    this.opened.emit();
  }
  close(): Promise<void> {
    this.plugged = false;
    return Promise.resolve();
  }
  private carry(bytes: Uint8Array, to: Signal<Uint8Array>): void {
    for (let at = 0; at < bytes.length; at += this.pieceBytes) {
      const piece = bytes.slice(at, at + this.pieceBytes);
      queueMicrotask(() => {
        if (this.plugged) to.emit(piece);
      });
    }
  }
}

export interface BenchOptions {
  profile?: PrinterProfileName;
  /** Of the printer that is really there; the profile's own if not given. */
  model?: PrinterModel;
  pieceBytes?: number;
  speedMmS?: number | null;
  cutMs?: number;
  /** Paces the line; at once if not given. */
  baudRate?: number;
  onUnknown?: UnknownOutcomePolicy;
}

/** A driver and a simulated printer on one cable, under simulated time. */
export async function setUpBench(options: BenchOptions = {}) {
  const profile = printerProfiles[options.profile ?? 'epson-80mm'];
  const clock = new SimulatedClock();
  const cable = new MemoryCable(options.pieceBytes);
  const { widthDots } = profile;
  const { model = modelOf(profile.name), speedMmS = null, cutMs = 0 } = options;
  const { baudRate } = options;
  const transport = baudRate === undefined ? cable.far : new PacedLine(cable.far, { clock, baudRate });
  const simulator = new PrinterSimulator({ transport, clock, widthDots, model, speedMmS, cutMs });
  const printer = new EscposPrinter({
    link: cable,
    profile,
    clock,
    logger: silentLogger,
    baudRate: baudRate ?? 115_200,
    onUnknown: options.onUnknown ?? 'void',
  });
  // Twelve bytes and their answer take 17 ms at 9600 baud.
  await clock.advanceAsync(50);
  return { profile, clock, cable, simulator, printer };
}

/** Runs simulated time until `work` has settled; gives its value or what it threw. */
export async function settle<T>(clock: SimulatedClock, work: Promise<T>, limitMs = 30_000): Promise<{ value: T } | { thrown: unknown }> {
  let outcome: { value: T } | { thrown: unknown } | null = null;
  work.then(
    (value) => {
      outcome = { value };
    },
    (thrown: unknown) => {
      outcome = { thrown };
    },
  );
  // The canvas loads outside simulated time.
  await new Promise((resolve) => setImmediate(resolve));
  for (let spentMs = 0; outcome === null && spentMs < limitMs; spentMs += 10) await clock.advanceAsync(10);
  if (outcome === null) throw new Error(`not settled within ${limitMs} simulated ms`);
  return outcome;
}
