import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { assertNever } from '../../src/core/result.ts';
import type { BoardStats, FromBoard, ToBoard } from './board-messages.ts';
import { HostWire } from './host-wire.ts';
import { cyclesPerMs, type Mega2560 } from './mega2560.ts';
import { Pacer } from './pacer.ts';
import type { BoardPlant } from './plant.ts';

/** The part runs ahead in slices this long; bytes pass between host and part at their ends. */
const sliceMs = 1;
const snapshotEveryMs = 50;
const statsEveryMs = 500;

export interface BoardParts {
  mega: Mega2560;
  plant: BoardPlant;
  /** The main thread. */
  port: MessagePort;
  resetOnOpen: boolean;
}

/**
 * The board's own loop, paced to the wall clock in 1 ms slices. It owns its thread: between slices it sleeps on a futex rather than
 * on the event loop, so a slice starts on time and costs no timer.
 */
class BoardLoop {
  private readonly parts: BoardParts;
  private readonly wire: HostWire;
  private readonly pacer: Pacer;
  private readonly pause = new Int32Array(new SharedArrayBuffer(4));
  private readonly resets = { external: 0, powerOn: 0, brownOut: 0, watchdog: 0 };
  private nextSnapshotMs = 0;
  private nextStatsMs = 0;

  constructor(parts: BoardParts) {
    const { mega, plant, resetOnOpen } = parts;
    this.parts = parts;
    this.wire = new HostWire(mega, () => {
      if (resetOnOpen) mega.reset('external');
    });
    mega.onReset((cause) => {
      this.resets[cause] += 1;
    });
    plant.attach(mega);
    this.pacer = new Pacer(performance.now(), this.emulatedMs);
  }

  run(): never {
    this.send({ type: 'ready' });
    for (;;) {
      const startMs = performance.now();
      for (let got = receiveMessageOnPort(this.parts.port); got; got = receiveMessageOnPort(this.parts.port)) this.obey(got.message);
      this.slice(startMs);
      this.report();
      const restMs = sliceMs - (performance.now() - startMs);
      if (restMs > 0) Atomics.wait(this.pause, 0, 0, restMs);
    }
  }

  private get emulatedMs(): number {
    return this.parts.mega.cycles / cyclesPerMs;
  }

  /** Catches up in slices, so that bytes from the host are not bunched behind a lag. */
  private slice(wallMs: number): void {
    const { mega } = this.parts;
    const target = this.pacer.target(wallMs, this.emulatedMs) * cyclesPerMs;
    while (mega.cycles < target) {
      this.wire.pull();
      mega.runTo(Math.min(target, mega.cycles + sliceMs * cyclesPerMs));
      this.wire.push();
    }
  }

  private obey(message: ToBoard): void {
    const { mega, plant } = this.parts;
    switch (message.type) {
      case 'plug':
        this.wire.plug(message.masterFd);
        return;
      case 'unplug':
        this.wire.unplug();
        this.send({ type: 'released' });
        return;
      case 'wedge':
        mega.wedge();
        return;
      case 'reset':
        mega.reset(message.cause);
        return;
      case 'plant':
        this.send({ type: 'obeyed', requestId: message.requestId, done: plant.command?.(message.command) ?? false });
        return;
      default:
        assertNever(message);
    }
  }

  private report(): void {
    const nowMs = performance.now();
    if (nowMs >= this.nextSnapshotMs && this.parts.plant.snapshot) {
      this.nextSnapshotMs = nowMs + snapshotEveryMs;
      this.send({ type: 'snapshot', snapshot: this.parts.plant.snapshot() });
    }
    if (nowMs >= this.nextStatsMs) {
      this.nextStatsMs = nowMs + statsEveryMs;
      this.send({ type: 'stats', stats: this.stats() });
      this.pacer.maxLagMs = 0;
    }
  }

  private stats(): BoardStats {
    const { maxLagMs, droppedMs } = this.pacer;
    const { bytesIn, bytesOut } = this.wire;
    const { sleepFraction } = this.parts.mega;
    return {
      wallMs: performance.now(),
      emulatedMs: this.emulatedMs,
      maxLagMs,
      droppedMs,
      sleepFraction,
      bytesIn,
      bytesOut,
      resets: { ...this.resets },
    };
  }

  private send(message: FromBoard): void {
    this.parts.port.postMessage(message);
  }
}

/** Runs a board in this worker until the main thread ends it; a failure is reported before the worker ends by itself. */
export function startBoard(parts: BoardParts): void {
  try {
    new BoardLoop(parts).run();
  } catch (error) {
    const failed: FromBoard = { type: 'failed', detail: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    parts.port.postMessage(failed);
  }
  parts.port.close();
}
