import { beforeEach, describe, expect, test } from 'vitest';
import { dictionaryHash } from '../../../firmware-bridge/protocol/generated/messages.ts';
import { calibration, EmulatedBoard } from './emulated-board.ts';

const motorEnable = ['A', 2] as const;
const valve = ['C', 0] as const;

let board: EmulatedBoard;
beforeEach(() => {
  board = new EmulatedBoard();
});

describe('boot', () => {
  test('reports version, firmware and identity, moves nothing, is latched', () => {
    board.run(400);
    expect(board.raw.slice(0, 8)).toEqual([0xf9, 2, 8, 0xf0, 0x79, 0, 2, 'l'.charCodeAt(0)]);
    expect(board.last('identity')).toMatchObject({ protocolMajor: 2, firmwareMinor: 2, dictionaryHash, resetCause: 'powerOn' });
    expect(board.last('state')).toMatchObject({ stopCause: 'powerUp', flags: { latched: true, configured: false } });
    expect(board.mega.outputLevel(...motorEnable)).toBe(false);
  });

  test('motion needs a person at the release button', () => {
    board.run(400);
    board.ask(calibration);
    board.drive(200, 200, 200);
    expect(board.last('ack').result).toBe('stopped');
    expect(board.mega.outputLevel(...motorEnable)).toBe(false);
    board.lobby.command({ type: 'pressRelease' });
    board.run(300);
    expect(board.last('state').stopCause).toBe('none');
    board.drive(200, 200, 200);
    expect(board.mega.outputLevel(...motorEnable)).toBe(true);
  });

  test('a wedged processor is reset by the watchdog within 30 ms and says so', () => {
    board.start().drive(300, 300, 500);
    board.mega.wedge();
    board.mega.runFor(30);
    expect(board.mega.outputLevel(...motorEnable)).toBe(false);
    board.run(300);
    expect(board.last('identity').resetCause).toBe('watchdog');
    expect(board.last('state')).toMatchObject({ stopCause: 'watchdogReset', flags: { latched: true } });
  });
});

describe('driving', () => {
  test('holds the speed asked for', () => {
    board.start().drive(300, 300, 2000);
    const { leftMmS, rightMmS } = board.last('state');
    expect(Math.abs(leftMmS - 300)).toBeLessThan(25);
    expect(Math.abs(rightMmS - 300)).toBeLessThan(25);
  });

  test('stops for a person ahead without touching and goes on when asked again', () => {
    board.start();
    const { robot } = board.lobby.snapshot();
    const ahead = { xMm: robot.xMm + 1400 * Math.cos(robot.headingRad), yMm: robot.yMm + 1400 * Math.sin(robot.headingRad) };
    expect(board.lobby.command({ type: 'addPerson', id: 'visitor', ...ahead })).toBe(true);
    board.drive(300, 300, 5000);
    expect(board.last('state')).toMatchObject({ stopCause: 'obstacleFront', leftMmS: 0, flags: { latched: false, moving: false } });
    board.lobby.command({ type: 'removePerson', id: 'visitor' });
    board.run(300);
    expect(board.last('state').stopCause).toBe('none');
    board.drive(300, 300, 600);
    expect(board.last('state').leftMmS).toBeGreaterThan(100);
  });

  test('a silent host: braked and without power', () => {
    board.start().drive(300, 300, 1000);
    board.heartbeats = false;
    board.run(1500);
    expect(board.last('state')).toMatchObject({ stopCause: 'heartbeatLost', leftMmS: 0, flags: { latched: false, moving: false } });
    expect(board.mega.outputLevel(...motorEnable)).toBe(false);
  });
});

test.each([
  ['eStop', 'D', 0],
  ['bumperLeft', 'D', 1],
  ['bumperRight', 'D', 2],
  ['cliff', 'D', 3],
] as const)('%s takes the motor power off within 10 us', (cause, port, bit) => {
  board.start().drive(300, 300, 500);
  let offAt = 0;
  board.mega.onOutput(...motorEnable, (high) => {
    if (!high) offAt = board.mega.cycles;
  });
  // Several phases against the tick; the longest block with interrupts off is part of the figure.
  board.mega.runFor(0.37);
  const from = board.mega.cycles;
  board.mega.setInput(port, bit, true);
  board.mega.runFor(2);
  expect(offAt).toBeGreaterThan(0);
  expect((offAt - from) / 16).toBeLessThan(10);
  expect(board.mega.pwmDuty('4A')).toBe(0);
  board.mega.setInput(port, bit, false);
  board.run(200);
  expect(board.last('state')).toMatchObject({ stopCause: cause, flags: { latched: true } });
});

describe('dispensing', () => {
  test('pours the pulses asked for, what runs on while the valve closes included', () => {
    board.start();
    expect(board.ask({ name: 'dispenseWater', dispenseId: 5, pulses: 300, capPulses: 400, capMs: 8000 })).toBe('accepted');
    board.run(4000);
    const report = board.last('dispenseReport');
    expect(report).toMatchObject({ dispenseId: 5, kind: 'water', result: 'done' });
    // The simulated valve takes 60 ms to close: at 147 pulses a second about 9 pulses would be too many.
    expect(Math.abs(report.pulses - 300)).toBeLessThanOrEqual(3);
    expect(board.ask({ name: 'dispenseWater', dispenseId: 5, pulses: 300, capPulses: 400, capMs: 8000 })).toBe('repeated');
    expect(board.mega.outputLevel(...valve)).toBe(false);
  });

  test('a watchdog reset in the middle: the valve closes and the id is not poured again', () => {
    board.start();
    board.ask({ name: 'dispenseWater', dispenseId: 6, pulses: 1000, capPulses: 1200, capMs: 20000 });
    board.run(1000);
    expect(board.mega.outputLevel(...valve)).toBe(true);
    board.mega.wedge();
    board.mega.runFor(30);
    expect(board.mega.outputLevel(...valve)).toBe(false);
    board.run(300);
    expect(board.ask({ name: 'dispenseWater', dispenseId: 6, pulses: 1000, capPulses: 1200, capMs: 20000 })).toBe('repeated');
    board.run(100);
    expect(board.last('dispenseReport')).toMatchObject({ dispenseId: 6, result: 'interrupted' });
    expect(board.mega.outputLevel(...valve)).toBe(false);
  });

  test('one snack', () => {
    board.start();
    expect(board.ask({ name: 'dispenseSnack', dispenseId: 9 })).toBe('accepted');
    board.run(4000);
    expect(board.last('dispenseReport')).toMatchObject({ dispenseId: 9, kind: 'snack', result: 'done' });
    expect(board.lobby.snapshot().snack.dropped).toBe(1);
  });
});

test('sleeps when idle and loses no byte', () => {
  board.start();
  const [cycles, slept] = [board.mega.cycles, board.mega.sleepFraction * board.mega.cycles];
  board.run(2000);
  const asleep = (board.mega.sleepFraction * board.mega.cycles - slept) / (board.mega.cycles - cycles);
  expect(asleep).toBeGreaterThan(0.6);
  expect(board.mega.overruns(0) + board.mega.overruns(2) + board.mega.overruns(3)).toBe(0);
  expect(board.last('state')).toMatchObject({ rejectedFrames: 0, refusedPinWrites: 0 });
});
