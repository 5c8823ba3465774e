import type { MegaCpu } from './cpu.ts';
import { portRegisters } from './part.ts';
import type { PortName } from './plant.ts';

/** What is outside a port's legs. It belongs to the world, so it outlives every reset of the part. */
export interface PortOutside {
  /** Legs that something drives, and the levels it drives. An undriven input reads its pull-up, else low. */
  drivenMask: number;
  drivenLevels: number;
  /** Levels last told to the listeners: 1 = an output driving high. */
  toldOutputs: number;
  readonly listeners: readonly ((high: boolean) => void)[][];
  /** Legs with at least one listener. */
  observedMask: number;
}

export const createPortOutside = (): PortOutside => ({
  drivenMask: 0,
  drivenLevels: 0,
  toldOutputs: 0,
  listeners: Array.from({ length: 8 }, () => []),
  observedMask: 0,
});

/** A peripheral that takes a leg over from its PORT bit, while the leg's DDR bit makes it an output. */
export interface LegOverride {
  level(): boolean;
}

/** One 8-bit port: PORT, DDR and PIN, legs taken over by timers, and the edges that interrupts are made of. */
export class Port {
  readonly name: PortName;
  readonly outside: PortOutside;
  /** Told after levels at the legs changed (inputs and outputs alike), with both PIN values. */
  onPins: (before: number, after: number) => void = () => {};
  private readonly cpu: MegaCpu;
  private readonly registers: { PIN: number; DDR: number; PORT: number };
  private readonly overrides: (LegOverride | null)[] = new Array<LegOverride | null>(8).fill(null);
  private overriddenMask = 0;
  private pins = 0;

  constructor(cpu: MegaCpu, name: PortName, outside: PortOutside) {
    this.cpu = cpu;
    this.name = name;
    this.outside = outside;
    const registers = portRegisters[name];
    this.registers = registers;
    const store = (register: number) => (value: number) => {
      cpu.data[register] = value;
      this.refresh();
      return true;
    };
    cpu.writeHooks[registers.DDR] = store(registers.DDR);
    cpu.writeHooks[registers.PORT] = store(registers.PORT);
    // Writing ones to PIN toggles PORT; `mask` limits SBI to its own bit.
    cpu.writeHooks[registers.PIN] = (value, _old, _address, mask) => {
      cpu.data[registers.PORT] = (cpu.data[registers.PORT] ?? 0) ^ (value & mask);
      this.refresh();
      return true;
    };
    cpu.readHooks[registers.PIN] = () => (this.overriddenMask === 0 ? this.pins : this.pinLevels());
    this.refresh();
  }

  setInput(bit: number, high: boolean): void {
    const mask = 1 << bit;
    this.outside.drivenMask |= mask;
    this.outside.drivenLevels = high ? this.outside.drivenLevels | mask : this.outside.drivenLevels & ~mask;
    this.refresh();
  }

  setOverride(bit: number, override: LegOverride | null): void {
    this.overrides[bit] = override;
    this.overriddenMask = override ? this.overriddenMask | (1 << bit) : this.overriddenMask & ~(1 << bit);
    this.refresh();
  }

  /** Level an output drives; false for an input. */
  outputLevel(bit: number): boolean {
    return (this.outputLevels() & (1 << bit)) !== 0;
  }

  isOutput(bit: number): boolean {
    return ((this.cpu.data[this.registers.DDR] ?? 0) & (1 << bit)) !== 0;
  }

  pinLevel(bit: number): boolean {
    return (this.pins & (1 << bit)) !== 0;
  }

  /** Works out all legs anew and tells who has to know. */
  refresh(): void {
    const before = this.pins;
    this.pins = this.pinLevels();
    if (this.pins !== before) this.onPins(before, this.pins);
    this.tellOutputs();
  }

  private outputLevels(): number {
    let levels = this.cpu.data[this.registers.PORT] ?? 0;
    for (let bit = 0; this.overriddenMask >> bit !== 0; bit += 1) {
      const override = this.overrides[bit];
      if (!override) continue;
      levels = override.level() ? levels | (1 << bit) : levels & ~(1 << bit);
    }
    return levels & (this.cpu.data[this.registers.DDR] ?? 0);
  }

  private pinLevels(): number {
    const { drivenMask, drivenLevels } = this.outside;
    const directions = this.cpu.data[this.registers.DDR] ?? 0;
    const pullUps = this.cpu.data[this.registers.PORT] ?? 0;
    const inputs = (drivenLevels & drivenMask) | (pullUps & ~drivenMask);
    return this.outputLevels() | (inputs & ~directions & 0xff);
  }

  private tellOutputs(): void {
    const { outside } = this;
    const changed = (this.outputLevels() ^ outside.toldOutputs) & outside.observedMask;
    if (changed === 0) return;
    outside.toldOutputs ^= changed;
    const told = outside.toldOutputs;
    outside.listeners.forEach((listeners, bit) => {
      if (changed & (1 << bit)) for (const listener of listeners) listener((told & (1 << bit)) !== 0);
    });
  }
}
