import type { Clock } from '../../src/core/clock.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import { toErrorInfo } from '../../src/core/errors.ts';
import type { Logger } from '../../src/core/logger.ts';
import { Signal } from '../../src/core/signal.ts';
import type { ComputerLines, DigitalInput, DigitalOutput, GpioLine } from './gpio.ts';
import { type GpioOptions, openDigitalInput, openDigitalOutput, resetBoard } from './onoff-gpio.ts';

/**
 * Where a unit's lines are. How they are wired, with pull-ups outside:
 * `boardReset` to the board's RESET (low resets), `eStopSense` and `serviceButton` by a contact to ground (normally closed and normally
 * open: high is an open e-stop chain, low a pressed button), `fan` to its switch (high runs it).
 */
export interface LineConfig {
  boardReset?: GpioLine | undefined;
  eStopSense?: GpioLine | undefined;
  fan?: GpioLine | undefined;
  serviceButton?: GpioLine | undefined;
}

export interface ComputerLinesOptions extends GpioOptions {
  lines: LineConfig;
  clock: Clock;
  logger: Logger;
}

/** Contacts of push buttons bounce for 1 to 10 ms, worn ones longer; 30 ms is still faster than anybody presses twice. */
const debounceMs = 30;

interface OpenLines {
  boardReset: DigitalOutput | null;
  eStopSense: DigitalInput | null;
  fan: DigitalOutput | null;
  serviceButton: DigitalInput | null;
}

/** Lines of this computer that are opened in the background; those that cannot be used are named and left out. */
class OnoffLines implements ComputerLines {
  readonly statusChanged = new Signal<DeviceStatus>();
  readonly eStopChanged = new Signal<boolean>();
  readonly servicePressed = new Signal<void>();
  status: DeviceStatus = { status: 'offline', error: { code: 'GPIO_UNAVAILABLE', detail: 'the lines are being opened' } };
  private readonly options: ComputerLinesOptions;
  private readonly reasons = new Map<string, string>();
  private readonly open: OpenLines = { boardReset: null, eStopSense: null, fan: null, serviceButton: null };
  private readonly opening: Promise<void>;
  private resetting: Promise<void> = Promise.resolve();
  private fanOn = false;
  private ended = false;

  constructor(options: ComputerLinesOptions) {
    this.options = options;
    this.opening = this.openAll();
  }

  get eStopOpen(): boolean | null {
    return this.open.eStopSense?.high ?? null;
  }

  setFan(on: boolean): void {
    this.fanOn = on;
    this.drive('fan', () => this.open.fan?.set(on));
  }

  async resetBoard(): Promise<boolean> {
    await this.opening;
    const { boardReset } = this.open;
    if (!boardReset || this.ended) return false;
    this.resetting = resetBoard(boardReset, this.options.clock).catch((error: unknown) => this.failed('boardReset', error));
    await this.resetting;
    return true;
  }

  async close(): Promise<void> {
    this.ended = true;
    await this.opening;
    await this.resetting;
    for (const [name, line] of Object.entries(this.open)) this.drive(name, () => line?.close());
    Object.assign(this.open, { boardReset: null, eStopSense: null, fan: null, serviceButton: null });
  }

  private async openAll(): Promise<void> {
    const { lines, clock } = this.options;
    const input = { ...this.options, debounce: { clock, forMs: debounceMs } };
    const { open } = this;
    open.boardReset = await this.tryLine('boardReset', lines.boardReset, (line) => openDigitalOutput(line, true, this.options));
    open.fan = await this.tryLine('fan', lines.fan, (line) => openDigitalOutput(line, this.fanOn, this.options));
    this.setFan(this.fanOn);
    open.eStopSense = await this.tryLine('eStopSense', lines.eStopSense, (line) => openDigitalInput(line, input));
    open.serviceButton = await this.tryLine('serviceButton', lines.serviceButton, (line) => openDigitalInput(line, input));
    open.serviceButton?.changed.on((high) => {
      if (!high) this.servicePressed.emit();
    });
    const { eStopSense } = open;
    eStopSense?.changed.on((high) => this.eStopChanged.emit(high));
    this.tellStatus();
    if (eStopSense) this.eStopChanged.emit(eStopSense.high);
  }

  private async tryLine<L>(name: string, line: GpioLine | undefined, open: (line: GpioLine) => Promise<L>): Promise<L | null> {
    if (!line) return null;
    try {
      return await open(line);
    } catch (error) {
      this.reasons.set(name, toErrorInfo(error, 'GPIO_UNAVAILABLE').detail);
      return null;
    }
  }

  /** A line that the kernel took away must not end the robot. */
  private drive(name: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.failed(name, error);
    }
  }

  private failed(name: string, error: unknown): void {
    this.reasons.set(name, toErrorInfo(error, 'GPIO_UNAVAILABLE').detail);
    this.tellStatus();
  }

  private tellStatus(): void {
    if (this.reasons.size === 0) {
      this.status = { status: 'ready' };
      this.statusChanged.emit(this.status);
      return;
    }
    const names = new Map<string, string[]>();
    for (const [name, reason] of this.reasons) names.set(reason, [...(names.get(reason) ?? []), name]);
    const detail = [...names].map(([reason, lines]) => `${lines.join(', ')}: ${reason}`).join('; ');
    this.status = { status: 'degraded', error: { code: 'GPIO_UNAVAILABLE', detail } };
    this.options.logger.warn({ code: 'GPIO_UNAVAILABLE', detail }, 'lines of the computer cannot be used; going on without them');
    this.statusChanged.emit(this.status);
  }
}

/** Opens the lines that the configuration names; null: it names none. Never throws: see {@link ComputerLines.status}. */
export function openComputerLines(options: ComputerLinesOptions): ComputerLines | null {
  return Object.values(options.lines).some((line) => line !== undefined) ? new OnoffLines(options) : null;
}
