import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { LetanError } from '../../src/core/errors.ts';
import { assertNever } from '../../src/core/result.ts';
import { Signal, type Unsubscribe } from '../../src/core/signal.ts';
import { linkDevice, openPty, type Pty } from '../pty/pty.ts';
import { hangUpDelayMs } from '../pty/pty-port.ts';
import type { BoardSettings, BoardStats, FromBoard, ToBoard } from './board-messages.ts';

export interface BoardHostOptions {
  /** Entry that calls `startBoard`. */
  workerUrl: URL;
  flash: Uint8Array;
  /** `flash` holds a boot loader, and a reset starts it. */
  bootReset?: boolean;
  /** Folder and name of the stable link to the board's port, e.g. `run/dev`, `board`. */
  folder: string;
  name: string;
  resetOnOpen?: boolean;
  /** For the worker's plant; must be structured-cloneable. */
  plant?: unknown;
}

interface Cable {
  pty: Pty;
  unlink: () => void;
}

const emptyStats: BoardStats = {
  wallMs: 0,
  emulatedMs: 0,
  maxLagMs: 0,
  droppedMs: 0,
  sleepFraction: 0,
  bytesIn: 0,
  bytesOut: 0,
  resets: { external: 0, powerOn: 0, brownOut: 0, watchdog: 0 },
};

/** The emulated board as the main thread holds it: a worker that runs the part and its world, and a cable that can be pulled. */
export class BoardHost {
  private readonly options: BoardHostOptions;
  private readonly snapshots = new Signal<unknown>();
  private readonly failures = new Signal<LetanError>();
  private readonly released = new Signal<void>();
  private worker: Worker | null = null;
  private cable: Cable | null = null;
  private latest = emptyStats;
  private lastRequestId = 0;
  private readonly requests = new Map<number, (done: boolean) => void>();

  constructor(options: BoardHostOptions) {
    this.options = options;
  }

  /** Powers the board up and plugs it in. Rejects with `DEVICE_FAULTY` if its worker does not start, `PTY_UNAVAILABLE` without terminals. */
  async start(): Promise<void> {
    if (this.worker) return;
    const { workerUrl, flash, bootReset = false, resetOnOpen = false, plant = null } = this.options;
    const workerData: BoardSettings = { flash, bootReset, resetOnOpen, plant };
    const worker = new Worker(workerUrl, { workerData });
    this.worker = worker;
    try {
      await this.becomeReady(worker);
      this.plug();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Last figures of the worker, twice a second. */
  stats(): BoardStats {
    return this.latest;
  }

  get isPlugged(): boolean {
    return this.cable !== null;
  }

  /** The plant's snapshot, 20 times a second, as it came: check it before use. */
  onSnapshot(listener: (snapshot: unknown) => void): Unsubscribe {
    return this.snapshots.on(listener);
  }

  /** The worker died by itself. */
  onFailure(listener: (error: LetanError) => void): Unsubscribe {
    return this.failures.on(listener);
  }

  /** Does something to the simulated world; resolves false when the world refuses or the board is gone. */
  command(command: unknown): Promise<boolean> {
    if (!this.worker) return Promise.resolve(false);
    const requestId = ++this.lastRequestId;
    this.post({ type: 'plant', requestId, command });
    return new Promise((resolve) => this.requests.set(requestId, resolve));
  }

  /** The program on the board crashes. */
  wedge(): void {
    this.post({ type: 'wedge' });
  }

  reset(cause: 'external' | 'powerOn'): void {
    this.post({ type: 'reset', cause });
  }

  /** Plugs the USB cable in: the link appears. The board itself has its own supply and did not notice. */
  plug(): void {
    if (this.cable || !this.worker) return;
    const pty = openPty();
    this.post({ type: 'plug', masterFd: pty.masterFd });
    this.cable = { pty, unlink: linkDevice(this.options.folder, this.options.name, pty.path) };
  }

  /** Pulls the USB cable: the link vanishes and a program that has the port open sees a hang-up. */
  async unplug(): Promise<void> {
    const { cable } = this;
    if (!cable) return;
    this.cable = null;
    cable.unlink();
    const released = new Promise<void>((resolve) => {
      const off = this.released.on(() => {
        off();
        resolve();
      });
    });
    if (this.worker) {
      this.post({ type: 'unplug' });
      await released;
      await pause(hangUpDelayMs);
    }
    cable.pty.close();
  }

  /** Ends the worker, whatever state it is in, and takes the link away. */
  async stop(): Promise<void> {
    const { worker } = this;
    this.lose();
    if (worker) await worker.terminate();
    this.cable?.unlink();
    this.cable?.pty.close();
    this.cable = null;
  }

  private becomeReady(worker: Worker): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (detail: string) => {
        const error = new LetanError('DEVICE_FAULTY', `board worker: ${detail}`);
        reject(error);
        if (this.worker !== worker) return; // stopped on purpose
        this.lose();
        this.failures.emit(error);
      };
      worker.on('message', (message: FromBoard) => this.receive(message, resolve, fail));
      worker.on('error', (error: Error) => fail(error.message));
      worker.on('exit', (code) => fail(`ended with ${code}`));
    });
  }

  private receive(message: FromBoard, ready: () => void, fail: (detail: string) => void): void {
    switch (message.type) {
      case 'ready':
        ready();
        return;
      case 'released':
        this.released.emit();
        return;
      case 'obeyed':
        this.requests.get(message.requestId)?.(message.done);
        this.requests.delete(message.requestId);
        return;
      case 'snapshot':
        this.snapshots.emit(message.snapshot);
        return;
      case 'stats':
        this.latest = message.stats;
        return;
      case 'failed':
        fail(message.detail);
        return;
      default:
        assertNever(message);
    }
  }

  /** The worker is gone: whoever waits for it is let go. */
  private lose(): void {
    this.worker = null;
    this.released.emit();
    for (const answer of this.requests.values()) answer(false);
    this.requests.clear();
  }

  private post(message: ToBoard): void {
    this.worker?.postMessage(message);
  }
}
