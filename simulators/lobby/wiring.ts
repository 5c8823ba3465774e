import { pins as pinMap } from '../../firmware-bridge/protocol/pins.ts';
import type { CancelSchedule, MegaPins, PortName } from '../mega2560/plant.ts';

/** Clock of the control board. */
export const cyclesPerMs = 16_000;

const portNames: readonly PortName[] = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'L'];

interface Leg {
  port: PortName;
  bit: number;
}

function legsByName(): ReadonlyMap<string, Leg> {
  const legs = new Map<string, Leg>();
  for (const { name, port, bit } of pinMap) {
    const known = portNames.find((candidate) => candidate === port);
    if (!known) throw new TypeError(`pin map: ${name} is on unknown port ${port}`);
    legs.set(name, { port: known, bit });
  }
  return legs;
}

const legs = legsByName();

function legOf(name: string): Leg {
  const leg = legs.get(name);
  if (!leg) throw new TypeError(`pin map: no pin is named ${name}`);
  return leg;
}

/** The control board's legs under the names of the pin map. */
export class Wiring {
  readonly mega: MegaPins;
  constructor(mega: MegaPins) {
    this.mega = mega;
  }
  get cycles(): number {
    return this.mega.cycles;
  }
  /** Returns a setter that touches the leg only when the level changes. */
  input(name: string, initiallyHigh: boolean): (high: boolean) => void {
    const { port, bit } = legOf(name);
    let level = initiallyHigh;
    this.mega.setInput(port, bit, level);
    return (high) => {
      if (high === level) return;
      level = high;
      this.mega.setInput(port, bit, high);
    };
  }
  output(name: string): () => boolean {
    const { port, bit } = legOf(name);
    return () => this.mega.outputLevel(port, bit);
  }
  onOutput(name: string, listener: (high: boolean) => void): void {
    const { port, bit } = legOf(name);
    this.mega.onOutput(port, bit, listener);
  }
  afterMs(delayMs: number, run: () => void): CancelSchedule {
    return this.mega.schedule(Math.round(delayMs * cyclesPerMs), run);
  }
  /** Runs at an absolute cycle, at once if that has passed. */
  at(cycle: number, run: () => void): CancelSchedule {
    return this.mega.schedule(Math.max(0, Math.round(cycle - this.mega.cycles)), run);
  }
}
