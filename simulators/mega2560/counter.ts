import { modes16, type WaveformMode } from './timer-modes.ts';

/** What happened to a counter while it advanced. */
export interface CounterListener {
  /** Channel `channel` left its compare value: the clock after TCNT = OCR, when the part sets the flag and moves the leg. */
  matched(channel: number): void;
  overflowed(): void;
}

/**
 * A timer's counting without registers or legs: position, TOP, double-buffered compare values. It advances any number of clocks
 * in a handful of steps, so that a PWM nobody looks at costs nothing.
 */
export class Counter {
  value = 0;
  up = true;
  icr = 0;
  mode: WaveformMode = modes16[0] ?? { shape: 'up', top: 0xffff, load: 'now', overflow: 'max', pwm: false, togglesA: false };
  /** Values in force, and values written but perhaps not yet loaded. */
  readonly compare: number[];
  readonly buffered: number[];
  private readonly max: number;
  private readonly listener: CounterListener;

  constructor(max: number, channels: number, listener: CounterListener) {
    this.max = max;
    this.compare = new Array<number>(channels).fill(0);
    this.buffered = new Array<number>(channels).fill(0);
    this.listener = listener;
  }

  get top(): number {
    const { top } = this.mode;
    return top === 'OCRA' ? (this.compare[0] ?? 0) : top === 'ICR' ? this.icr : top;
  }

  setMode(mode: WaveformMode): void {
    this.mode = mode;
    if (mode.load === 'now') this.load();
    if (mode.shape === 'up') this.up = true;
  }

  writeCompare(channel: number, value: number): void {
    this.buffered[channel] = value;
    if (this.mode.load === 'now') this.compare[channel] = value;
  }

  /** Clocks until the counter next wraps or turns round (>= 1). */
  clocksToTurn(): number {
    const { top, value } = this;
    if (this.mode.shape === 'phase') return Math.max(1, this.up ? (value < top ? top - value : 1) : value);
    return (value > top ? this.max : top) + 1 - value; // beyond TOP (TOP was lowered) the counter runs on to its end
  }

  /** Clocks until `channel` matches, within the present run up or down; `Infinity` if it does not. */
  clocksToMatch(channel: number): number {
    const compare = this.compare[channel] ?? 0;
    const distance = this.up ? compare - this.value : this.value - compare;
    return distance >= 0 && distance < this.clocksToTurn() ? distance + 1 : Number.POSITIVE_INFINITY;
  }

  advance(clocks: number): void {
    let left = clocks;
    while (left > 0) {
      const toTurn = this.clocksToTurn();
      const step = Math.min(left, toTurn);
      for (let channel = 0; channel < this.compare.length; channel += 1) {
        if (this.clocksToMatch(channel) <= step) this.listener.matched(channel);
      }
      if (step === toTurn) this.turn();
      else this.value += this.up ? step : -step;
      left = this.skipWholePeriods(left - step);
    }
  }

  /** Level of a PWM channel that is cleared on the way up (COM = 2). */
  pwmHigh(channel: number): boolean {
    const compare = this.compare[channel] ?? 0;
    if (compare >= this.top) return true;
    if (this.mode.shape === 'up') return this.value <= compare;
    return compare > 0 && (this.up ? this.value <= compare : this.value < compare);
  }

  /** Mean level of a PWM channel with COM = 2. */
  pwmDuty(channel: number): number {
    const compare = this.compare[channel] ?? 0;
    const { top } = this;
    if (compare >= top) return 1;
    return this.mode.shape === 'up' ? (compare + 1) / (top + 1) : compare / top;
  }

  /** After a first whole period every further pair of periods leaves everything as it was: leave them out. */
  private skipWholePeriods(clocks: number): number {
    const period = this.mode.shape === 'up' ? this.top + 1 : Math.max(2, 2 * this.top);
    const pairs = Math.floor(clocks / (2 * period)) - 1;
    return pairs > 0 && this.value <= this.top ? clocks - pairs * 2 * period : clocks;
  }

  private turn(): void {
    const { mode, listener } = this;
    if (mode.shape === 'phase') {
      if (this.up) {
        this.value = this.top;
        this.up = false;
        if (mode.load === 'top') this.load();
      } else {
        this.value = 0;
        this.up = true;
        if (mode.load === 'bottom') this.load();
        listener.overflowed();
      }
      return;
    }
    const atMax = this.value > this.top || this.top === this.max;
    if (mode.overflow === 'top' || atMax) listener.overflowed();
    this.value = 0;
    if (mode.load === 'bottom') this.load();
  }

  private load(): void {
    this.buffered.forEach((value, channel) => {
      this.compare[channel] = value;
    });
  }
}
