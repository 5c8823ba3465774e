import { describe, expect, it } from 'vitest';
import { arduinoPin, peripheralsSchema } from '../../config/peripherals.ts';
import { pins } from '../../firmware-bridge/protocol/pins.ts';

const door = (name: string, pin: unknown) => ({ kind: 'door', name, pin });
const faults = (list: unknown[]) => {
  const result = peripheralsSchema.safeParse(list);
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

it('pins as they are printed on a Mega', () => {
  expect([arduinoPin('A0'), arduinoPin('A15'), arduinoPin(30)]).toEqual([54, 69, 30]);
});

it('a part on any pin of the control board is refused by name', () => {
  for (const { arduinoPin: pin, name } of pins) {
    const part = pin >= 54 ? { kind: 'level', name: 'x', pin: `A${pin - 54}`, emptyVolts: 0, fullVolts: 5 } : door('x', pin);
    // 0 and 1 are no pins to begin with.
    if (pin > 1) expect(faults([part])).toEqual([expect.stringContaining(`is ${name} of the control board`)]);
    else expect(faults([part])).not.toEqual([]);
  }
});

it('free pins are taken once, names too', () => {
  expect(faults([door('front', 30), door('rear', 31)])).toEqual([]);
  expect(faults([door('front', 30), door('rear', 30)])).toEqual(['1.pin: pin 30 is taken by front']);
  expect(faults([door('front', 30), door('front', 31)])).toEqual(['1.name: two parts are called front']);
});

describe('what makes no sense', () => {
  it.each([
    ['a thermometer on a digital pin', { kind: 'temperature', name: 'x', pin: 30, sensor: { type: 'lm35' } }],
    ['no such analogue pin', { kind: 'temperature', name: 'x', pin: 'A16', sensor: { type: 'lm35' } }],
    ['no such sensor', { kind: 'temperature', name: 'x', pin: 'A4', sensor: { type: 'lm36' } }],
    ['empty and full alike', { kind: 'level', name: 'x', pin: 'A4', emptyVolts: 1, fullVolts: 1.1 }],
    ['not a number', { kind: 'level', name: 'x', pin: 'A4', emptyVolts: Number.NaN, fullVolts: 4 }],
    ['a mood beyond the mechanics', { kind: 'servo', name: 'x', pin: 8, maxDeg: 100, moods: { calling: 120 } }],
    ['an unknown kind', { kind: 'camera', name: 'x', pin: 30 }],
    ['an unknown key', { ...door('x', 30), colour: 'red' }],
    ['a name with a blank', door('rear door', 30)],
  ])('%s', (_, part) => {
    expect(faults([part])).not.toEqual([]);
  });
});
