import type { Wiring } from './wiring.ts';

/** A stretch of emulated time over which something moved evenly. */
export interface Span {
  startCycle: number;
  lengthCycles: number;
}

/**
 * Turns an even movement into level changes at the right cycles. Position is counted in states; each whole number passed
 * is one change of level, handed to `enter` with the number of the state entered.
 */
export class PulseTrain {
  private position: number;
  private readonly wiring: Wiring;
  private readonly enter: (state: number) => void;

  constructor(wiring: Wiring, startPosition: number, enter: (state: number) => void) {
    this.wiring = wiring;
    this.position = startPosition;
    this.enter = enter;
  }

  advance(states: number, span: Span): void {
    const from = this.position;
    this.position += states;
    const first = Math.floor(from);
    const last = Math.floor(this.position);
    const step = last >= first ? 1 : -1;
    for (let state = first; state !== last; ) {
      const boundary = step > 0 ? state + 1 : state;
      state += step;
      const entered = state;
      const share = (boundary - from) / states;
      this.wiring.at(span.startCycle + share * span.lengthCycles, () => this.enter(entered));
    }
  }
}

/** Non-negative remainder. */
export const modulo = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor;
