import type { SerialPort } from 'serialport';
import type { Cancel, Clock } from '../../src/core/clock.ts';
import { LetanError } from '../../src/core/errors.ts';
import type { Logger } from '../../src/core/logger.ts';
import { Signal } from '../../src/core/signal.ts';
import type { SerialLink } from './serial-link.ts';

/** The part of `SerialPort` that is used; a test may give its own. */
export interface PortHandle {
  open(done: (error: Error | null) => void): void;
  close(done: (error: Error | null) => void): void;
  write(bytes: Buffer, done: (error: Error | null | undefined) => void): void;
  onData(listener: (bytes: Uint8Array) => void): void;
  onClose(listener: (reason: string) => void): void;
}
export type OpenPort = (path: string, baudRate: number) => PortHandle;

export interface SerialDeviceOptions {
  path: string;
  baudRate: number;
  clock: Clock;
  logger: Logger;
  /** Makes an unopened port; default: serialport. */
  createPort?: OpenPort;
}

/** Waits between attempts to open, ms; the last one repeats. A re-plugged part is found within a second. */
const retryDelaysMs = [100, 250, 500, 1000];

/** A serial port that is opened again, with back-off, whenever it is lost. Starts at once. */
export class SerialDevice implements SerialLink {
  readonly opened = new Signal<void>();
  readonly closed = new Signal<string>();
  readonly received = new Signal<Uint8Array>();
  private readonly options: SerialDeviceOptions;
  private port: PortHandle | null = null;
  private open = false;
  private ended = false;
  private attempts = 0;
  private cancelRetry: Cancel = () => {};

  constructor(options: SerialDeviceOptions) {
    this.options = options;
    this.connect();
  }

  get isOpen(): boolean {
    return this.open;
  }

  write(bytes: Uint8Array): Promise<void> {
    const port = this.port;
    if (!port || !this.open) return Promise.reject(new LetanError('CANCELLED', `${this.options.path} is not open`));
    return new Promise((resolve, reject) => {
      port.write(Buffer.from(bytes), (error) => (error ? reject(error) : resolve()));
    });
  }

  async close(): Promise<void> {
    this.ended = true;
    this.cancelRetry();
    const port = this.port;
    const wasOpen = this.open;
    this.port = null;
    this.open = false;
    if (port && wasOpen) await new Promise<void>((resolve) => port.close(() => resolve()));
  }

  reopen(reason: string): void {
    const { port } = this;
    if (!port || !this.open) return;
    this.lost(reason);
    port.close(() => {});
  }

  private connect(): void {
    const { path, baudRate, createPort = openSerialPort } = this.options;
    const port = createPort(path, baudRate);
    this.port = port;
    // Listeners belong to this handle alone: a late event of an old handle must not touch the new one.
    port.onData((bytes) => {
      if (this.port === port) this.received.emit(bytes);
    });
    port.onClose((reason) => {
      if (this.port === port) this.lost(reason);
    });
    port.open((error) => this.settleOpening(port, error));
  }

  private settleOpening(port: PortHandle, error: Error | null): void {
    if (this.ended) {
      if (!error) port.close(() => {});
      return;
    }
    if (error) {
      if (this.attempts === 0)
        this.options.logger.warn({ path: this.options.path, reason: error.message }, 'serial port cannot be opened; trying on');
      this.port = null;
      this.retry();
      return;
    }
    this.attempts = 0;
    this.open = true;
    this.options.logger.info({ path: this.options.path }, 'serial port open');
    this.opened.emit();
  }

  private lost(reason: string): void {
    this.port = null;
    if (!this.open) return;
    this.open = false;
    this.options.logger.warn({ path: this.options.path, reason }, 'serial port lost');
    this.closed.emit(reason);
    this.retry();
  }

  private retry(): void {
    if (this.ended) return;
    const delayMs = retryDelaysMs[Math.min(this.attempts, retryDelaysMs.length - 1)] ?? 1000;
    this.attempts += 1;
    this.cancelRetry = this.options.clock.after(delayMs, () => this.connect());
  }
}

/** An unopened port of this machine, 8N1 without flow control. */
export function openSerialPort(path: string, baudRate: number): PortHandle {
  const data = new Signal<Uint8Array>();
  const closed = new Signal<string>();
  let port: SerialPort | null = null;
  const openLoaded = ({ SerialPort }: typeof import('serialport'), done: (error: Error | null) => void) => {
    port = new SerialPort({ path, baudRate, autoOpen: false });
    // Read and write errors are followed by `close`, which is what is acted upon.
    port.on('error', () => {});
    port.on('data', (bytes: Buffer) => data.emit(bytes));
    port.on('close', (error: Error | null) => closed.emit(error?.message ?? 'closed'));
    port.open(done);
  };
  return {
    // Loaded here, because its native part costs 0.1 s that the rest of the start-up need not wait for.
    open: (done) => void import('serialport').then((serial) => openLoaded(serial, done), done),
    close: (done) => (port ? port.close(done) : done(null)),
    write: (bytes, done) => {
      if (port) port.write(bytes, done);
      else done(new LetanError('CANCELLED', `${path} is not open`));
    },
    onData: (listener) => void data.on(listener),
    onClose: (listener) => void closed.on(listener),
  };
}
