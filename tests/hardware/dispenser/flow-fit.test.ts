import { expect, test } from 'vitest';
import { fitFlow, waterDensity } from '../../../hardware/dispenser/flow-fit.ts';

test('density of water: the table of the CRC handbook', () => {
  // 4, 10, 20, 25, 30 C.
  for (const [celsius, density] of [
    [4, 0.99997],
    [10, 0.9997],
    [20, 0.9982],
    [25, 0.99705],
    [30, 0.99565],
  ] as const) {
    expect(waterDensity(celsius)).toBeCloseTo(density, 4);
  }
});

test('6,100 pulses a litre and a valve of 80 ms from six portions', () => {
  // Full flow 25 mL/s = 0.1525 pulses/ms; 60 ms were allowed for, so that 20 ms = 3.05 pulses come too many.
  const fills = [610, 915, 1220, 610, 915, 1220].map((targetPulses) => {
    const pulses = targetPulses + 3;
    return { targetPulses, pulses, pulsesPerMs: 0.1525, allowedClosingMs: 60, volumeMl: pulses / 6.1 };
  });
  const fit = fitFlow(fills);
  expect(fit.flowPulsesPerLitre).toBeCloseTo(6100, 6);
  expect(fit.valveClosingMs).toBeCloseTo(60 + 3 / 0.1525, 6);
  expect(fit.flowSpread).toBeCloseTo(0, 6);
});

test('a scale that reads to 0.1 g: within 0.1 %, and the spread shows it', () => {
  const fills = [588, 882, 1176].map((pulses) => ({
    targetPulses: pulses,
    pulses,
    pulsesPerMs: 0.147,
    allowedClosingMs: 60,
    volumeMl: Math.round((pulses / 5.88) * 10 + 0.4) / 10,
  }));
  const fit = fitFlow(fills);
  expect(Math.abs(fit.flowPulsesPerLitre / 5880 - 1)).toBeLessThan(0.001);
  expect(fit.flowSpread).toBeLessThan(10);
});

test('a valve that closes before it is told to is taken as closing at once', () => {
  const fill = { targetPulses: 882, pulses: 880, pulsesPerMs: 0.147, allowedClosingMs: 0, volumeMl: 150 };
  expect(fitFlow([fill]).valveClosingMs).toBe(0);
});
