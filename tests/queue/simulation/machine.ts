import type { Cancel, Clock } from '../../../src/core/clock.ts';
import { createIds, type Ids } from '../../../src/core/ids.ts';
import type { Random } from '../../../src/core/random.ts';
import { Signal } from '../../../src/core/signal.ts';
import type { Dice } from './dice.ts';
import type { Happenings } from './happenings.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Thrown into the code at the very operation it dies in; whoever catches it acts no more. */
export class Crashed extends Error {}

/** A computer with a wall clock of its own, which outlives its processes. */
export class Machine {
  readonly name: string;
  readonly time: VirtualTime;
  readonly dice: Dice;
  readonly happenings: Happenings;
  /** Wall clock of this machine minus true time, ms. */
  skewMs = 0;
  /** Database writes fail meanwhile, as on a full disk. */
  diskFull = false;
  /** Errors that ended a process of this machine. */
  readonly uncaught = new Signal<unknown>();
  private readonly epochMs: number;

  constructor(name: string, world: { time: VirtualTime; dice: Dice; happenings: Happenings; epochMs: number }) {
    this.name = name;
    this.time = world.time;
    this.dice = world.dice.of(name);
    this.happenings = world.happenings;
    this.epochMs = world.epochMs;
  }

  get trueNowMs(): number {
    return this.epochMs + this.time.nowMs;
  }

  get wallNowMs(): number {
    return this.trueNowMs + this.skewMs;
  }
}

/** One life of a program: its timers, connections and promises end with it, and only what it wrote down stays. */
export class Process implements Clock {
  readonly machine: Machine;
  readonly random: Random;
  readonly ids: Ids;
  readonly died = new Signal<void>();
  alive = true;
  /** Steps (writes, sends, receipts) left until it dies; null: it lives on. */
  stepsLeft: number | null = null;
  private readonly startedMs: number;

  constructor(machine: Machine, life: number) {
    this.machine = machine;
    this.startedMs = machine.time.nowMs;
    this.random = machine.dice.of(`life ${life}`).random;
    this.ids = createIds(this, this.random);
  }

  nowMs(): number {
    return this.machine.wallNowMs;
  }

  monotonicMs(): number {
    return this.machine.time.nowMs - this.startedMs;
  }

  after(delayMs: number, run: () => void): Cancel {
    return this.machine.time.after(delayMs, () => {
      if (this.alive) this.survive(run);
    });
  }

  every(periodMs: number, run: () => void): Cancel {
    let cancel: Cancel = () => {};
    const arm = () => {
      cancel = this.after(periodMs, () => {
        arm();
        run();
      });
    };
    arm();
    return () => cancel();
  }

  /** Runs `work`, in which the process may die. An error that nobody catches ends it, as it ends a real program. */
  survive(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!this.alive) return;
      this.machine.uncaught.emit(error);
      this.die();
    }
  }

  /** Before and after everything that leaves a trace outside the process; it may die here. */
  step(): void {
    if (!this.outlives()) throw new Crashed('died here');
  }

  /** The same for who cannot throw: false when it is dead. */
  outlives(): boolean {
    if (!this.alive || this.stepsLeft === null || this.stepsLeft-- > 0) return this.alive;
    this.machine.happenings.count('crash within a sequence');
    this.die();
    return false;
  }

  /** The run is over: nobody is to start it again. */
  switchOff(): void {
    this.alive = false;
  }

  die(): void {
    if (!this.alive) return;
    this.alive = false;
    this.died.emit();
  }
}
