import { afterEach, beforeEach, expect, it } from 'vitest';
import { BoardLink } from '../../../firmware-bridge/host/board-link.ts';
import { createLights } from '../../../hardware/lights/lights-driver.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { calibration, FakeBoard } from '../../firmware-bridge/host/fake-board.ts';
import { firmataMega } from '../../firmware-bridge/host/fake-firmata.ts';

let clock: SimulatedClock;
let fake: FakeBoard;
let link: BoardLink;

beforeEach(() => {
  clock = new SimulatedClock();
  fake = new FakeBoard();
  fake.answerFirmata = firmataMega;
  link = new BoardLink({ opener: fake, clock, logger: silentLogger, calibration, firmataDelayMs: 100 });
});
afterEach(() => link.close());

/** Loading and handshake take promises, not time: turns of the event loop, bounded. */
async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 5000 && !condition(); turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(condition()).toBe(true);
}
async function attached(): Promise<void> {
  await clock.advanceAsync(110);
  await until(() => link.five !== null);
}

it('lights set the pins of the pin map, also for a colour chosen before the board was there', async () => {
  const lights = createLights(link);
  lights.set({ red: 255, green: 130, blue: 7 });
  await attached();
  /** Last extended analog write (6F) to a pin, seven-bit pairs. */
  const written = (pin: number): number | null => {
    const write = fake.firmataHeard.findLast((bytes) => bytes[1] === 0x6f && bytes[2] === pin);
    return write ? (write[3] ?? 0) | ((write[4] ?? 0) << 7) : null;
  };
  await until(() => written(46) === 255);
  expect([written(46), written(45), written(44)]).toEqual([255, 130, 7]);
  const pwmModes = fake.firmataHeard.filter((bytes) => bytes[0] === 0xf4 && bytes[2] === 3).map((bytes) => bytes[1]);
  expect(pwmModes).toEqual([46, 45, 44]);
  lights.set({ red: 1, green: 2, blue: 3 });
  expect([written(46), written(45), written(44)]).toEqual([1, 2, 3]);
  fake.unplug();
  lights.set({ red: 9, green: 9, blue: 9 });
  fake.plugged = true;
  fake.firmataHeard.length = 0;
  await clock.advanceAsync(250);
  await attached();
  await until(() => written(46) === 9);
  lights.close();
});
