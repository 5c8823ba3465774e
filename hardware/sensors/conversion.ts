import type { SensorConfig } from '../../config/peripherals.ts';
import type { Reading } from './sensors.ts';

/** What the pins say, in units. Pure. */

/** Greatest reading of the 10-bit converter, and its steps over the board's 5 V (ATmega2560 data sheet, 26.7). */
const greatest = 1023;
const steps = 1024;
const supplyVolts = 5;

export type Conversion = { ok: true; reading: Reading } | { ok: false; fault: string };
type Of<Kind extends SensorConfig['kind']> = Extract<SensorConfig, { kind: Kind }>;

const bad = (fault: string): Conversion => ({ ok: false, fault });
const kelvin = 273.15;
const nominalKelvin = 25 + kelvin;

/** `raw`: 0-1023; anything else is a fault. */
export function temperatureOf(raw: number, { sensor, offsetC }: Of<'temperature'>): Conversion {
  if (!isRaw(raw)) return bad(`${raw} is no reading of a 10-bit converter`);
  const found = sensor.type === 'lm35' ? lm35(raw) : thermistor(raw, sensor);
  return typeof found === 'string' ? bad(found) : { ok: true, reading: { kind: 'temperature', celsius: found + offsetC } };
}

/** On a single supply it reaches down to +2 °C (data sheet, basic circuit): less is a broken wire with its pull-down, more than +150 °C and a step of the converter none of its values. */
function lm35(raw: number): number | string {
  const celsius = (raw / steps) * supplyVolts * 100;
  if (celsius < 1.5) return 'no voltage: wire broken or sensor without supply';
  return celsius > 150.5 ? `${celsius.toFixed(0)} °C is beyond the sensor's range` : celsius;
}

/** Beta equation. Within 5 counts of a rail an NTC is open or shorted: its own ends are some 20 counts away. */
function thermistor(
  raw: number,
  { nominalOhm, betaK, seriesOhm, ntcTo }: { nominalOhm: number; betaK: number; seriesOhm: number; ntcTo: string },
) {
  const share = ntcTo === 'ground' ? raw : steps - raw;
  if (share <= 5) return 'short circuit at the thermistor';
  if (share >= steps - 5) return 'wire to the thermistor broken';
  const ohm = (seriesOhm * share) / (steps - share);
  const celsius = 1 / (1 / nominalKelvin + Math.log(ohm / nominalOhm) / betaK) - kelvin;
  return celsius < -40 || celsius > 150 ? `${celsius.toFixed(0)} °C is beyond any thermistor: resistances mixed up?` : celsius;
}

/** A tenth of the span beyond either end is tolerance of the sensor; more is a broken wire. */
export function levelOf(raw: number, { emptyVolts, fullVolts }: Of<'level'>): Conversion {
  if (!isRaw(raw)) return bad(`${raw} is no reading of a 10-bit converter`);
  const measured = (raw / steps) * supplyVolts;
  const percent = ((measured - emptyVolts) / (fullVolts - emptyVolts)) * 100;
  if (percent < -10 || percent > 110) return bad(`${measured.toFixed(2)} V is outside of empty to full: wire broken or not calibrated`);
  return { ok: true, reading: { kind: 'level', percent: Math.min(100, Math.max(0, percent)) } };
}

/** `high`: the pin's level; a closed switch pulls it low. */
export function switchOf(high: boolean, config: Of<'levelSwitch'> | Of<'door'>): Reading {
  const closed = !high;
  return config.kind === 'door'
    ? { kind: 'door', open: closed === (config.closedMeans === 'open') }
    : { kind: 'levelSwitch', low: closed === (config.closedMeans === 'low') };
}

const isRaw = (raw: number): boolean => Number.isInteger(raw) && raw >= 0 && raw <= greatest;
