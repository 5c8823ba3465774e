import { expect, test } from 'vitest';
import { LobbyPlant } from '../../../simulators/lobby/plant.ts';
import { sharpVolts, tfminiFrame } from '../../../simulators/lobby/sensors.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { FakePins } from './fake-pins.ts';
import { exactTruth, hall } from './site.ts';

function lobby(home = { xMm: 2000, yMm: 5000, headingDeg: 0 }) {
  const pins = new FakePins();
  const plant = new LobbyPlant({ site: { ...hall, places: { home } }, random: new SeededRandom(7), driveTruth: exactTruth });
  plant.attach(pins);
  const distance = (sensor: string) => plant.snapshot().rays.find((ray) => ray.sensor === sensor)?.distanceMm;
  return { pins, plant, distance };
}

test('a frame is header, distance, strength, temperature and the low byte of their sum', () => {
  const frame = tfminiFrame(200, 1000);
  expect([...frame.slice(0, 6)]).toEqual([0x59, 0x59, 200, 0, 0xe8, 0x03]);
  const sum = 0x59 + 0x59 + 200 + 0 + 0xe8 + 0x03 + (frame[6] ?? 0) + (frame[7] ?? 0);
  expect(frame[8]).toBe(sum % 256);
  // Eighths of a degree above -256 C.
  expect(((frame[6] ?? 0) + 256 * (frame[7] ?? 0)) / 8 - 256).toBe(25);
  expect(tfminiFrame(1200, 300).slice(2, 4)).toEqual(Uint8Array.from([0xb0, 0x04]));
});

test('a person straight before the left front sensor: the closed form of ray and circle', () => {
  const { plant, distance } = lobby();
  // Sensor at (2200, 5120) looking 4 degrees left, edges of the beam 1.15 degrees to each side; person centre (4000, 5120).
  plant.command({ type: 'addPerson', id: 'p', xMm: 4000, yMm: 5120 });
  const beams = [4 - 1.15, 4, 4 + 1.15].map((degrees) => {
    const missMm = 1800 * Math.sin((degrees * Math.PI) / 180);
    return 1800 * Math.cos((degrees * Math.PI) / 180) - Math.sqrt(220 ** 2 - missMm ** 2);
  });
  expect(distance('frontLeft')).toBeCloseTo(Math.min(...beams), 6);
});

test('walls at the sides: 800 mm of range, then nothing', () => {
  const near = lobby({ xMm: 5000, yMm: 700, headingDeg: 0 });
  // The sensor sits 190 mm from the middle.
  expect(near.distance('right')).toBeCloseTo(700 - 190, 6);
  expect(near.distance('left')).toBeNull();
  expect(near.distance('rear')).toBeNull();
  near.pins.runMs(100);
  expect(near.pins.analog.get(1)).toBeCloseTo((27.86 / 51) ** (1 / 1.15), 1);
  expect(near.pins.analog.get(0)).toBeCloseTo(0.25, 1);
});

test('the voltage curve falls from 10 to 80 cm, is flat beyond and lies under 6 cm', () => {
  expect(sharpVolts(100)).toBeCloseTo((27.86 / 10) ** (1 / 1.15), 9);
  expect(sharpVolts(400)).toBeCloseTo(0.7303, 3);
  expect(sharpVolts(null)).toBe(0.25);
  expect(sharpVolts(900)).toBe(0.25);
  expect(sharpVolts(20)).toBeLessThan(sharpVolts(100));
});

test('100 frames a second from each front sensor, every one with a right sum, and the distance in them', () => {
  const { pins, plant } = lobby();
  plant.command({ type: 'addPerson', id: 'p', xMm: 3500, yMm: 5000 });
  pins.runMs(1000);
  const left = pins.uart.filter(({ usart }) => usart === 2);
  expect(Math.abs(left.length - 100)).toBeLessThanOrEqual(1);
  expect(Math.abs(pins.uart.length - 200)).toBeLessThanOrEqual(2);
  for (const { bytes } of pins.uart) {
    const body = [...bytes.slice(0, 8)];
    expect(bytes[8]).toBe(body.reduce((sum, byte) => sum + byte, 0) % 256);
  }
  const meanCm = left.reduce((sum, { bytes }) => sum + (bytes[2] ?? 0) + 256 * (bytes[3] ?? 0), 0) / left.length;
  const trueMm = plant.snapshot().rays[0]?.distanceMm ?? 0;
  // The inner edge of the beam, 2.85 degrees left of ahead, passes the centre at 184.5 mm: 1292.4 - sqrt(220^2 - 184.5^2).
  expect(trueMm).toBeCloseTo(1172.6, 0);
  expect(Math.abs(meanCm - trueMm / 10)).toBeLessThan(0.4);
});

test('far is 1200 cm, give or take the noise', () => {
  const { pins } = lobby({ xMm: 1000, yMm: 5000, headingDeg: 0 });
  pins.runMs(20);
  const first = pins.uart[0]?.bytes;
  const cm = (first?.[2] ?? 0) + 256 * (first?.[3] ?? 0);
  expect(cm).toBeGreaterThan(1197);
  expect(cm).toBeLessThanOrEqual(1200);
});

test('a silent sensor sends nothing; the other goes on', () => {
  const { pins, plant } = lobby();
  plant.command({ type: 'sensorFail', sensor: 'frontLeft', failed: true });
  pins.runMs(200);
  expect(pins.uart.some(({ usart }) => usart === 2)).toBe(false);
  expect(pins.uart.some(({ usart }) => usart === 3)).toBe(true);
  plant.command({ type: 'sensorFail', sensor: 'frontLeft', failed: false });
  pins.runMs(50);
  expect(pins.uart.some(({ usart }) => usart === 2)).toBe(true);
});

test('a person within 300 mm of the robot’s axis is seen by a front beam from 300 to 1000 mm ahead', () => {
  for (let aheadMm = 300; aheadMm <= 1000; aheadMm += 50) {
    for (let asideMm = -300; asideMm <= 300; asideMm += 20) {
      const { plant, distance } = lobby();
      plant.command({ type: 'addPerson', id: 'p', xMm: 2000 + 470 + aheadMm, yMm: 5000 + asideMm });
      const seen = [distance('frontLeft'), distance('frontRight')].some((mm) => typeof mm === 'number' && mm < aheadMm + 500);
      expect(seen, `${aheadMm} mm ahead, ${asideMm} mm aside`).toBe(true);
    }
  }
});
