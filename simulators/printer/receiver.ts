import type { PrinterModel } from './interpreter.ts';

/** What the printer obeys the moment it is received, wherever it stands, even inside a picture. */
export type RealTimeCommand =
  | { kind: 'status'; n: number }
  | { kind: 'recover'; andClear: boolean }
  | { kind: 'pulse' }
  | { kind: 'clear' };

const clearParameters = [0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];

/** Parts the received stream into real-time commands and bytes for the buffer, in order. */
export class Receiver {
  /** GS ( D; the pulse command is data while off. */
  pulseEnabled = true;
  private held: number[] = [];
  private readonly model: PrinterModel;

  constructor(model: PrinterModel) {
    this.model = model;
  }

  push(bytes: Uint8Array, onCommand: (command: RealTimeCommand) => void, onData: (value: number) => void): void {
    for (const value of bytes) {
      this.held.push(value);
      this.settle(onCommand, onData);
    }
  }

  reset(): void {
    this.held = [];
    this.pulseEnabled = true;
  }

  private settle(onCommand: (command: RealTimeCommand) => void, onData: (value: number) => void): void {
    while (this.held.length > 0) {
      const verdict = this.judge();
      if (verdict === 'wait') return;
      if (verdict === 'data') {
        onData(this.held.shift() ?? 0);
        continue;
      }
      this.held = [];
      onCommand(verdict);
    }
  }

  private judge(): RealTimeCommand | 'data' | 'wait' {
    const [dle, command, a, ...rest] = this.held;
    if (dle !== 0x10) return 'data';
    if (command === undefined) return 'wait';
    if (command !== 0x04 && command !== 0x05 && command !== 0x14) return 'data';
    if (a === undefined) return 'wait';
    if (command === 0x04) return a >= 1 && a <= 4 ? { kind: 'status', n: a } : 'data';
    if (command === 0x05) return a === 1 || a === 2 ? { kind: 'recover', andClear: a === 2 } : 'data';
    if (a === 0x01 && this.pulseEnabled) return rest.length < 2 ? 'wait' : { kind: 'pulse' };
    if (a !== 0x08 || this.model === 'clone') return 'data';
    if (rest.some((value, at) => value !== clearParameters[at])) return 'data';
    return rest.length < clearParameters.length ? 'wait' : { kind: 'clear' };
  }
}
