import fc from 'fast-check';
import { expect, it } from 'vitest';
import { peripheralSchema } from '../../../config/peripherals.ts';
import type { Conversion } from '../../../hardware/sensors/conversion.ts';
import { concern, differs, Judge } from '../../../hardware/sensors/judge.ts';
import type { Reading } from '../../../hardware/sensors/sensors.ts';

const degrees = (celsius: number): Reading => ({ kind: 'temperature', celsius });
const good = (celsius: number): Conversion => ({ ok: true, reading: degrees(celsius) });
const bad: Conversion = { ok: false, fault: 'broken' };
const after = (samples: Conversion[]) => {
  const judge = new Judge();
  for (const sample of samples) judge.take(sample);
  return judge;
};

it('three samples make a reading: the middle one', () => {
  expect(after([good(20), good(22)]).reading).toBeNull();
  expect(after([good(20), good(22), good(21)]).reading).toEqual(degrees(21));
});

it('a single spike changes nothing, a real change comes through', () => {
  expect(after([good(20), good(20), good(20), good(90), good(20)]).reading).toEqual(degrees(20));
  expect(after([good(20), good(20), good(90), good(90), good(90)]).reading).toEqual(degrees(90));
});

it('two bad samples are no fault, three are; three good ones end it', () => {
  const twice = after([good(20), good(20), good(20), bad, bad]);
  expect([twice.fault, twice.reading]).toEqual([null, degrees(20)]);
  const thrice = after([good(20), good(20), good(20), bad, bad, bad, good(20), good(20)]);
  expect([thrice.fault, thrice.reading]).toEqual(['broken', null]);
  thrice.take(good(25));
  expect([thrice.fault, thrice.reading]).toEqual([null, degrees(20)]);
});

it('whatever comes: never a reading beside a fault, never one that was not sampled', () => {
  const sample = fc.oneof(fc.integer({ min: -40, max: 150 }).map(good), fc.constant(bad));
  fc.assert(
    fc.property(fc.array(sample), (samples) => {
      const { reading, fault } = after(samples);
      expect(reading !== null && fault !== null).toBe(false);
      if (reading !== null) expect(samples).toContainEqual({ ok: true, reading });
      if (samples.slice(-3).filter(({ ok }) => !ok).length === 3) expect(fault).toBe('broken');
      if (samples.length >= 3 && samples.slice(-3).every(({ ok }) => ok)) expect(reading).not.toBeNull();
    }),
  );
});

const oven = peripheralSchema.parse({
  kind: 'temperature',
  name: 'case',
  pin: 'A4',
  sensor: { type: 'lm35' },
  warnAboveC: 60,
  hysteresisC: 3,
});
const tank = peripheralSchema.parse({ kind: 'level', name: 'tank', pin: 'A5', emptyVolts: 1, fullVolts: 4, warnBelowPercent: 20 });

/** Whether each of a row of readings is a concern. */
function concerns(readings: Reading[], config: typeof oven): boolean[] {
  const told: boolean[] = [];
  if (config.kind === 'servo') throw new Error('no sensor');
  for (const reading of readings) told.push(concern(reading, config, told.at(-1) ?? false) !== null);
  return told;
}

it('too hot from the limit on, until it is cooler by the hysteresis', () => {
  const hot = concerns([59.9, 60, 58, 57.1, 56.9, 59.9].map(degrees), oven);
  expect(hot).toEqual([false, true, true, true, false, false]);
});

it('low below the limit, until it is fuller by the hysteresis', () => {
  const filled = [20, 19.9, 22, 24.9, 25, 20].map((percent): Reading => ({ kind: 'level', percent }));
  expect(concerns(filled, tank)).toEqual([false, true, true, true, false, false]);
});

it('what is worth telling: half a degree, one percent, any switch', () => {
  expect(differs(degrees(20), degrees(20.4))).toBe(false);
  expect(differs(degrees(20), degrees(19.5))).toBe(true);
  expect(differs({ kind: 'level', percent: 50 }, { kind: 'level', percent: 50.9 })).toBe(false);
  expect(differs({ kind: 'door', open: true }, { kind: 'door', open: false })).toBe(true);
  expect([differs(null, degrees(20)), differs(null, null)]).toEqual([true, false]);
});
