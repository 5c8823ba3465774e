import type { Cancel, Clock } from '../../src/core/clock.ts';
import { withDeadline } from '../../src/core/deadline.ts';
import { type DeviceAt, deviceAt, deviceLookMs } from '../../src/core/device-file.ts';
import { LetanError } from '../../src/core/errors.ts';
import type { Logger } from '../../src/core/logger.ts';
import { assertNever } from '../../src/core/result.ts';
import { Signal } from '../../src/core/signal.ts';
import type { SerialLink } from './serial-link.ts';
import { type OpenPort, openSystemPort, type PortHandle } from './serial-port.ts';

export interface SerialDeviceOptions {
  path: string;
  baudRate: number;
  clock: Clock;
  logger: Logger;
  /** Makes an unopened port; default: serialport. */
  createPort?: OpenPort;
  /** Names the device at the path; default: by its device file. */
  findDevice?: DeviceAt;
}

/** Waits between attempts to open what is there and refuses, ms; the last one repeats. */
const retryDelaysMs = [100, 250, 500, 1000];
/** Opening takes milliseconds; an attempt that says nothing is given up. */
const openWithinMs = 2000;
/** The kernel may hold a stalled line's bytes back before it lets it go. */
const closeWithinMs = 2000;
/** Bytes that may wait for a part that takes none: two raster papers. More are refused. */
const unsentLimitBytes = 131_072;

type State =
  /** Nothing at the path. */
  | { kind: 'absent' }
  /** Something is there; it is tried again after a pause. */
  | { kind: 'resting'; device: string; cancel: Cancel }
  | { kind: 'opening'; device: string; port: PortHandle; cancel: Cancel }
  | { kind: 'open'; device: string; port: PortHandle }
  | { kind: 'ended' };

/**
 * A serial port that is opened again whenever it is lost. Starts at once. Looks after its device file itself, since serialport 13 reads
 * nothing for ever when a hang-up finds it between two reads: an unplug is known after `deviceLookMs`, and so is a re-plug.
 */
export class SerialDevice implements SerialLink {
  readonly opened = new Signal<void>();
  readonly closed = new Signal<string>();
  readonly received = new Signal<Uint8Array>();
  private readonly options: SerialDeviceOptions;
  private readonly findDevice: DeviceAt;
  private readonly cancelLook: Cancel;
  private state: State = { kind: 'absent' };
  private attempts = 0;
  /** The log knows that the port is not open. */
  private told = false;
  private unsentBytes = 0;
  private readonly unsent = new Set<(error?: Error | null) => void>();

  constructor(options: SerialDeviceOptions) {
    this.options = options;
    this.findDevice = options.findDevice ?? deviceAt;
    this.cancelLook = options.clock.every(deviceLookMs, () => this.look());
    this.begin();
  }

  get isOpen(): boolean {
    return this.state.kind === 'open';
  }

  write(bytes: Uint8Array): Promise<void> {
    const { state } = this;
    const { path } = this.options;
    if (state.kind !== 'open') return Promise.reject(new LetanError('CANCELLED', `${path} is not open`));
    if (this.unsentBytes + bytes.length > unsentLimitBytes) return Promise.reject(new LetanError('CANCELLED', `${path} takes no bytes`));
    this.unsentBytes += bytes.length;
    return new Promise((resolve, reject) => {
      const settle = (error?: Error | null) => {
        if (!this.unsent.delete(settle)) return;
        this.unsentBytes -= bytes.length;
        if (error) reject(error);
        else resolve();
      };
      this.unsent.add(settle);
      state.port.write(Buffer.from(bytes), settle);
    });
  }

  async close(): Promise<void> {
    const { state } = this;
    const { clock, path } = this.options;
    this.cancelLook();
    this.state = { kind: 'ended' };
    this.dropUnsent();
    if (state.kind === 'resting' || state.kind === 'opening') state.cancel();
    if (state.kind !== 'open' && state.kind !== 'opening') return;
    const shut = new Promise<void>((resolve) => state.port.close(resolve));
    await withDeadline(clock, closeWithinMs, `closing ${path}`, shut).catch(() => {});
  }

  reopen(reason: string): void {
    if (this.state.kind === 'open') this.lose(this.state.port, reason);
  }

  /** What the path leads to now, against what it led to before. */
  private look(): void {
    const { state } = this;
    const device = this.findDevice(this.options.path);
    switch (state.kind) {
      case 'absent':
        if (device !== null) this.connect(device);
        return;
      case 'resting':
        if (device === state.device) return;
        state.cancel();
        this.attempts = 0;
        this.begin();
        return;
      case 'opening':
        if (device !== state.device) this.giveUp(state.port, 'the device vanished while it was opened');
        return;
      case 'open':
        if (device !== state.device) this.lose(state.port, device === null ? 'unplugged' : 'another device is at its path');
        return;
      case 'ended':
        return;
      default:
        assertNever(state);
    }
  }

  private begin(): void {
    const device = this.findDevice(this.options.path);
    if (device !== null) {
      this.connect(device);
      return;
    }
    this.state = { kind: 'absent' };
    this.attempts = 0;
    this.tell('no such device');
  }

  private connect(device: string): void {
    const { path, baudRate, clock, createPort = openSystemPort } = this.options;
    const port = createPort(path, baudRate);
    const cancel = clock.after(openWithinMs, () => this.giveUp(port, `opening took longer than ${openWithinMs} ms`));
    this.state = { kind: 'opening', device, port, cancel };
    // Listeners belong to this handle alone: a late event of an old handle must not touch the new one.
    port.onData((bytes) => {
      if (this.uses(port)) this.received.emit(bytes);
    });
    port.onClose((reason) => this.lose(port, reason));
    port.open((error) => {
      if (error) this.giveUp(port, error.message);
      else this.become(port);
    });
  }

  private uses(port: PortHandle): boolean {
    return this.state.kind === 'open' && this.state.port === port;
  }

  private become(port: PortHandle): void {
    const { state } = this;
    if (state.kind !== 'opening' || state.port !== port) return;
    state.cancel();
    this.state = { kind: 'open', device: state.device, port };
    this.attempts = 0;
    this.told = false;
    this.options.logger.info({ path: this.options.path }, 'serial port open');
    this.opened.emit();
  }

  /** An attempt to open failed. */
  private giveUp(port: PortHandle, reason: string): void {
    const { state } = this;
    if (state.kind !== 'opening' || state.port !== port) return;
    state.cancel();
    port.close(() => {});
    this.tell(reason);
    this.rest(state.device);
  }

  private lose(port: PortHandle, reason: string): void {
    const { state } = this;
    if (state.kind !== 'open' || state.port !== port) return;
    this.rest(state.device);
    port.close(() => {});
    this.told = true;
    this.options.logger.warn({ path: this.options.path, reason }, 'serial port lost');
    this.dropUnsent();
    this.closed.emit(reason);
  }

  private rest(device: string): void {
    const delayMs = retryDelaysMs[Math.min(this.attempts, retryDelaysMs.length - 1)] ?? 1000;
    this.attempts += 1;
    this.state = { kind: 'resting', device, cancel: this.options.clock.after(delayMs, () => this.begin()) };
  }

  private dropUnsent(): void {
    const error = new LetanError('CANCELLED', `${this.options.path} was closed before the bytes had left`);
    for (const settle of [...this.unsent]) settle(error);
  }

  private tell(reason: string): void {
    if (this.told) return;
    this.told = true;
    this.options.logger.warn({ path: this.options.path, reason }, 'serial port cannot be opened; trying on');
  }
}
