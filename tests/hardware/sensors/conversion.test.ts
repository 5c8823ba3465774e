import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { doorSchema, levelSchema, levelSwitchSchema, temperatureSchema } from '../../../config/peripherals.ts';
import { type Conversion, levelOf, switchOf, temperatureOf } from '../../../hardware/sensors/conversion.ts';

const lm35 = temperatureSchema.parse({ kind: 'temperature', name: 'part', pin: 'A4', sensor: { type: 'lm35' } });
const ntc = (more: object = {}) =>
  temperatureSchema.parse({ kind: 'temperature', name: 'part', pin: 'A4', sensor: { type: 'thermistor', ...more } });
const level = (emptyVolts: number, fullVolts: number) =>
  levelSchema.parse({ kind: 'level', name: 'part', pin: 'A5', emptyVolts, fullVolts });

const celsius = (conversion: Conversion) =>
  conversion.ok && conversion.reading.kind === 'temperature' ? conversion.reading.celsius : null;
const percent = (conversion: Conversion) => (conversion.ok && conversion.reading.kind === 'level' ? conversion.reading.percent : null);
/** What a 10-bit converter with a 5 V reference reads. */
const rawOf = (volts: number) => Math.min(1023, Math.floor((volts / 5) * 1024));

describe('LM35: 10 mV per degree', () => {
  it.each([2, 20, 25, 60, 100, 150])('%i °C', (degrees) => {
    // One step of the converter is half a degree.
    expect(Math.abs((celsius(temperatureOf(rawOf(degrees / 100), lm35)) ?? Number.NaN) - degrees)).toBeLessThanOrEqual(0.5);
  });
  it('nothing below +2 °C and nothing beyond +150 °C is one of its values', () => {
    for (const volts of [0, 0.005, 1.6, 5]) expect(temperatureOf(rawOf(volts), lm35).ok).toBe(false);
  });
  it('the offset of the unit is added', () => {
    expect(celsius(temperatureOf(rawOf(0.25), { ...lm35, offsetC: -1.5 }))).toBeCloseTo(
      (celsius(temperatureOf(rawOf(0.25), lm35)) ?? 0) - 1.5,
      9,
    );
  });
});

describe('thermistor 10 kΩ, B 3950 (resistances from a maker’s table, typed by hand)', () => {
  it.each([
    [0, 33_620],
    [10, 20_170],
    [25, 10_000],
    [40, 5_301],
    [60, 2_474],
    [80, 1_256],
  ])('%i °C is %i Ω', (degrees, ohm) => {
    const toGround = rawOf((5 * ohm) / (ohm + 10_000));
    const toSupply = rawOf((5 * 10_000) / (ohm + 10_000));
    expect(Math.abs((celsius(temperatureOf(toGround, ntc())) ?? Number.NaN) - degrees)).toBeLessThan(1);
    expect(Math.abs((celsius(temperatureOf(toSupply, ntc({ ntcTo: 'supply' }))) ?? Number.NaN) - degrees)).toBeLessThan(1);
  });
  it('a broken wire and a short circuit are told apart, on both sides', () => {
    const fault = (raw: number, config = ntc()) => {
      const found = temperatureOf(raw, config);
      return found.ok ? null : found.fault;
    };
    expect(fault(1023)).toMatch(/broken/);
    expect(fault(0)).toMatch(/short/);
    expect(fault(1023, ntc({ ntcTo: 'supply' }))).toMatch(/short/);
    expect(fault(0, ntc({ ntcTo: 'supply' }))).toMatch(/broken/);
  });
});

describe('level', () => {
  it.each([
    [0.5, 4.5, 0.5, 0],
    [0.5, 4.5, 2.5, 50],
    [0.5, 4.5, 4.5, 100],
    [4, 1, 4, 0],
    [4, 1, 1.75, 75],
    [0.5, 4.5, 0.3, 0],
    [0.5, 4.5, 4.7, 100],
  ])('empty %d V, full %d V: %d V is %i %%', (empty, full, volts, expected) => {
    expect(Math.abs((percent(levelOf(rawOf(volts), level(empty, full))) ?? Number.NaN) - expected)).toBeLessThan(0.3);
  });
  it('a broken wire: far outside of empty to full', () => {
    expect(levelOf(0, level(0.5, 4.5)).ok).toBe(false);
    expect(levelOf(1023, level(0.5, 4.4)).ok).toBe(false);
  });
});

it('switches: closed pulls the pin low, and what that means is the unit’s', () => {
  const door = doorSchema.parse({ kind: 'door', name: 'part', pin: 30 });
  const float = levelSwitchSchema.parse({ kind: 'levelSwitch', name: 'part', pin: 31 });
  expect(switchOf(false, door)).toEqual({ kind: 'door', open: false });
  expect(switchOf(true, door)).toEqual({ kind: 'door', open: true });
  expect(switchOf(false, { ...door, closedMeans: 'open' })).toEqual({ kind: 'door', open: true });
  expect(switchOf(true, { ...door, closedMeans: 'open' })).toEqual({ kind: 'door', open: false });
  expect(switchOf(false, float)).toEqual({ kind: 'levelSwitch', low: false });
  expect(switchOf(true, float)).toEqual({ kind: 'levelSwitch', low: true });
  expect(switchOf(false, { ...float, closedMeans: 'low' })).toEqual({ kind: 'levelSwitch', low: true });
});

it('any number gives a value within the sensor’s range, or a fault', () => {
  const number = fc.oneof(fc.integer({ min: -10, max: 1100 }), fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, 512.5));
  fc.assert(
    fc.property(
      number,
      fc.constantFrom(lm35, ntc(), ntc({ ntcTo: 'supply' }), ntc({ nominalOhm: 100, betaK: 1000, seriesOhm: 1e6 })),
      (raw, config) => {
        const found = temperatureOf(raw, config);
        if (found.ok) expect(celsius(found)).toSatisfy((value: number) => value >= -40 && value < 151);
        const filled = levelOf(raw, level(0, 5));
        if (filled.ok) expect(percent(filled)).toSatisfy((value: number) => value >= 0 && value <= 100);
        if (!Number.isInteger(raw) || raw < 0 || raw > 1023) expect([found.ok, filled.ok]).toEqual([false, false]);
      },
    ),
    { numRuns: 3000 },
  );
});
