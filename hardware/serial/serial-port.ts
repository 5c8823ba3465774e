import type { SerialPort } from 'serialport';
import { LetanError } from '../../src/core/errors.ts';
import { Signal } from '../../src/core/signal.ts';

/** One opening of a port; never opened again. The part of `SerialPort` that is used; a test may give its own. */
export interface PortHandle {
  open(done: (error: Error | null) => void): void;
  /** Gives the port up, also while it is still opening. */
  close(done: () => void): void;
  write(bytes: Buffer, done: (error: Error | null | undefined) => void): void;
  onData(listener: (bytes: Uint8Array) => void): void;
  /** The port closed, by itself or by `close`. */
  onClose(listener: (reason: string) => void): void;
}
export type OpenPort = (path: string, baudRate: number) => PortHandle;

class SystemPort implements PortHandle {
  private readonly path: string;
  private readonly baudRate: number;
  private readonly data = new Signal<Uint8Array>();
  private readonly closed = new Signal<string>();
  private port: SerialPort | null = null;
  private opening: Promise<void> = Promise.resolve();

  constructor(path: string, baudRate: number) {
    this.path = path;
    this.baudRate = baudRate;
  }

  open(done: (error: Error | null) => void): void {
    // Loaded here, because its native part costs 0.1 s that the rest of the start-up need not wait for.
    this.opening = import('serialport').then((serial) => this.openLoaded(serial));
    void this.opening.then(() => done(null), done);
  }

  close(done: () => void): void {
    const shut = () => {
      if (this.port?.isOpen) this.port.close(() => done());
      else done();
    };
    void this.opening.then(shut, shut);
  }

  write(bytes: Buffer, done: (error: Error | null | undefined) => void): void {
    // A SerialPort keeps what is written to it while closed until it opens, which a lost one never does.
    if (this.port?.isOpen) this.port.write(bytes, done);
    else done(new LetanError('CANCELLED', `${this.path} is not open`));
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.data.on(listener);
  }

  onClose(listener: (reason: string) => void): void {
    this.closed.on(listener);
  }

  private openLoaded({ SerialPort }: typeof import('serialport')): Promise<void> {
    const port = new SerialPort({ path: this.path, baudRate: this.baudRate, autoOpen: false });
    this.port = port;
    // Read and write errors are followed by `close`, which is what is acted upon.
    port.on('error', () => {});
    port.on('data', (bytes: Buffer) => this.data.emit(bytes));
    port.on('close', (error: Error | null) => this.closed.emit(error?.message ?? 'closed'));
    return new Promise((resolve, reject) => {
      port.open((error) => (error ? reject(error) : resolve()));
    });
  }
}

/** An unopened port of this machine, 8N1 without flow control. */
export const openSystemPort: OpenPort = (path, baudRate) => new SystemPort(path, baudRate);
