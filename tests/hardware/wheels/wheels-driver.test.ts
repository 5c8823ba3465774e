import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BoardLink } from '../../../firmware-bridge/host/board-link.ts';
import type { StopCause } from '../../../firmware-bridge/protocol/generated/messages.ts';
import { createBoard } from '../../../hardware/board/board-driver.ts';
import { createWheels } from '../../../hardware/wheels/wheels-driver.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { LetanError } from '../../../src/core/errors.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { calibration, FakeBoard, identity, restingState } from '../../firmware-bridge/host/fake-board.ts';
import { KinematicDrive } from './kinematic-drive.ts';

const site = {
  outline: [
    { xMm: 0, yMm: 0 },
    { xMm: 10_000, yMm: 0 },
    { xMm: 10_000, yMm: 7000 },
    { xMm: 0, yMm: 7000 },
  ],
  obstacles: [{ xMm: 4800, yMm: 3000, widthMm: 400, heightMm: 400 }],
  places: {
    home: { xMm: 1000, yMm: 1000, headingDeg: 0 },
    east: { xMm: 3000, yMm: 1000, headingDeg: 0 },
    entrance: { xMm: 3000, yMm: 1800, headingDeg: -90 },
    behindPillar: { xMm: 7000, yMm: 4500, headingDeg: 180 },
    nextDoor: { xMm: 1020, yMm: 1000, headingDeg: 120 },
    outside: { xMm: 20_000, yMm: 1000, headingDeg: 0 },
  },
  home: 'home',
};
const start = { xMm: 1000, yMm: 1000, headingRad: 0 };

let clock: SimulatedClock;
let fake: FakeBoard;
let link: BoardLink;
let world: KinematicDrive;
let wheels: ReturnType<typeof createWheels>;

beforeEach(async () => {
  clock = new SimulatedClock();
  fake = new FakeBoard();
  world = new KinematicDrive(fake, start, calibration.trackWidthMm);
  link = new BoardLink({ opener: fake, clock, logger: silentLogger, calibration, firmataDelayMs: null });
  wheels = createWheels({ link, board: createBoard(link), site, calibration, clock, patienceMs: 10_000 });
  await run(100);
});
afterEach(async () => {
  wheels.close();
  await link.close();
  expect(clock.pendingCount).toBe(0);
});

async function run(ms: number, until: () => boolean = () => false): Promise<void> {
  for (let left = ms; left > 0 && !until(); left -= 50) {
    await clock.advanceAsync(50, 25);
    world.tick();
  }
}

/** Starts a drive and keeps its outcome: null while under way, `arrived`, or the error's code. */
function drive(place: string): { outcome: string | null } {
  const seen: { outcome: string | null } = { outcome: null };
  wheels.driveTo(place).then(
    () => {
      seen.outcome = 'arrived';
    },
    (error: unknown) => {
      seen.outcome = error instanceof LetanError ? error.code : String(error);
    },
  );
  return seen;
}

const held = (stopCause: StopCause, latched: boolean) => ({ stopCause, flags: { ...restingState.flags, latched } });

describe('driving', () => {
  it.each(['east', 'entrance', 'behindPillar', 'nextDoor'] as const)('arrives at %s within 60 mm and 4 degrees, at rest', async (place) => {
    const seen = drive(place);
    await run(60_000, () => seen.outcome !== null);
    expect(seen.outcome).toBe('arrived');
    expect(world.atRest).toBe(true);
    const target = site.places[place];
    expect(Math.hypot(world.pose.xMm - target.xMm, world.pose.yMm - target.yMm)).toBeLessThanOrEqual(60);
    const turned = ((world.pose.headingRad * 180) / Math.PI - target.headingDeg) % 360;
    expect(Math.min(Math.abs(turned), 360 - Math.abs(turned))).toBeLessThanOrEqual(4);
    expect(world.fastestMmS).toBeLessThanOrEqual(calibration.speedCapMmS);
  });

  it('drives 2 m at the cap most of the way', async () => {
    const seen = drive('east');
    // 2 m at 400 mm/s are 5 s; ramps at both ends cost about 1.5 s more.
    await run(8000, () => seen.outcome !== null);
    expect(seen.outcome).toBe('arrived');
  });

  it('keeps 250 mm of body clear of the pillar', async () => {
    const seen = drive('behindPillar');
    await run(60_000, () => seen.outcome !== null);
    const distances = world.track.map(({ xMm, yMm }) =>
      Math.hypot(Math.max(4800 - xMm, 0, xMm - 5200), Math.max(3000 - yMm, 0, yMm - 3400)),
    );
    expect(Math.min(...distances)).toBeGreaterThan(250);
  });

  it('goes there and back again several times without losing itself', async () => {
    for (const place of ['behindPillar', 'entrance', 'behindPillar', 'home']) {
      const seen = drive(place);
      await run(60_000, () => seen.outcome !== null);
      expect(seen.outcome).toBe('arrived');
    }
    expect(Math.hypot(world.pose.xMm - 1000, world.pose.yMm - 1000)).toBeLessThan(100);
  });

  it('asks for motion 20 times a second, valid for 200 ms', async () => {
    drive('behindPillar');
    await run(1000);
    const before = fake.count('drive');
    await run(1000);
    expect(fake.count('drive') - before).toBe(20);
    expect(fake.last('drive')?.validMs).toBe(200);
  });

  it('leaves a dispense free to begin at once after arriving', async () => {
    const seen = drive('east');
    await run(20_000, () => seen.outcome !== null);
    expect(fake.last('drive')).toEqual({ name: 'drive', leftMmS: 0, rightMmS: 0, validMs: 20 });
  });
});

describe('stops', () => {
  it('waits through a protective stop and goes on by itself', async () => {
    const seen = drive('east');
    await run(2000);
    world.state = held('obstacleFront', false);
    world.refuse = 'stopped';
    await run(100);
    const before = fake.count('drive');
    await run(8000);
    expect(seen.outcome).toBeNull();
    expect(world.atRest).toBe(true);
    expect(fake.count('drive')).toBe(before);
    world.state = {};
    world.refuse = null;
    await run(15_000, () => seen.outcome !== null);
    expect(seen.outcome).toBe('arrived');
  });

  it('gives up when the way stays blocked for its patience, and withdraws the motion', async () => {
    const seen = drive('east');
    await run(2000);
    world.state = held('obstacleFront', false);
    await run(9900);
    expect(seen.outcome).toBeNull();
    await run(200);
    expect(seen.outcome).toBe('WHEELS_BLOCKED');
    expect(fake.last('drive')).toMatchObject({ leftMmS: 0, rightMmS: 0 });
  });

  it('counts its patience anew for every stop', async () => {
    const seen = drive('behindPillar');
    for (let stop = 0; stop < 3; stop++) {
      world.state = held('obstacleLeft', false);
      await run(6000);
      world.state = {};
      await run(500);
    }
    expect(seen.outcome).toBeNull();
  });

  it('waits while the firmware dispenses', async () => {
    world.refuse = 'interlocked';
    const seen = drive('east');
    await run(5000);
    expect(seen.outcome).toBeNull();
    expect(world.pose).toEqual(start);
    world.refuse = null;
    await run(15_000, () => seen.outcome !== null);
    expect(seen.outcome).toBe('arrived');
  });

  it('ends at once on a latched stop, and does not begin under one', async () => {
    const seen = drive('east');
    await run(1000);
    world.state = held('bumperLeft', true);
    await run(50);
    expect(seen.outcome).toBe('SAFETY_STOP');
    const again = drive('east');
    await run(50);
    expect(again.outcome).toBe('SAFETY_STOP');
    const before = fake.heard.filter(({ message }) => message.name === 'drive' && message.leftMmS !== 0).length;
    await run(1000);
    expect(fake.heard.filter(({ message }) => message.name === 'drive' && message.leftMmS !== 0)).toHaveLength(before);
  });

  it('stop() sends a stop, and the drive ends as cancelled', async () => {
    const seen = drive('east');
    await run(1000);
    wheels.stop();
    await run(50);
    expect(seen.outcome).toBe('CANCELLED');
    expect(fake.count('stop')).toBe(1);
    await run(2000);
    expect(world.atRest).toBe(true);
  });

  it('stop() is sent when nothing drives, too', async () => {
    wheels.stop();
    await run(50);
    expect(fake.count('stop')).toBe(1);
  });

  it('a new drive replaces the one under way', async () => {
    const first = drive('behindPillar');
    await run(1000);
    const second = drive('home');
    await run(30_000, () => second.outcome !== null);
    expect(first.outcome).toBe('CANCELLED');
    expect(second.outcome).toBe('arrived');
  });

  it('refuses unknown and unreachable places', async () => {
    const unknown = drive('moon');
    const unreachable = drive('outside');
    await run(50);
    expect([unknown.outcome, unreachable.outcome]).toEqual(['WHEELS_BLOCKED', 'WHEELS_BLOCKED']);
  });
});

describe('after a released bumper hit', () => {
  const retreating = { flags: { ...restingState.flags, retreatOnly: true } };

  it('backs away straight and slowly until the firmware is content, then drives on from there', async () => {
    world.state = retreating;
    await run(50);
    const seen = drive('east');
    await run(2500);
    expect(seen.outcome).toBeNull();
    // 80 mm/s for 2.5 s, less the ramp and the first frame.
    expect(world.pose.xMm).toBeGreaterThan(1000 - 200);
    expect(world.pose.xMm).toBeLessThan(1000 - 150);
    expect(world.pose).toMatchObject({ yMm: 1000, headingRad: 0 });
    expect(fake.last('drive')).toMatchObject({ leftMmS: -80, rightMmS: -80, validMs: 200 });
    expect(world.fastestMmS).toBe(80);
    world.state = {};
    await run(15_000, () => seen.outcome !== null);
    expect(seen.outcome).toBe('arrived');
    expect(Math.hypot(world.pose.xMm - 3000, world.pose.yMm - 1000)).toBeLessThanOrEqual(60);
  });

  it('gives up after 5 s when the bumper stays pressed', async () => {
    world.state = retreating;
    const seen = drive('east');
    await run(4950);
    expect(seen.outcome).toBeNull();
    await run(150);
    expect(seen.outcome).toBe('WHEELS_BLOCKED');
    expect(fake.last('drive')).toMatchObject({ leftMmS: 0, rightMmS: 0 });
    await run(500);
    expect(world.atRest).toBe(true);
  });

  it('waits for somebody behind, without counting that time', async () => {
    world.state = retreating;
    const seen = drive('east');
    await run(3000);
    world.state = { stopCause: 'obstacleRear', flags: { ...retreating.flags, latched: false } };
    await run(6000);
    expect(seen.outcome).toBeNull();
    const { xMm } = world.pose;
    world.state = retreating;
    await run(3000);
    expect(seen.outcome).toBeNull();
    expect(world.pose.xMm).toBeLessThan(xMm - 150);
  });
});

describe('the board goes away', () => {
  it('ends the drive when it is unplugged', async () => {
    const seen = drive('east');
    await run(1000);
    fake.unplug();
    await run(50);
    expect(seen.outcome).toBe('BOARD_NOT_CONNECTED');
  });

  it('keeps the pose through a reset that starts the counts anew', async () => {
    const seen = drive('east');
    await run(3000);
    const before = wheels.pose;
    world.reset();
    fake.say({ ...identity, resetCause: 'watchdog' });
    await run(500);
    expect(seen.outcome).toBe('BOARD_NOT_CONNECTED');
    expect(Math.hypot(wheels.pose.xMm - before.xMm, wheels.pose.yMm - before.yMm)).toBeLessThan(30);
    const again = drive('home');
    await run(30_000, () => again.outcome !== null);
    expect(again.outcome).toBe('arrived');
    // The 50 ms before the reset went unseen: at 400 mm/s at most 20 mm.
    expect(Math.hypot(world.pose.xMm - 1000, world.pose.yMm - 1000)).toBeLessThan(90);
  });
});
