import { expect, test } from 'vitest';
import type { LobbyCommand } from '../../../simulators/lobby/commands.ts';
import { lobbyCommandSchema } from '../../../simulators/lobby/commands.ts';
import { LobbyPlant } from '../../../simulators/lobby/plant.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { FakePins } from './fake-pins.ts';
import { hall } from './site.ts';

function lobby(seed = 1) {
  const pins = new FakePins();
  const plant = new LobbyPlant({ site: hall, random: new SeededRandom(seed) });
  plant.attach(pins);
  return { pins, plant };
}

/** A busy minute: driving, people walking, pouring. */
function busyRun(seed: number) {
  const { pins, plant } = lobby(seed);
  plant.command({ type: 'addPerson', id: 'a', xMm: 6000, yMm: 6000 });
  plant.command({ type: 'walkPerson', id: 'a', xMm: 3000, yMm: 5000, speedMmS: 800 });
  pins.drive('motorEnable', true);
  pins.duty(0.4, 0.35);
  pins.runMs(2500);
  pins.drive('motorEnable', false);
  pins.drive('valve', true);
  pins.runMs(1500);
  return { trace: pins.trace, uart: pins.uart, analog: [...pins.analog], snapshot: plant.snapshot() };
}

test('same seed, same world, to the cycle and the byte; another seed differs', () => {
  expect(busyRun(5)).toEqual(busyRun(5));
  expect(busyRun(5).snapshot.robot).not.toEqual(busyRun(6).snapshot.robot);
});

test('at rest everything reads safe', () => {
  const { pins } = lobby();
  pins.runMs(200);
  const levels = ['eStop', 'bumperLeft', 'bumperRight', 'cliff', 'hatch', 'motorFault', 'releaseButton', 'cup', 'tankEmpty', 'leak'];
  expect(Object.fromEntries(levels.map((name) => [name, pins.level(name)]))).toEqual({
    eStop: false,
    bumperLeft: false,
    bumperRight: false,
    cliff: false,
    hatch: false,
    motorFault: true,
    releaseButton: true,
    cup: false,
    tankEmpty: false,
    leak: true,
  });
  // 25.6 V through 1:7.8.
  expect(pins.analog.get(3)).toBeCloseTo(3.282, 3);
});

test.each<[LobbyCommand, string, boolean]>([
  [{ type: 'eStop', pressed: true }, 'eStop', true],
  [{ type: 'hitBumper', side: 'left' }, 'bumperLeft', true],
  [{ type: 'hitBumper', side: 'right' }, 'bumperRight', true],
  [{ type: 'hatch', open: true }, 'hatch', true],
  [{ type: 'cliff', atEdge: true }, 'cliff', true],
  [{ type: 'motorFault', faulty: true }, 'motorFault', false],
  [{ type: 'leak', wet: true }, 'leak', false],
  [{ type: 'emptyTank' }, 'tankEmpty', true],
  [{ type: 'cup', present: false }, 'cup', true],
  [{ type: 'pressRelease' }, 'releaseButton', false],
])('%j shows on its pin', (command, pin, level) => {
  const { pins, plant } = lobby();
  expect(pins.level(pin)).toBe(!level);
  expect(plant.command(command)).toBe(true);
  expect(pins.level(pin)).toBe(level);
});

test('the release button is let go after 200 ms, the bumper after 300 ms', () => {
  const { pins, plant } = lobby();
  plant.command({ type: 'pressRelease' });
  plant.command({ type: 'hitBumper', side: 'right' });
  pins.runMs(199);
  expect(pins.level('releaseButton')).toBe(false);
  pins.runMs(2);
  expect(pins.level('releaseButton')).toBe(true);
  expect(pins.level('bumperRight')).toBe(true);
  pins.runMs(100);
  expect(pins.level('bumperRight')).toBe(false);
});

test('walking: straight, at the speed given, up to the target', () => {
  const { pins, plant } = lobby();
  plant.command({ type: 'addPerson', id: 'p', xMm: 8000, yMm: 2000 });
  plant.command({ type: 'walkPerson', id: 'p', xMm: 11_000, yMm: 6000, speedMmS: 1000 });
  pins.runMs(2500);
  const [half] = plant.snapshot().people;
  // 5 m in the ratio 3:4; the first step lies before the command.
  expect(half?.xMm).toBeCloseTo(8000 + 0.6 * 2500, -1);
  expect(half?.yMm).toBeCloseTo(2000 + 0.8 * 2500, -1);
  pins.runMs(3000);
  expect(plant.snapshot().people[0]).toEqual({ id: 'p', xMm: 11_000, yMm: 6000, walkingTo: null });
});

test('a walker stops at the robot, which feels it', () => {
  const { pins, plant } = lobby();
  plant.command({ type: 'addPerson', id: 'p', xMm: 2000, yMm: 3000 });
  plant.command({ type: 'walkPerson', id: 'p', xMm: 2000, yMm: 8000, speedMmS: 1600 });
  pins.runMs(1050);
  expect(pins.level('bumperRight')).toBe(true);
  expect(pins.level('bumperLeft')).toBe(false);
  const [person] = plant.snapshot().people;
  expect(person?.walkingTo).toBeNull();
  expect(5000 - (person?.yMm ?? 0)).toBeGreaterThanOrEqual(470);
  expect(5000 - (person?.yMm ?? 0)).toBeLessThan(470 + 8.1);
});

test('nobody stands in a wall, outside, twice, or on the robot', () => {
  const { plant } = lobby();
  expect(plant.command({ type: 'addPerson', id: 'pillar', xMm: 15_200, yMm: 8200 })).toBe(false);
  expect(plant.command({ type: 'addPerson', id: 'outside', xMm: -500, yMm: 500 })).toBe(false);
  expect(plant.command({ type: 'addPerson', id: 'wall', xMm: 100, yMm: 5000 })).toBe(false);
  expect(plant.command({ type: 'addPerson', id: 'p', xMm: 2100, yMm: 5000 })).toBe(true);
  expect(plant.command({ type: 'addPerson', id: 'p', xMm: 9000, yMm: 5000 })).toBe(false);
  const [person] = plant.snapshot().people;
  expect(Math.hypot((person?.xMm ?? 0) - 2000, (person?.yMm ?? 0) - 5000)).toBeCloseTo(471, 6);
  expect(plant.command({ type: 'movePerson', id: 'nobody', xMm: 9000, yMm: 5000 })).toBe(false);
  expect(plant.command({ type: 'removePerson', id: 'p' })).toBe(true);
  expect(plant.snapshot().people).toEqual([]);
});

test('the snapshot survives JSON', () => {
  const { pins, plant } = lobby();
  plant.command({ type: 'addPerson', id: 'p', xMm: 4000, yMm: 5000 });
  pins.runMs(100);
  const snapshot = plant.snapshot();
  expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
  expect(snapshot.timeMs).toBe(100);
});

test('commands are checked at the border', () => {
  expect(lobbyCommandSchema.safeParse({ type: 'walkPerson', id: 'p', xMm: 0, yMm: 0, speedMmS: 1601 }).success).toBe(false);
  expect(lobbyCommandSchema.safeParse({ type: 'addPerson', id: 'Nguyễn', xMm: 0, yMm: 0 }).success).toBe(false);
  expect(lobbyCommandSchema.safeParse({ type: 'eStop', pressed: true, extra: 1 }).success).toBe(false);
  expect(lobbyCommandSchema.parse({ type: 'walkPerson', id: 'p', xMm: 1, yMm: 2 })).toMatchObject({ speedMmS: 1000 });
});
