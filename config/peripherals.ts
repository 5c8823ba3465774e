import { z } from 'zod';
import { pins } from '../firmware-bridge/protocol/pins.ts';

/** Parts that hang on free pins of the control board and are reached over Firmata. What the firmware itself watches is not among them. */

const name = z.string().regex(/^[a-z][A-Za-z0-9]{0,30}$/, 'letters and digits, beginning with a small letter, at most 31');
const analogPin = z.string().regex(/^A(?:\d|1[0-5])$/, 'must be an analogue pin, A0 to A15');
const digitalPin = z.number().int().min(2).max(53).describe('Arduino pin');
const volts = z.number().min(0).max(5);
const celsius = z.number().min(-40).max(150);

const temperatureSensor = z.discriminatedUnion('type', [
  /** 10 mV/°C from 0 V; +2 to +150 °C on a single supply. */
  z.strictObject({ type: z.literal('lm35') }),
  /** NTC in a divider between 5 V and ground; `ntcTo` says to which side the NTC goes, the resistor goes to the other. */
  z.strictObject({
    type: z.literal('thermistor'),
    nominalOhm: z.number().min(100).max(1_000_000).default(10_000).describe('at 25 °C'),
    betaK: z.number().min(1000).max(8000).default(3950),
    seriesOhm: z.number().min(100).max(1_000_000).default(10_000),
    ntcTo: z.enum(['ground', 'supply']).default('ground'),
  }),
]);

export const temperatureSchema = z.strictObject({
  kind: z.literal('temperature'),
  name,
  pin: analogPin,
  sensor: temperatureSensor,
  /** Added to what the sensor says. */
  offsetC: z.number().min(-20).max(20).default(0),
  /** From here on it is too hot, until it is `hysteresisC` cooler. None: only shown. */
  warnAboveC: celsius.optional(),
  hysteresisC: z.number().min(0.5).max(20).default(2),
});

export const levelSchema = z
  .strictObject({
    kind: z.literal('level'),
    name,
    pin: analogPin,
    /** What the sensor gives when empty and when full; either may be the higher one. Above 0 V a broken wire is noticed. */
    emptyVolts: volts,
    fullVolts: volts,
    /** Below this it is low, until it is `hysteresisPercent` fuller. None: only shown. */
    warnBelowPercent: z.number().min(0).max(100).optional(),
    hysteresisPercent: z.number().min(1).max(50).default(5),
  })
  .refine(({ emptyVolts, fullVolts }) => Math.abs(fullVolts - emptyVolts) >= 0.2, 'emptyVolts and fullVolts must be 0.2 V apart');

/** A switch between the pin and ground: float switch, reed contact. The pin's pull-up makes an open one high, and so a broken wire. */
export const levelSwitchSchema = z.strictObject({
  kind: z.literal('levelSwitch'),
  name,
  pin: digitalPin,
  /** What a closed switch means. With `enough` a broken wire counts as low. */
  closedMeans: z.enum(['enough', 'low']).default('enough'),
});

export const doorSchema = z.strictObject({
  kind: z.literal('door'),
  name,
  pin: digitalPin,
  /** What a closed contact means. With `closed` a broken wire counts as an open door. */
  closedMeans: z.enum(['closed', 'open']).default('closed'),
  /** After so long an open door is a warning. None: only shown. */
  warnOpenAfterMs: z.number().int().min(0).max(3_600_000).optional(),
});

const degrees = z.number().min(0).max(180);

/** A hobby servo that shows the robot's mood as the lights do: a head that tilts, a flag. */
export const servoSchema = z
  .strictObject({
    kind: z.literal('servo'),
    name,
    pin: digitalPin,
    /** Pulse lengths at 0° and 180°, data sheet of the servo. */
    minPulseUs: z.number().int().min(544).max(1500).default(600),
    maxPulseUs: z.number().int().min(1500).max(2500).default(2400),
    /** What its mechanics allow. */
    minDeg: degrees.default(0),
    maxDeg: degrees.default(180),
    restDeg: degrees.default(90),
    /** Where it goes in a mood; `restDeg` in every other. */
    moods: z
      .strictObject({ calm: degrees, greeting: degrees, busy: degrees, calling: degrees, stopped: degrees, offline: degrees })
      .partial()
      .prefault({}),
  })
  .refine(
    ({ minDeg, maxDeg, restDeg, moods }) =>
      [restDeg, ...Object.values(moods)].every((value = restDeg) => value >= minDeg && value <= maxDeg),
    'restDeg and moods must lie between minDeg and maxDeg',
  );

export const peripheralSchema = z.discriminatedUnion('kind', [temperatureSchema, levelSchema, levelSwitchSchema, doorSchema, servoSchema]);
export type PeripheralConfig = z.output<typeof peripheralSchema>;
export type SensorConfig = Exclude<PeripheralConfig, { kind: 'servo' }>;
export type ServoConfig = z.output<typeof servoSchema>;

const firstAnalogPin = 54;

/** `A4` -> 58, as the Mega numbers its pins; digital pins stay. */
export const arduinoPin = (pin: string | number): number => (typeof pin === 'number' ? pin : firstAnalogPin + Number(pin.slice(1)));

/** A list without two parts on one pin, two of one name, or one on a pin that the firmware or the lights own. */
export const peripheralsSchema = z.array(peripheralSchema).superRefine((list, context) => {
  const fault = (index: number, field: 'pin' | 'name', message: string) =>
    context.addIssue({ code: 'custom', path: [index, field], message, input: list[index]?.[field] });
  list.forEach((peripheral, index) => {
    const before = list.slice(0, index);
    const owner = pins.find((pin) => pin.arduinoPin === arduinoPin(peripheral.pin));
    if (owner) fault(index, 'pin', `pin ${peripheral.pin} is ${owner.name} of the control board (PROTOCOL.md shows the pin map)`);
    const other = before.find(({ pin }) => arduinoPin(pin) === arduinoPin(peripheral.pin));
    if (other) fault(index, 'pin', `pin ${peripheral.pin} is taken by ${other.name}`);
    if (before.some(({ name }) => name === peripheral.name)) fault(index, 'name', `two parts are called ${peripheral.name}`);
  });
});
