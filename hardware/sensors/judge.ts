import type { SensorConfig } from '../../config/peripherals.ts';
import type { ErrorInfo } from '../../src/core/errors.ts';
import type { Conversion } from './conversion.ts';
import type { Reading } from './sensors.ts';

/** Turns a stream of single samples into something to believe. Pure but for its memory. */

/** Median of so many: a single spike of a motor changes nothing. */
const windowLength = 5;
/** So many bad samples in a row are a fault, so many good ones end it: a loose plug does not flicker. */
const patience = 3;

const amountOf = (reading: Reading): number => {
  switch (reading.kind) {
    case 'temperature':
      return reading.celsius;
    case 'level':
      return reading.percent;
    case 'levelSwitch':
      return reading.low ? 1 : 0;
    case 'door':
      return reading.open ? 1 : 0;
  }
};

export class Judge {
  /** Null until {@link patience} good samples came, and while faulty. */
  reading: Reading | null = null;
  /** What is wrong with the sensor itself. */
  fault: string | null = null;
  private recent: Reading[] = [];
  private badCount = 0;

  take(sample: Conversion): void {
    if (!sample.ok) {
      this.recent = [];
      if (++this.badCount < patience) return;
      this.fault = sample.fault;
      this.reading = null;
      return;
    }
    this.badCount = 0;
    this.recent = [...this.recent, sample.reading].slice(-windowLength);
    if (this.recent.length < patience) return;
    this.fault = null;
    this.reading = this.recent.toSorted((a, b) => amountOf(a) - amountOf(b))[Math.floor(this.recent.length / 2)] ?? null;
  }

  forget(): void {
    this.reading = null;
    this.fault = null;
    this.recent = [];
    this.badCount = 0;
  }
}

/** What a sound reading calls for. `before`: whether it did so already, for hysteresis. Doors are judged by time, elsewhere. */
export function concern(reading: Reading, config: SensorConfig, before: boolean): ErrorInfo | null {
  if (reading.kind === 'temperature' && config.kind === 'temperature' && config.warnAboveC !== undefined) {
    const limitC = config.warnAboveC - (before ? config.hysteresisC : 0);
    const detail = `${config.name}: ${reading.celsius.toFixed(1)} °C`;
    return reading.celsius >= limitC ? { code: 'PERIPHERAL_TOO_HOT', detail } : null;
  }
  if (reading.kind === 'level' && config.kind === 'level' && config.warnBelowPercent !== undefined) {
    const limitPercent = config.warnBelowPercent + (before ? config.hysteresisPercent : 0);
    const detail = `${config.name}: ${Math.round(reading.percent)} %`;
    return reading.percent < limitPercent ? { code: 'PERIPHERAL_LEVEL_LOW', detail } : null;
  }
  if (reading.kind === 'levelSwitch' && reading.low) return { code: 'PERIPHERAL_LEVEL_LOW', detail: config.name };
  return null;
}

/** Whether a change is worth telling: half a degree, one percent, any switch. */
export function differs(a: Reading | null, b: Reading | null): boolean {
  if (a === null || b === null) return a !== b;
  const step = a.kind === 'temperature' ? 0.5 : 1;
  return Math.abs(amountOf(a) - amountOf(b)) >= step;
}
