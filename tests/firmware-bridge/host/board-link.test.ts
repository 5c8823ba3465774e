import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BoardLink } from '../../../firmware-bridge/host/board-link.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import type { DeviceStatus } from '../../../src/core/device.ts';
import { LetanError } from '../../../src/core/errors.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { calibration, FakeBoard, identity, restingState } from './fake-board.ts';

let clock: SimulatedClock;
let board: FakeBoard;
let link: BoardLink;

const settle = () => clock.advanceAsync(1, 1);
const codeOf = (status: DeviceStatus) => (status.status === 'ready' ? null : status.error.code);
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof LetanError ? error.code : error),
  );

function connect(): BoardLink {
  return new BoardLink({ opener: board, clock, logger: silentLogger, calibration, firmataDelayMs: null });
}

/** Runs for `ms` with a state frame every 50 ms. */
async function run(ms: number, state: Partial<typeof restingState> = {}): Promise<void> {
  for (let left = ms; left > 0; left -= 50) {
    board.say({ ...restingState, uptimeMs: clock.monotonicMs() + 1000, ...state });
    await clock.advanceAsync(50, 25);
  }
}

beforeEach(() => {
  clock = new SimulatedClock();
  board = new FakeBoard();
});
afterEach(async () => {
  await link.close();
  expect(clock.pendingCount).toBe(0);
});

describe('handshake', () => {
  it('greets, checks the identity, sends the calibration and is ready', async () => {
    link = connect();
    expect(codeOf(link.status)).toBe('BOARD_NOT_CONNECTED');
    await settle();
    expect(board.heard.map(({ message }) => message)).toEqual([
      { name: 'hello', protocolMajor: 2, protocolMinor: 0 },
      {
        name: 'configure',
        pulsesPerMetreLeft: 2000,
        pulsesPerMetreRight: 2000,
        speedCapMmS: 400,
        marginMm: 500,
        resumeMm: 700,
        decelerationMmS2: 800,
        brakingMmS2: 700,
        brakingDelayMs: 90,
        frontLeftOffsetMm: 0,
        frontRightOffsetMm: 0,
        valveClosing100us: 600,
      },
    ]);
    expect(link.status).toEqual({ status: 'ready' });
    expect(link.ready).toBe(true);
    expect(link.identity).toEqual(identity);
  });

  it('repeats hello until the firmware has booted', async () => {
    board.answersHello = false;
    link = connect();
    await clock.advanceAsync(700);
    expect(board.count('hello')).toBe(4);
    expect(link.ready).toBe(false);
    board.answersHello = true;
    await clock.advanceAsync(200);
    expect(link.ready).toBe(true);
  });

  it('refuses another protocol version, naming both versions and the board', async () => {
    board.identity = { ...identity, protocolMajor: 3, protocolMinor: 5 };
    link = connect();
    await settle();
    expect(link.status).toEqual({
      status: 'faulty',
      error: {
        code: 'BOARD_PROTOCOL_MISMATCH',
        detail: 'the board on /dev/fake (firmware 2.3.4) speaks protocol 3.5, this host speaks 2.0',
      },
    });
    await run(1000);
    expect(board.count('configure')).toBe(0);
    expect(board.count('heartbeat')).toBe(0);
    expect(await failureOf(link.request({ name: 'stop' }))).toBe('BOARD_NOT_CONNECTED');
  });

  it('refuses another message dictionary under the same version', async () => {
    board.identity = { ...identity, dictionaryHash: 0x00c0ffee };
    link = connect();
    await settle();
    expect(codeOf(link.status)).toBe('BOARD_PROTOCOL_MISMATCH');
    expect(JSON.stringify(link.status)).toContain('00c0ffee');
  });

  it('asks again while the board is still moving, and reports a calibration it refuses', async () => {
    board.configureResult = 'interlocked';
    link = connect();
    await run(1000);
    expect(link.ready).toBe(false);
    board.configureResult = 'accepted';
    await run(500);
    expect(link.ready).toBe(true);
    board.configureResult = 'outOfRange';
    board.say(identity);
    await settle();
    expect(codeOf(link.status)).toBe('BOARD_REJECTED');
  });
});

describe('heartbeat', () => {
  it('is sent every 25 ms and measures the round trip', async () => {
    link = connect();
    await settle();
    const before = board.count('heartbeat');
    await clock.advanceAsync(1000, 25);
    expect(board.count('heartbeat') - before).toBe(40);
    const echo = board.last('heartbeat')?.hostTimeMs ?? 0;
    clock.advance(4);
    board.say({ ...restingState, hostTimeMs: echo });
    expect(link.roundTripMs).toBe(clock.monotonicMs() - echo);
  });
});

describe('requests', () => {
  beforeEach(async () => {
    link = connect();
    await settle();
  });

  it('resolve with what the firmware answered', async () => {
    board.answer = () => 'interlocked';
    await expect(link.request({ name: 'dispenseSnack', dispenseId: 9 })).resolves.toBe('interlocked');
  });

  it('are repeated twice with the same number, 150 ms apart, and then given up', async () => {
    board.answer = () => null;
    const outcome = failureOf(link.request({ name: 'stop' }));
    await clock.advanceAsync(149, 1);
    expect(board.count('stop')).toBe(1);
    await clock.advanceAsync(1, 1);
    expect(board.count('stop')).toBe(2);
    await clock.advanceAsync(300, 10);
    expect(await outcome).toBe('REQUEST_TIMEOUT');
    const seqs = board.heard.filter(({ message }) => message.name === 'stop').map(({ seq }) => seq);
    expect(seqs).toHaveLength(3);
    expect(new Set(seqs).size).toBe(1);
  });

  it('are answered by the ack of a repetition', async () => {
    let tries = 0;
    board.answer = () => (++tries === 2 ? 'repeated' : null);
    const outcome = link.request({ name: 'stop' });
    await clock.advanceAsync(160, 10);
    await expect(outcome).resolves.toBe('repeated');
  });

  it('are bounded: the seventeenth waiting is refused at once', async () => {
    board.answer = () => null;
    const waiting = Array.from({ length: 16 }, () => failureOf(link.request({ name: 'stop' })));
    expect(await failureOf(link.request({ name: 'stop' }))).toBe('BOARD_REJECTED');
    board.unplug();
    expect(await Promise.all(waiting)).toEqual(Array(16).fill('BOARD_NOT_CONNECTED'));
  });

  it('are withdrawn, not repeated, when the board was reset meanwhile', async () => {
    await run(200);
    board.answer = () => null;
    const outcome = failureOf(link.request({ name: 'dispenseWater', dispenseId: 5, pulses: 100, capPulses: 120, capMs: 5000 }));
    board.say({ ...restingState, uptimeMs: 3, flags: { ...restingState.flags, configured: false } });
    expect(await outcome).toBe('BOARD_NOT_CONNECTED');
    await run(600);
    expect(board.count('dispenseWater')).toBe(1);
  });
});

describe('faults', () => {
  beforeEach(async () => {
    link = connect();
    await settle();
    await run(200);
  });

  it('a wedged board is faulty after 500 ms of silence, and ready when it speaks again', async () => {
    await clock.advanceAsync(400);
    expect(link.status).toEqual({ status: 'ready' });
    await clock.advanceAsync(150);
    expect(codeOf(link.status)).toBe('BOARD_SILENT');
    expect(link.ready).toBe(false);
    await run(50);
    expect(link.status).toEqual({ status: 'ready' });
  });

  it('a board silent for 10 s is opened anew', async () => {
    await clock.advanceAsync(9500);
    expect(board.opens).toBe(1);
    await clock.advanceAsync(1000);
    expect(board.opens).toBe(2);
    expect(link.ready).toBe(true);
  });

  it('a board that vanished without a hang-up is given up when it falls silent', async () => {
    if (board.transport) board.transport.vanished = true;
    await clock.advanceAsync(600);
    expect(codeOf(link.status)).toBe('BOARD_NOT_CONNECTED');
    await clock.advanceAsync(210);
    expect(board.opens).toBe(2);
    expect(link.ready).toBe(true);
  });

  it('a watchdog reset is handled by a new handshake and reported until a person releases it', async () => {
    const readied: number[] = [];
    link.readied.on(() => readied.push(clock.monotonicMs()));
    const reset = {
      ...restingState,
      stopCause: 'watchdogReset' as const,
      flags: { ...restingState.flags, latched: true, configured: false },
    };
    board.say({ ...identity, resetCause: 'watchdog' });
    board.say({ ...reset, uptimeMs: 5 });
    await settle();
    expect(readied).toHaveLength(1);
    expect(board.count('configure')).toBe(2);
    board.say({ ...reset, uptimeMs: 55, flags: { ...reset.flags, configured: true } });
    expect(link.status.status).toBe('degraded');
    expect(codeOf(link.status)).toBe('BOARD_WATCHDOG');
    expect(link.ready).toBe(true);
    board.say({ ...restingState, uptimeMs: 105 });
    expect(link.status).toEqual({ status: 'ready' });
  });

  it('an unplugged board is polled with growing pauses up to 0.5 s and taken up again', async () => {
    board.unplug();
    expect(codeOf(link.status)).toBe('BOARD_NOT_CONNECTED');
    const tries: number[] = [];
    for (let ms = 0; ms < 2600; ms += 10) {
      const before = board.opens;
      await clock.advanceAsync(10);
      if (board.opens > before) tries.push(ms + 10);
    }
    expect(tries).toEqual([200, 600, 1100, 1600, 2100, 2600]);
    board.plugged = true;
    await clock.advanceAsync(510);
    expect(link.status).toEqual({ status: 'ready' });
  });

  it('fifty unplugs leave no timer and no listener behind', async () => {
    const timers = clock.pendingCount;
    for (let cycle = 0; cycle < 50; cycle++) {
      const old = board.transport;
      board.unplug();
      expect(old?.received.listenerCount).toBe(0);
      board.plugged = true;
      await clock.advanceAsync(210);
      expect(link.ready).toBe(true);
    }
    expect(clock.pendingCount).toBe(timers);
    expect(link.received.listenerCount).toBe(0);
  });
});
