import { CPU } from 'avr8js';
import type { EventQueue, ScheduledEvent } from './events.ts';
import { execute } from './instructions.ts';

/** An interrupt source as avr8js describes it; `constant` means a level source, whose flag its vector does not clear. */
export type Interrupt = Parameters<CPU['queueInterrupt']>[0];

/** Data-space addresses of the core registers. */
export const core = { SMCR: 0x53, MCUSR: 0x54, SREG: 0x5f, SPL: 0x5d, SPH: 0x5e } as const;
const globalInterrupts = 0x80;
const sleepEnable = 0x01;

const opcodeSleep = 0x9588;
const opcodeReti = 0x9518;
const opcodeCbiMask = 0xff00;
const opcodeCbi = 0x9800;

/** Entering an interrupt takes 5 cycles with a 22-bit program counter, and 4 more out of sleep (ATmega2560 data sheet, 7.7.1). */
const interruptEntryCycles = 5;
const wakeCycles = 4;
/** Bytes of SRAM beyond avr8js's 0x100 of registers: the data space ends at 0x21FF. */
const sramBytes = 0x2100;
const vectorCount = 0x72;

/** Why {@link MegaCpu.run} came back. */
export type RunEnd = 'reached' | 'reset';

/**
 * The AVR core: avr8js executes the instructions; sleeping, interrupts and time are kept here, as the part has them. Events go to
 * the queue the whole machine shares.
 */
export class MegaCpu extends CPU {
  sleptCycles = 0;
  /** The SPM instruction was reached. */
  onStoreProgram: () => void = () => {};
  /** The cycle at which the first instruction runs: until then the part is held in reset. */
  readonly startCycles: number;
  private pause: 'none' | 'held' | 'sleeping' | 'wedged' = 'held';
  private resetAsked = false;
  private readonly queue: EventQueue;
  private readonly pending: (Interrupt | null)[] = new Array<Interrupt | null>(vectorCount).fill(null);

  constructor(program: Uint16Array, queue: EventQueue, nowCycles: number, startCycles: number) {
    super(program, sramBytes);
    this.queue = queue;
    this.cycles = nowCycles;
    this.startCycles = startCycles;
  }

  /** Runs until `untilCycles` (it may pass it by one instruction) or until something asks for a reset. */
  run(untilCycles: number): RunEnd {
    const { data, progMem, queue } = this;
    while (this.cycles < untilCycles) {
      if (this.resetAsked) return 'reset';
      if (this.pause !== 'none') {
        this.idle(untilCycles);
        continue;
      }
      const opcode = progMem[this.pc] ?? 0;
      if (opcode === opcodeSleep && (data[core.SMCR] ?? 0) & sleepEnable) {
        this.pc += 1;
        this.cycles += 1;
        this.pause = 'sleeping';
        continue;
      }
      const enabledBefore = (data[core.SREG] ?? 0) & globalInterrupts;
      execute(this, opcode);
      if ((opcode & opcodeCbiMask) === opcodeCbi) this.cycles += 1; // avr8js charges 1, the part takes 2
      if (this.cycles >= queue.nextAtCycles) this.fireDue();
      // One instruction runs after SEI and RETI before the next interrupt is taken: `I` must have been set before this one.
      if (this.nextInterrupt >= 0 && enabledBefore && opcode !== opcodeReti) this.takeInterrupt();
    }
    return this.resetAsked ? 'reset' : 'reached';
  }

  /** Stops executing, interrupts off, until a reset: a crashed program. Timers and outputs go on as hardware does. */
  wedge(): void {
    this.pause = 'wedged';
  }

  /** Ends {@link run} as soon as the present instruction or event is over. */
  askReset(): void {
    this.resetAsked = true;
  }

  /** Calls `run` at `atCycles` unless the part is reset before. */
  addEvent(atCycles: number, run: () => void): ScheduledEvent {
    return this.queue.add(Math.max(atCycles, this.cycles + 1), 'part', run);
  }

  removeEvent(event: ScheduledEvent): void {
    this.queue.remove(event);
  }

  override addClockEvent(callback: () => void, cycles: number): () => void {
    this.queue.add(this.cycles + Math.max(1, cycles), 'part', callback);
    return callback;
  }

  override clearClockEvent(callback: () => void): boolean {
    return this.queue.removeWhere((event) => event.run === callback);
  }

  override queueInterrupt(interrupt: Interrupt): void {
    this.pending[interrupt.address] = interrupt;
    if (this.nextInterrupt < 0 || interrupt.address < this.nextInterrupt) this.nextInterrupt = interrupt.address;
  }

  override clearInterrupt(interrupt: Interrupt, clearFlag = true): void {
    if (clearFlag) this.data[interrupt.flagRegister] = (this.data[interrupt.flagRegister] ?? 0) & ~interrupt.flagMask;
    if (!this.pending[interrupt.address]) return;
    this.pending[interrupt.address] = null;
    if (this.nextInterrupt !== interrupt.address) return;
    this.nextInterrupt = this.pending.findIndex((waiting) => waiting !== null);
  }

  /** Nothing to execute: time jumps to the next event, to the end of the pause or to `untilCycles`. */
  private idle(untilCycles: number): void {
    if (this.pause === 'sleeping' && this.nextInterrupt >= 0 && (this.data[core.SREG] ?? 0) & globalInterrupts) {
      this.pause = 'none';
      this.cycles += wakeCycles;
      this.takeInterrupt();
      return;
    }
    const end = this.pause === 'held' ? Math.min(this.startCycles, untilCycles) : untilCycles;
    const to = Math.min(this.queue.nextAtCycles, end);
    if (to > this.cycles) {
      if (this.pause === 'sleeping') this.sleptCycles += to - this.cycles;
      this.cycles = to;
    }
    if (this.cycles >= this.queue.nextAtCycles) this.fireDue();
    if (this.pause === 'held' && this.cycles >= this.startCycles) this.pause = 'none';
  }

  private fireDue(): void {
    const now = this.cycles;
    while (!this.resetAsked) {
      const event = this.queue.takeDue(now);
      if (event === null) return;
      event.run();
    }
  }

  private takeInterrupt(): void {
    const { data, pc } = this;
    const interrupt = this.pending[this.nextInterrupt];
    if (!interrupt || !((data[core.SREG] ?? 0) & globalInterrupts)) return;
    const stack = (data[core.SPL] ?? 0) | ((data[core.SPH] ?? 0) << 8);
    data[stack] = pc & 0xff;
    data[stack - 1] = (pc >> 8) & 0xff;
    data[stack - 2] = pc >> 16;
    data[core.SPL] = (stack - 3) & 0xff;
    data[core.SPH] = (stack - 3) >> 8;
    data[core.SREG] = (data[core.SREG] ?? 0) & ~globalInterrupts;
    this.cycles += interruptEntryCycles;
    this.pc = interrupt.address;
    if (!interrupt.constant) this.clearInterrupt(interrupt);
  }
}
