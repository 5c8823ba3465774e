import type { Cancel } from '../../../src/core/clock.ts';

interface Due {
  atMs: number;
  order: number;
  run: (() => void) | null;
}

/** Wakes after everything that promises still have to do. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The one true time of a run, ms since its start: a heap of what falls due, and promises settled after each step. */
export class VirtualTime {
  private readonly heap: Due[] = [];
  private elapsedMs = 0;
  private order = 0;
  private stepsLeft: number;

  /** `mostSteps`: beyond it the run goes round in circles, and ends. */
  constructor(mostSteps: number) {
    this.stepsLeft = mostSteps;
  }

  get exhausted(): boolean {
    return this.stepsLeft <= 0;
  }

  get nowMs(): number {
    return this.elapsedMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    const due: Due = { atMs: this.elapsedMs + Math.max(0, delayMs), order: this.order++, run };
    this.push(due);
    return () => {
      due.run = null;
    };
  }

  /** Runs what falls due up to `untilMs`, or until `done` says so (asked after every step). */
  async runUntil(untilMs: number, done: () => boolean = () => false): Promise<void> {
    await settled();
    while (!done() && this.stepsLeft-- > 0) {
      const next = this.heap[0];
      if (!next || next.atMs > untilMs) {
        this.elapsedMs = Math.max(this.elapsedMs, untilMs);
        return;
      }
      this.pop();
      if (!next.run) continue;
      this.elapsedMs = next.atMs;
      next.run();
      await settled();
    }
  }

  private push(due: Due): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (!above || earlier(above, due)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = due;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const [a, b] = [heap[left], heap[left + 1]];
      if (!a) break;
      const child = b && earlier(b, a) ? b : a;
      if (earlier(last, child)) break;
      heap[at] = child;
      at = child === a ? left : left + 1;
    }
    heap[at] = last;
  }
}

function earlier(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
