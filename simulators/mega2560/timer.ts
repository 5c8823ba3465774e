import { Counter } from './counter.ts';
import type { Interrupt, MegaCpu } from './cpu.ts';
import type { ScheduledEvent } from './events.ts';
import type { TimerRegisters } from './part.ts';
import type { Port } from './port.ts';
import { modes8, modes16 } from './timer-modes.ts';

/** COMnx with the leg disconnected, toggled, cleared or set at a match. */
const connect = { none: 0, toggle: 1, clear: 2, set: 3 } as const;

interface Channel {
  interrupt: Interrupt;
  port: Port;
  bit: number;
  connection: number;
  /** Level kept by the compare unit where it is not a function of the counter (toggling and non-PWM modes). */
  latch: boolean;
}

/**
 * Timer/counter 0-5. It counts only when somebody looks: at register accesses, at its own enabled interrupts, and at the edges
 * of legs that have a listener.
 */
export class Timer {
  private readonly cpu: MegaCpu;
  private readonly registers: TimerRegisters;
  private readonly channels: readonly Channel[];
  private readonly overflow: Interrupt;
  private readonly counter: Counter;
  private prescaler = 0;
  private lastClockCycles: number;
  /** The shared high-byte register of 16-bit accesses. */
  private highByte = 0;
  private event: ScheduledEvent | null = null;

  constructor(cpu: MegaCpu, registers: TimerRegisters, portOf: (name: Port['name']) => Port) {
    this.cpu = cpu;
    this.registers = registers;
    this.lastClockCycles = cpu.startCycles;
    const interrupt = (address: number, bit: number): Interrupt => ({
      address,
      enableRegister: registers.TIMSK,
      enableMask: 1 << bit,
      flagRegister: registers.TIFR,
      flagMask: 1 << bit,
    });
    this.overflow = interrupt(registers.overflowVector, 0);
    this.channels = registers.legs.map((leg, index) => ({
      interrupt: interrupt(registers.compareVectors[index] ?? 0, index + 1),
      port: portOf(leg.port),
      bit: leg.bit,
      connection: connect.none,
      latch: false,
    }));
    this.counter = new Counter(registers.bits === 16 ? 0xffff : 0xff, registers.legs.length, {
      matched: (index) => this.matched(index),
      overflowed: () => cpu.setInterruptFlag(this.overflow),
    });
    this.configure();
    this.hookControl();
    this.hookCounter();
    this.hookFlags();
  }

  /** Mean level 0..1 of a compare output: its duty while connected, else the leg's level. */
  duty(index: number): number {
    const channel = this.channels[index];
    if (!channel?.port.isOutput(channel.bit)) return 0;
    this.catchUp();
    if (channel.connection === connect.none || this.prescaler === 0) return channel.port.outputLevel(channel.bit) ? 1 : 0;
    if (channel.connection === connect.toggle) return 0.5;
    if (!this.counter.mode.pwm) return channel.latch ? 1 : 0;
    const duty = this.counter.pwmDuty(index);
    return channel.connection === connect.set ? 1 - duty : duty;
  }

  /** Looks again for when it must wake: call after a listener was added to one of its legs. */
  reschedule(): void {
    if (this.event) this.cpu.removeEvent(this.event);
    this.event = null;
    if (this.prescaler === 0) return;
    const enabled = this.cpu.data[this.registers.TIMSK] ?? 0;
    let awaited = (enabled & this.overflow.enableMask) !== 0;
    let clocks = Number.POSITIVE_INFINITY;
    this.channels.forEach((channel, index) => {
      if (!(enabled & channel.interrupt.enableMask) && !this.isWatched(channel)) return;
      awaited = true;
      clocks = Math.min(clocks, this.counter.clocksToMatch(index));
    });
    if (!awaited) return;
    clocks = Math.min(clocks, this.counter.clocksToTurn());
    this.event = this.cpu.addEvent(this.lastClockCycles + clocks * this.prescaler, () => this.wake());
  }

  private wake(): void {
    this.event = null;
    this.catchUp();
    this.reschedule();
    for (const channel of this.channels) if (this.isWatched(channel)) channel.port.refresh();
  }

  private isWatched(channel: Channel): boolean {
    return channel.connection !== connect.none && (channel.port.outside.observedMask & (1 << channel.bit)) !== 0;
  }

  private catchUp(): void {
    if (this.prescaler === 0) return;
    const clocks = Math.floor((this.cpu.cycles - this.lastClockCycles) / this.prescaler);
    if (clocks <= 0) return;
    this.lastClockCycles += clocks * this.prescaler;
    this.counter.advance(clocks);
  }

  /** Brings the counter up to now under the old settings, changes them, and plans anew. */
  private change(apply: () => void): void {
    this.catchUp();
    apply();
    this.reschedule();
    for (const channel of this.channels) if (channel.connection !== connect.none) channel.port.refresh();
  }

  private matched(index: number): void {
    const channel = this.channels[index];
    if (!channel) return;
    this.cpu.setInterruptFlag(channel.interrupt);
    this.strike(channel);
  }

  private strike(channel: Channel): void {
    if (channel.connection === connect.toggle) channel.latch = !channel.latch;
    else if (!this.counter.mode.pwm && channel.connection !== connect.none) channel.latch = channel.connection === connect.set;
  }

  private level(channel: Channel, index: number): boolean {
    this.catchUp();
    if (!this.counter.mode.pwm || channel.connection === connect.toggle) return channel.latch;
    return this.counter.pwmHigh(index) === (channel.connection === connect.clear);
  }

  private configure(): void {
    const { cpu, registers } = this;
    const controlA = cpu.data[registers.TCCRA] ?? 0;
    const controlB = cpu.data[registers.TCCRB] ?? 0;
    const waveform = (controlA & 3) | ((controlB & (registers.bits === 16 ? 0x18 : 0x08)) >> 1);
    const mode = (registers.bits === 16 ? modes16 : modes8)[waveform];
    if (mode) this.counter.setMode(mode);
    const prescaler = registers.prescalers[controlB & 7] ?? 0;
    if (prescaler !== this.prescaler && prescaler > 0) {
      // The prescaler runs freely from the reset on: the first clock comes at its next multiple.
      this.lastClockCycles = cpu.cycles - ((cpu.cycles - cpu.startCycles) % prescaler);
    }
    this.prescaler = prescaler;
    this.channels.forEach((channel, index) => {
      const wanted = (controlA >> (6 - 2 * index)) & 3;
      const reserved = wanted === connect.toggle && this.counter.mode.pwm && !(index === 0 && this.counter.mode.togglesA);
      const connection = reserved ? connect.none : wanted;
      if (connection === channel.connection) return;
      const was = channel.connection;
      channel.connection = connection;
      if (connection === connect.none) channel.port.setOverride(channel.bit, null);
      else if (was === connect.none) channel.port.setOverride(channel.bit, { level: () => this.level(channel, index) });
    });
  }

  private force(value: number): void {
    if (this.counter.mode.pwm) return;
    this.channels.forEach((channel, index) => {
      if (value & (0x80 >> index)) this.strike(channel);
    });
  }

  private hookControl(): void {
    const { cpu, registers } = this;
    cpu.writeHooks[registers.TCCRA] = (value) => {
      this.change(() => {
        cpu.data[registers.TCCRA] = value;
        this.configure();
      });
      return true;
    };
    cpu.writeHooks[registers.TCCRB] = (value) => {
      this.change(() => {
        const strobes = registers.TCCRC === 0 ? value & 0xc0 : 0;
        cpu.data[registers.TCCRB] = value & ~strobes;
        this.configure();
        this.force(strobes);
      });
      return true;
    };
    if (registers.TCCRC !== 0) {
      cpu.writeHooks[registers.TCCRC] = (value) => {
        this.change(() => this.force(value));
        return true;
      };
    }
  }

  /** Low byte last on writing, first on reading: that is when the 16 bits pass. */
  private hookWord(address: number, write: (value: number) => void): void {
    const { cpu, registers } = this;
    cpu.writeHooks[address] = (low) => {
      const value = registers.bits === 16 ? (this.highByte << 8) | low : low;
      this.change(() => write(value));
      cpu.data[address] = low;
      if (registers.bits === 16) cpu.data[address + 1] = this.highByte;
      return true;
    };
    if (registers.bits === 16) {
      cpu.writeHooks[address + 1] = (high) => {
        this.highByte = high;
        return true;
      };
    }
  }

  private hookCounter(): void {
    const { cpu, registers, counter } = this;
    registers.OCR.forEach((address, index) => {
      this.hookWord(address, (value) => counter.writeCompare(index, value));
    });
    this.hookWord(registers.TCNT, (value) => {
      counter.value = value;
    });
    if (registers.ICR !== 0) {
      this.hookWord(registers.ICR, (value) => {
        counter.icr = value;
      });
    }
    cpu.readHooks[registers.TCNT] = () => {
      this.catchUp();
      this.highByte = counter.value >> 8;
      return counter.value & 0xff;
    };
    if (registers.bits === 16) cpu.readHooks[registers.TCNT + 1] = () => this.highByte;
  }

  private hookFlags(): void {
    const { cpu, registers } = this;
    const interrupts = [this.overflow, ...this.channels.map((channel) => channel.interrupt)];
    cpu.readHooks[registers.TIFR] = () => {
      this.catchUp();
      return cpu.data[registers.TIFR] ?? 0;
    };
    cpu.writeHooks[registers.TIFR] = (value, _old, _address, mask) => {
      this.catchUp();
      for (const interrupt of interrupts) cpu.clearInterruptByFlag(interrupt, value & mask);
      return true;
    };
    cpu.writeHooks[registers.TIMSK] = (value) => {
      this.change(() => {
        cpu.data[registers.TIMSK] = value;
        for (const interrupt of interrupts) cpu.updateInterruptEnable(interrupt, value);
      });
      return true;
    };
  }
}
