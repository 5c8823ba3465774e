import { pins as pinMap } from '../../../firmware-bridge/protocol/pins.ts';
import type { CancelSchedule, MegaPins, PortName } from '../../../simulators/mega2560/plant.ts';

interface Scheduled {
  cycle: number;
  order: number;
  run: () => void;
}

/** A control board without a processor: the test plays the firmware by setting output legs, and reads back the input legs. */
export class FakePins implements MegaPins {
  cycles = 0;
  readonly analog = new Map<number, number>();
  readonly uart: { usart: 1 | 2 | 3; bytes: Uint8Array; cycle: number }[] = [];
  /** Every change of an input leg as `cycle name level`. */
  readonly trace: { cycle: number; leg: string; high: boolean }[] = [];
  private readonly inputs = new Map<string, boolean>();
  private readonly outputs = new Map<string, boolean>();
  private readonly listeners = new Map<string, ((high: boolean) => void)[]>();
  private readonly duties = new Map<string, number>();
  private readonly queue: Scheduled[] = [];
  private order = 0;

  schedule(delayCycles: number, run: () => void): CancelSchedule {
    const entry = { cycle: this.cycles + delayCycles, order: this.order++, run };
    const after = this.queue.findIndex(({ cycle }) => cycle > entry.cycle);
    this.queue.splice(after < 0 ? this.queue.length : after, 0, entry);
    return () => {
      const index = this.queue.indexOf(entry);
      if (index >= 0) this.queue.splice(index, 1);
    };
  }
  setInput(port: PortName, bit: number, high: boolean): void {
    this.inputs.set(`${port}${bit}`, high);
    this.trace.push({ cycle: this.cycles, leg: `${port}${bit}`, high });
  }
  outputLevel(port: PortName, bit: number): boolean {
    return this.outputs.get(`${port}${bit}`) ?? false;
  }
  onOutput(port: PortName, bit: number, listener: (high: boolean) => void): void {
    const leg = `${port}${bit}`;
    this.listeners.set(leg, [...(this.listeners.get(leg) ?? []), listener]);
  }
  pwmDuty(channel: '4A' | '4B' | '5A' | '5B' | '5C'): number {
    return this.duties.get(channel) ?? 0;
  }
  setAnalog(channel: number, volts: number): void {
    this.analog.set(channel, volts);
  }
  feedUart(usart: 1 | 2 | 3, bytes: Uint8Array): void {
    this.uart.push({ usart, bytes, cycle: this.cycles });
  }
  reset(): void {}

  /** The firmware drives an output leg. */
  drive(name: string, high: boolean): void {
    const leg = legOf(name);
    if (this.outputs.get(leg) === high) return;
    this.outputs.set(leg, high);
    for (const listener of this.listeners.get(leg) ?? []) listener(high);
  }
  duty(left: number, right: number): void {
    this.duties.set('4A', left);
    this.duties.set('4B', right);
  }
  level(name: string): boolean | undefined {
    return this.inputs.get(legOf(name));
  }
  runMs(ms: number): void {
    const end = this.cycles + Math.round(ms * 16_000);
    for (let next = this.queue[0]; next && next.cycle <= end; next = this.queue[0]) {
      this.queue.shift();
      this.cycles = next.cycle;
      next.run();
    }
    this.cycles = end;
  }
  rises(name: string): number[] {
    return this.trace.filter(({ leg, high, cycle }) => leg === legOf(name) && high && cycle > 0).map(({ cycle }) => cycle);
  }
  /** Signed encoder count as the pin map defines it: a rise of A counts, B low is forward. */
  encoderPulses(side: 'Left' | 'Right'): number {
    const a = legOf(`encoder${side}A`);
    const b = legOf(`encoder${side}B`);
    let levelB = false;
    let count = 0;
    for (const { leg, high, cycle } of this.trace) {
      if (leg === b) levelB = high;
      if (leg === a && high && cycle > 0) count += levelB ? -1 : 1;
    }
    return count;
  }
}

function legOf(name: string): string {
  const pin = pinMap.find((candidate) => candidate.name === name);
  if (!pin) throw new Error(`no pin ${name}`);
  return `${pin.port}${pin.bit}`;
}
