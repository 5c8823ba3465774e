import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { doorSchema, levelSchema, temperatureSchema } from '../../../config/peripherals.ts';
import { openSensors } from '../../../hardware/sensors/sensors.driver.ts';
import { attached, createFirmataBench, type FirmataBench } from '../../firmware-bridge/host/firmata-bench.ts';

const configs = [
  temperatureSchema.parse({ kind: 'temperature', name: 'case', pin: 'A4', sensor: { type: 'lm35' } }),
  levelSchema.parse({ kind: 'level', name: 'canister', pin: 'A5', emptyVolts: 0.5, fullVolts: 4.5 }),
  doorSchema.parse({ kind: 'door', name: 'rear', pin: 31 }),
];

let bench: FirmataBench;
let opened: ReturnType<typeof openSensors>;
beforeEach(async () => {
  bench = createFirmataBench();
  opened = openSensors(configs, { link: bench.link, clock: bench.clock });
  await attached(bench);
});
afterEach(async () => {
  opened.close();
  await bench.link.close();
});

const analog = (channel: number, raw: number) => bench.fake.emit(Uint8Array.of(0xe0 | channel, raw & 0x7f, raw >> 7));
const codes = () => opened.sensors.map(({ status }) => (status.status === 'ready' ? 'ready' : status.error.code));

it('asks for pull-up, reports and ten samples a second', () => {
  const heard = bench.fake.firmataHeard.map((bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' '));
  // 7A: 100 ms; C4, C5: channels on; F4 1F 0B: pin 31 with pull-up; D3: port of pins 24-31 on.
  for (const frame of ['f0 7a 64 00 f7', 'c4 01', 'c5 01', 'f4 1f 0b', 'd3 01']) expect(heard).toContain(frame);
});

it('an analogue pin that falls silent is faulty, and sound again when it speaks', async () => {
  for (let n = 0; n < 3; n++) analog(4, 51);
  expect(codes()).toEqual(['ready', 'BOARD_NOT_CONNECTED', 'BOARD_NOT_CONNECTED']);
  await bench.clock.advanceAsync(4100, 100);
  expect(codes().slice(0, 2)).toEqual(['PERIPHERAL_FAULTY', 'PERIPHERAL_FAULTY']);
  expect(opened.sensors[0]?.reading).toBeNull();
  for (let n = 0; n < 3; n++) analog(4, 51);
  expect(codes()[0]).toBe('ready');
});

it('whatever the board sends: a reading in range beside `ready`, or none and a code', () => {
  const frame = fc.tuple(fc.constantFrom(0xe4, 0xe5, 0x93), fc.nat(0x7f), fc.nat(0x7f)).map((bytes) => Uint8Array.from(bytes));
  fc.assert(
    fc.property(fc.array(fc.oneof(frame, fc.uint8Array({ maxLength: 8 }))), (frames) => {
      for (const bytes of frames) bench.fake.emit(bytes);
      for (const { reading, status } of opened.sensors) {
        if (status.status === 'ready') expect(reading).not.toBeNull();
        else expect(reading).toBeNull();
        if (reading?.kind === 'temperature') expect(reading.celsius).toSatisfy((value: number) => value >= 1.5 && value <= 150.5);
        if (reading?.kind === 'level') expect(reading.percent).toSatisfy((value: number) => value >= 0 && value <= 100);
      }
    }),
    { numRuns: 300 },
  );
});
