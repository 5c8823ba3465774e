import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLights } from '../../../hardware/lights/lights-driver.ts';
import { attached, createFirmataBench, type FirmataBench, until } from '../../firmware-bridge/host/firmata-bench.ts';

let bench: FirmataBench;
beforeEach(() => {
  bench = createFirmataBench();
});
afterEach(() => bench.link.close());

it('lights set the pins of the pin map, also for a colour chosen before the board was there', async () => {
  const lights = createLights(bench.link);
  lights.set({ red: 255, green: 130, blue: 7 });
  await attached(bench);
  /** Last extended analog write (6F) to a pin, seven-bit pairs. */
  const written = (pin: number): number | null => {
    const write = bench.fake.firmataHeard.findLast((bytes) => bytes[1] === 0x6f && bytes[2] === pin);
    return write ? (write[3] ?? 0) | ((write[4] ?? 0) << 7) : null;
  };
  await until(() => written(46) === 255);
  expect([written(46), written(45), written(44)]).toEqual([255, 130, 7]);
  const pwmModes = bench.fake.firmataHeard.filter((bytes) => bytes[0] === 0xf4 && bytes[2] === 3).map((bytes) => bytes[1]);
  expect(pwmModes).toEqual([46, 45, 44]);
  lights.set({ red: 1, green: 2, blue: 3 });
  expect([written(46), written(45), written(44)]).toEqual([1, 2, 3]);
  bench.fake.unplug();
  lights.set({ red: 9, green: 9, blue: 9 });
  bench.fake.plugged = true;
  bench.fake.firmataHeard.length = 0;
  await bench.clock.advanceAsync(250);
  await attached(bench);
  await until(() => written(46) === 9);
  lights.close();
});
