import type { Interrupt, MegaCpu } from './cpu.ts';
import { externalInterrupts as external, externalInterruptLegs, pinChange, pinChangeLegs } from './part.ts';
import type { PortName } from './plant.ts';
import type { Port } from './port.ts';

/** Interrupt sense control (data sheet table 15-1). */
const sense = { lowLevel: 0, anyEdge: 1, falling: 2, rising: 3 } as const;

/** INT0-7 and PCINT0-23: edges at the legs become flags, enabled or not, as on the part. */
export class PinInterrupts {
  private readonly cpu: MegaCpu;
  private readonly ports: Readonly<Record<PortName, Port>>;
  private readonly external: readonly Interrupt[];
  private readonly change: readonly Interrupt[];

  constructor(cpu: MegaCpu, ports: Readonly<Record<PortName, Port>>) {
    this.cpu = cpu;
    this.ports = ports;
    const interrupt = (address: number, enableRegister: number, flagRegister: number, bit: number): Interrupt => ({
      address,
      enableRegister,
      enableMask: 1 << bit,
      flagRegister,
      flagMask: 1 << bit,
    });
    this.external = externalInterruptLegs.map((_, index) =>
      interrupt(external.firstVector + 2 * index, external.EIMSK, external.EIFR, index),
    );
    this.change = pinChangeLegs.map((_, group) => interrupt(pinChange.firstVector + 2 * group, pinChange.PCICR, pinChange.PCIFR, group));
    this.hookRegisters(external.EIMSK, external.EIFR, this.external);
    this.hookRegisters(pinChange.PCICR, pinChange.PCIFR, this.change);
    for (const register of [external.EICRA, external.EICRB]) {
      cpu.writeHooks[register] = (value) => {
        cpu.data[register] = value;
        this.checkLevels();
        return true;
      };
    }
    for (const port of Object.values(ports)) this.watch(port);
  }

  private hookRegisters(enableRegister: number, flagRegister: number, interrupts: readonly Interrupt[]): void {
    const { cpu } = this;
    cpu.writeHooks[enableRegister] = (value) => {
      cpu.data[enableRegister] = value;
      for (const interrupt of interrupts) cpu.updateInterruptEnable(interrupt, value);
      this.checkLevels();
      return true;
    };
    cpu.writeHooks[flagRegister] = (value, _old, _address, mask) => {
      for (const interrupt of interrupts) cpu.clearInterruptByFlag(interrupt, value & mask);
      return true;
    };
  }

  private watch(port: Port): void {
    const externalOf = Array.from({ length: 8 }, (_, bit) =>
      externalInterruptLegs.findIndex((leg) => leg.port === port.name && leg.bit === bit),
    );
    const changeOf = pinChangeLegs.map((legs) => legs.map((leg) => (leg.port === port.name ? 1 << leg.bit : 0)));
    if (externalOf.every((index) => index < 0) && changeOf.flat().every((mask) => mask === 0)) return;
    port.onPins = (before, after) => {
      externalOf.forEach((index, bit) => {
        if (index >= 0 && (before ^ after) & (1 << bit)) this.edge(index, (after & (1 << bit)) !== 0);
      });
      changeOf.forEach((masks, group) => {
        const enabled = this.cpu.data[pinChange.PCMSK0 + group] ?? 0;
        const interrupt = this.change[group];
        if (interrupt && masks.some((mask, bit) => mask & (before ^ after) && enabled & (1 << bit))) this.cpu.setInterruptFlag(interrupt);
      });
    };
  }

  private senseOf(index: number): number {
    const register = index < 4 ? external.EICRA : external.EICRB;
    return ((this.cpu.data[register] ?? 0) >> ((index & 3) * 2)) & 3;
  }

  private edge(index: number, high: boolean): void {
    const mode = this.senseOf(index);
    const interrupt = this.external[index];
    if (!interrupt) return;
    if (mode === sense.lowLevel) this.checkLevel(index);
    else if (mode === sense.anyEdge || (mode === sense.rising) === high) this.cpu.setInterruptFlag(interrupt);
  }

  private checkLevels(): void {
    for (let index = 0; index < this.external.length; index += 1) this.checkLevel(index);
  }

  /** A low level asks for its interrupt as long as it lasts; it sets no flag. */
  private checkLevel(index: number): void {
    const leg = externalInterruptLegs[index];
    const interrupt = this.external[index];
    if (!leg || !interrupt || this.senseOf(index) !== sense.lowLevel) return;
    const enabled = ((this.cpu.data[external.EIMSK] ?? 0) & interrupt.enableMask) !== 0;
    if (enabled && !this.ports[leg.port].pinLevel(leg.bit)) this.cpu.queueInterrupt({ ...interrupt, constant: true });
    else this.cpu.clearInterrupt(interrupt, false);
  }
}
