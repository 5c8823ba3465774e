import { afterEach, beforeEach, expect, it } from 'vitest';
import { servoSchema } from '../../../config/peripherals.ts';
import { openServo } from '../../../hardware/servo/servo.driver.ts';
import { firmataMega } from '../../firmware-bridge/host/fake-firmata.ts';
import { attached, createFirmataBench, type FirmataBench, until } from '../../firmware-bridge/host/firmata-bench.ts';

const config = servoSchema.parse({
  kind: 'servo',
  name: 'head',
  pin: 8,
  minPulseUs: 1000,
  maxPulseUs: 2000,
  restDeg: 90,
  moods: { calling: 135, stopped: 0 },
});

let bench: FirmataBench;
/** A board whose Firmata offers servos (mode 4, 14 bits) on the digital pins, as the usual Firmata sketch does. */
beforeEach(() => {
  bench = createFirmataBench();
  bench.fake.answerFirmata = (bytes) => {
    if (bytes[1] !== 0x6b) return firmataMega(bytes);
    const pins = Array.from({ length: 70 }, (_, pin) => [0, 1, 1, 1, ...(pin < 54 ? [4, 14] : [2, 10]), 0x7f]);
    return [Uint8Array.from([0xf0, 0x6c, ...pins.flat(), 0xf7])];
  };
});
afterEach(() => bench.link.close());

/** Pulse lengths written to pin 8 as an analogue message (E8), seven-bit pairs. */
const pulses = () => bench.fake.firmataHeard.filter((bytes) => bytes[0] === 0xe8).map((bytes) => (bytes[1] ?? 0) | ((bytes[2] ?? 0) << 7));

it('is set up with its pulse lengths, goes where the mood wants it, and again after an unplug', async () => {
  const servo = openServo(config, bench.link);
  expect(servo.status).toMatchObject({ status: 'offline', error: { code: 'BOARD_NOT_CONNECTED' } });
  servo.show('calling');
  await attached(bench);
  await until(() => servo.status.status === 'ready');
  // SERVO_CONFIG (70): pin, 1000 us, 2000 us.
  const setUp = bench.fake.firmataHeard.find((bytes) => bytes[1] === 0x70);
  expect([...(setUp ?? [])]).toEqual([0xf0, 0x70, 8, 1000 & 0x7f, 1000 >> 7, 2000 & 0x7f, 2000 >> 7, 0xf7]);
  servo.show('stopped');
  servo.show('busy');
  // 135, 0 and 90 degrees of 180 between 1000 and 2000 us.
  expect(pulses()).toEqual([1750, 1000, 1500]);
  expect(servo.degrees).toBe(90);

  bench.fake.unplug();
  expect(servo.degrees).toBeNull();
  servo.show('stopped');
  bench.fake.plugged = true;
  bench.fake.firmataHeard.length = 0;
  await bench.clock.advanceAsync(250);
  await attached(bench);
  await until(() => servo.status.status === 'ready');
  expect(pulses()).toEqual([1000]);
  servo.close();
});

it('a board without servos on the pin: faulty, and nothing is written', async () => {
  bench.fake.answerFirmata = firmataMega;
  const servo = openServo(config, bench.link);
  await attached(bench);
  expect(servo.status).toMatchObject({ status: 'faulty', error: { code: 'PERIPHERAL_UNSUPPORTED' } });
  servo.show('calling');
  expect(pulses()).toEqual([]);
  servo.close();
});
