import type { Mega2560 } from '../../../simulators/mega2560/mega2560.ts';
import type { CancelSchedule, MegaPins, PortName } from '../../../simulators/mega2560/plant.ts';

/** One thing that the world does to the part. A byte is told by the cycle at which its start bit begins. */
export type Input =
  | { at: number; kind: 'pin'; port: PortName; bit: number; high: boolean }
  | { at: number; kind: 'byte'; usart: 0 | 1 | 2 | 3; byte: number }
  | { at: number; kind: 'volts'; channel: number; volts: number };

/** Length of a character on each line: 250000 baud to the host, 117647 baud (the nearest to 115200) from the range sensors. */
const characterCycles = { 0: 640, 1: 640, 2: 1360, 3: 1360 } as const;

/** Lets a plant and a host act on a part and writes down what they do, so that the same can be done to another one. */
export class Recorder implements MegaPins {
  readonly inputs: Input[] = [];
  private readonly mega: Mega2560;
  private readonly lineFreeAt = [0, 0, 0, 0];

  constructor(mega: Mega2560) {
    this.mega = mega;
  }

  get cycles(): number {
    return this.mega.cycles;
  }

  setInput(port: PortName, bit: number, high: boolean): void {
    this.inputs.push({ at: this.cycles, kind: 'pin', port, bit, high });
    this.mega.setInput(port, bit, high);
  }

  setAnalog(channel: number, volts: number): void {
    this.inputs.push({ at: this.cycles, kind: 'volts', channel, volts });
    this.mega.setAnalog(channel, volts);
  }

  feedUart(usart: 1 | 2 | 3, bytes: Uint8Array): void {
    this.line(usart, bytes);
    this.mega.feedUart(usart, bytes);
  }

  hostWrite(bytes: Uint8Array): void {
    this.line(0, bytes);
    this.mega.hostWrite(bytes);
  }

  schedule(delayCycles: number, run: () => void): CancelSchedule {
    return this.mega.schedule(delayCycles, run);
  }
  outputLevel(port: PortName, bit: number): boolean {
    return this.mega.outputLevel(port, bit);
  }
  onOutput(port: PortName, bit: number, listener: (high: boolean) => void): void {
    this.mega.onOutput(port, bit, listener);
  }
  pwmDuty(channel: '4A' | '4B' | '5A' | '5B' | '5C'): number {
    return this.mega.pwmDuty(channel);
  }
  reset(): never {
    throw new Error('a recorded run has no reset');
  }

  /** The trace so far, in the order of time. */
  sorted(): Input[] {
    return this.inputs
      .map((input, order) => ({ input, order }))
      .sort((a, b) => a.input.at - b.input.at || a.order - b.order)
      .map(({ input }) => input);
  }

  private line(usart: 0 | 1 | 2 | 3, bytes: Uint8Array): void {
    for (const byte of bytes) {
      const at = Math.max(this.cycles, this.lineFreeAt[usart] ?? 0);
      this.lineFreeAt[usart] = at + characterCycles[usart];
      this.inputs.push({ at, kind: 'byte', usart, byte });
    }
  }
}

/** Does to a part what a trace tells. All of its state is in fields, so a checkpoint holds it. */
export class Replay {
  private readonly mega: Mega2560;
  /** Never changes; out of a checkpoint's sight, which would look at every entry. */
  readonly #trace: readonly Input[];
  private next = 0;

  constructor(mega: Mega2560, trace: readonly Input[]) {
    this.mega = mega;
    this.#trace = trace;
    this.act();
  }

  private act(): void {
    for (let input = this.#trace[this.next]; input; input = this.#trace[this.next]) {
      if (input.at > this.mega.cycles) {
        this.mega.schedule(input.at - this.mega.cycles, () => this.act());
        return;
      }
      this.next += 1;
      this.apply(input);
    }
  }

  private apply(input: Input): void {
    if (input.kind === 'pin') this.mega.setInput(input.port, input.bit, input.high);
    else if (input.kind === 'volts') this.mega.setAnalog(input.channel, input.volts);
    else if (input.usart === 0) this.mega.hostWrite(Uint8Array.of(input.byte));
    else this.mega.feedUart(input.usart, Uint8Array.of(input.byte));
  }
}

const portIndex: Record<PortName, number> = { A: 0, B: 1, C: 2, D: 3, E: 4, F: 5, G: 6, H: 7, J: 8, K: 9, L: 10 };

/** The trace as lines `cycle kind number number` for the simavr harness: `p port*8+bit level`, `b usart byte`, `v channel millivolts`. */
export function traceText(trace: readonly Input[]): string {
  const lines = trace.map((input) => {
    const at = Math.round(input.at);
    if (input.kind === 'pin') return `${at} p ${portIndex[input.port] * 8 + input.bit} ${input.high ? 1 : 0}`;
    if (input.kind === 'byte') return `${at} b ${input.usart} ${input.byte}`;
    return `${at} v ${input.channel} ${Math.round(input.volts * 1000)}`;
  });
  return `${lines.join('\n')}\n`;
}
