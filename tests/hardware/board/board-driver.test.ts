import { expect, it } from 'vitest';
import { BoardLink } from '../../../firmware-bridge/host/board-link.ts';
import { createBoard } from '../../../hardware/board/board-driver.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import type { SafetyState } from '../../../src/core/device.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { calibration, FakeBoard, identity, restingState } from '../../firmware-bridge/host/fake-board.ts';

async function connected() {
  const clock = new SimulatedClock();
  const fake = new FakeBoard();
  const link = new BoardLink({ opener: fake, clock, logger: silentLogger, calibration, firmataDelayMs: null });
  const board = createBoard(link);
  await clock.advanceAsync(1, 1);
  return { clock, fake, board };
}

it('tells who the board is', async () => {
  const { board } = await connected();
  expect(board.identity).toEqual({
    protocol: '2.0',
    firmware: '2.3.4',
    resetCause: 'powerOn',
    previousRun: null,
    selfTest: { flashDamaged: false, ramDamaged: false },
  });
  expect(board.status).toEqual({ status: 'ready' });
  await board.close();
});

it('tells of the run before the last reset', async () => {
  const { board, clock, fake } = await connected();
  const previous = { previousUptimeMs: 61_000, previousStopCause: 'bumperLeft', previousStopAtMs: 60_500 } as const;
  fake.say({ ...identity, resetCause: 'watchdog', ...previous });
  await clock.advanceAsync(1, 1);
  expect(board.identity).toMatchObject({
    resetCause: 'watchdog',
    previousRun: { uptimeMs: 61_000, lastStop: { cause: 'bumperLeft', atMs: 60_500 } },
  });
  fake.say({ ...identity, resetCause: 'watchdog', ...previous, previousStopCause: 'none', previousStopAtMs: 0 });
  await clock.advanceAsync(1, 1);
  expect(board.identity?.previousRun).toEqual({ uptimeMs: 61_000, lastStop: null });
  await board.close();
});

it('turns a state frame into telemetry; 65535 is nothing seen', async () => {
  const { board, fake } = await connected();
  expect(board.telemetry).toBeNull();
  fake.say({
    ...restingState,
    uptimeMs: 123_456,
    stopCause: 'eStop',
    lastStopCause: 'eStop',
    lastStopAtMs: 123_000,
    flags: {
      ...restingState.flags,
      latched: true,
      moving: true,
      eStopOpen: true,
      tankEmpty: true,
      cupPresent: false,
      leak: true,
      retreatOnly: true,
      flowWhileClosed: true,
    },
    speedCapMmS: 321,
    leftPulses: -12,
    rightPulses: 34,
    leftMmS: -56,
    rightMmS: 78,
    rangeFrontLeftMm: 800,
    rangeRearMm: 65534,
    batteryMv: 23_900,
    rejectedFrames: 3,
    refusedPinWrites: 4,
  });
  expect(board.telemetry).toEqual({
    uptimeMs: 123_456,
    leftPulses: -12,
    rightPulses: 34,
    leftMmS: -56,
    rightMmS: 78,
    rangesMm: { frontLeft: 800, frontRight: null, left: null, right: null, rear: 65534 },
    batteryMv: 23_900,
    moving: true,
    dispensing: false,
    cupPresent: false,
    tankEmpty: true,
    leak: true,
    flowWhileClosed: true,
    safety: { stopped: true, cause: 'eStop', latched: true, eStopOpen: true },
    retreatOnly: true,
    speedCapMmS: 321,
    lastStop: { cause: 'eStop', atMs: 123_000 },
    roundTripMs: null,
    rejectedFrames: 3,
    refusedPinWrites: 4,
  });
  await board.close();
});

it('reports the safety state when it changes, and only then', async () => {
  const { board, fake } = await connected();
  const seen: SafetyState[] = [];
  board.safetyChanged.on((safety) => seen.push(safety));
  fake.say(restingState);
  fake.say({ ...restingState, uptimeMs: 1050 });
  fake.say({ ...restingState, uptimeMs: 1060, stopCause: 'obstacleRear' });
  fake.say({ ...restingState, uptimeMs: 1110, stopCause: 'obstacleRear' });
  fake.say({ ...restingState, uptimeMs: 1160 });
  expect(seen).toEqual([
    { stopped: false, cause: null, latched: false, eStopOpen: false },
    { stopped: true, cause: 'obstacleRear', latched: false, eStopOpen: false },
    { stopped: false, cause: null, latched: false, eStopOpen: false },
  ]);
  await board.close();
});

it('closing ends the link: nothing keeps running', async () => {
  const { board, clock, fake } = await connected();
  await board.close();
  expect(clock.pendingCount).toBe(0);
  expect(fake.transport?.open).toBe(false);
});
