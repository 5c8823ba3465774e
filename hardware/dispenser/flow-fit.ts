import { deviation, mean } from '../../src/core/statistics.ts';

/** One weighed portion, as the board counted it and the scale weighed it. */
export interface WeighedFill {
  /** All pulses, over-run included. */
  pulses: number;
  targetPulses: number;
  /** Rate of full flow, pulses a millisecond. */
  pulsesPerMs: number;
  /** Closing time that the firmware allowed for in this portion, ms. */
  allowedClosingMs: number;
  volumeMl: number;
}

export interface FlowFit {
  flowPulsesPerLitre: number;
  /** Standard deviation of the single portions' pulses a litre. */
  flowSpread: number;
  valveClosingMs: number;
  closingSpreadMs: number;
}

/**
 * Density of air-free water, g/mL, 0-40 C; within 0.0001. Source: Tanaka et al., Metrologia 38 (2001), 301.
 */
export function waterDensity(celsius: number): number {
  return 0.99997495 * (1 - ((celsius - 3.983035) ** 2 * (celsius + 301.797)) / (522528.9 * (celsius + 69.34881)));
}

/** Closing time of one portion: what was allowed for, and what the pulses beyond or short of the target add. */
export const closingMs = (fill: WeighedFill): number => fill.allowedClosingMs + (fill.pulses - fill.targetPulses) / fill.pulsesPerMs;

/** Pulses a litre by least squares through the origin: no water, no pulses. Needs one portion at least. */
export function fitFlow(fills: readonly WeighedFill[]): FlowFit {
  const [products, squares] = fills.reduce(
    ([product, square], { pulses, volumeMl }) => [product + pulses * volumeMl, square + volumeMl ** 2],
    [0, 0],
  );
  const closings = fills.map(closingMs);
  return {
    flowPulsesPerLitre: (1000 * products) / squares,
    flowSpread: deviation(fills.map(({ pulses, volumeMl }) => (1000 * pulses) / volumeMl)),
    valveClosingMs: Math.max(0, mean(closings)),
    closingSpreadMs: deviation(closings),
  };
}
