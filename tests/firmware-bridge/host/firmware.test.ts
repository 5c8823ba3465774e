import Led from 'johnny-five/lib/led/led.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BoardLink } from '../../../firmware-bridge/host/board-link.ts';
import type { StateMessage } from '../../../firmware-bridge/protocol/generated/messages.ts';
import { EmulatedBoard } from './emulated-board.ts';

let board: EmulatedBoard;
let link: BoardLink;
let state: StateMessage | null;

beforeEach(() => {
  board = new EmulatedBoard();
  state = null;
});
afterEach(async () => {
  await link.close();
  expect(board.clock.pendingCount).toBe(0);
});

async function connect(firmataDelayMs: number | null = null): Promise<void> {
  link = board.connect(firmataDelayMs);
  link.received.on((message) => {
    if (message.name === 'state') state = message;
  });
  await board.run(1000, () => link.ready);
  expect(link.ready).toBe(true);
  await board.run(150);
}

/** Renews the drive every 50 ms. */
async function drive(ms: number, leftMmS: number, rightMmS: number): Promise<void> {
  for (let left = ms; left > 0; left -= 50) {
    link.request({ name: 'drive', leftMmS, rightMmS, validMs: 200 }).catch(() => {});
    await board.run(50);
  }
}

describe('the released firmware', () => {
  it('shakes hands within 300 ms of opening and loses no frame on either side', async () => {
    await connect();
    expect(board.clock.monotonicMs()).toBeLessThan(300 + 150);
    expect(link.identity).toMatchObject({ protocolMajor: 2, resetCause: 'external' });
    await board.run(3000);
    expect(state?.flags.configured).toBe(true);
    expect(state?.rejectedFrames).toBe(0);
    expect(Object.values(link.rejections ?? {}).every((count) => count === 0)).toBe(true);
    expect(link.roundTripMs).toBeLessThan(60);
  });

  it('refuses to drive after power-up until the button is pressed, then the encoders count', async () => {
    await connect();
    expect(state).toMatchObject({ stopCause: 'powerUp', flags: { latched: true } });
    expect(await requestNow({ name: 'drive', leftMmS: 200, rightMmS: 200, validMs: 200 })).toBe('stopped');
    expect(state?.leftPulses).toBe(0);
    await board.release();
    expect(state).toMatchObject({ stopCause: 'none', flags: { latched: false } });
    await drive(2000, 200, 200);
    // 200 mm/s for 2 s less the ramp of 0.4 s: about 360 mm at 1910 pulses/m.
    expect(state?.leftPulses).toBeGreaterThan(500);
    expect(state?.leftPulses).toBeLessThan(800);
    expect(Math.abs((state?.leftPulses ?? 0) - (state?.rightPulses ?? 0))).toBeLessThan(20);
  });

  it('stops when the host hangs, and drives again when it is back', async () => {
    await connect();
    await board.release();
    await drive(1500, 200, 200);
    expect(board.lobby.snapshot().robot.leftMmS).toBeGreaterThan(100);
    board.hostHangs = true;
    // 100 ms of silence, then 200 mm/s at 800 mm/s2 are 250 ms; then the bridge is off.
    await board.run(800);
    expect(board.lobby.snapshot().robot.leftMmS).toBe(0);
    expect(board.lobby.snapshot().switches.motorEnabled).toBe(false);
    board.hostHangs = false;
    await board.run(200);
    expect(state?.stopCause).toBe('none');
    await drive(1000, 200, 200);
    expect(board.lobby.snapshot().robot.leftMmS).toBeGreaterThan(100);
  });

  it('wedged: faulty or reset by the watchdog, reported until a person releases it', async () => {
    await connect();
    await board.release();
    expect(link.status).toEqual({ status: 'ready' });
    board.mega.wedge();
    await board.run(1500, () => link.status.status === 'degraded');
    expect(link.status).toMatchObject({ status: 'degraded', error: { code: 'BOARD_WATCHDOG' } });
    expect(link.identity?.resetCause).toBe('watchdog');
    expect(link.ready).toBe(true);
    await board.run(100);
    expect(state?.flags.configured).toBe(true);
    await board.release();
    expect(link.status).toEqual({ status: 'ready' });
  });

  it('unplugged while driving: the robot stops by itself; plugged in again the link is back', async () => {
    await connect();
    await board.release();
    await drive(1000, 200, 200);
    board.unplug();
    await board.run(800);
    expect(board.lobby.snapshot().robot.leftMmS).toBe(0);
    expect(link.status).toMatchObject({ status: 'offline', error: { code: 'BOARD_NOT_CONNECTED' } });
    board.plugged = true;
    await board.run(2500, () => link.ready);
    expect(link.ready).toBe(true);
  });

  it('johnny-five becomes ready and switches a light on and off', async () => {
    await connect(50);
    await board.run(3000, () => link.five !== null);
    const five = link.five;
    expect(five?.isReady).toBe(true);
    expect(five?.pins.length).toBe(70);
    if (!five) return;
    const lightGreen = 45;
    const led = new Led({ pin: lightGreen, board: five });
    for (const [command, lit] of [
      ['on', 1],
      ['off', 0],
      ['on', 1],
    ] as const) {
      led[command]();
      await board.run(20);
      expect(board.mega.pwmDuty('5B')).toBeCloseTo(lit, 2);
    }
  });

  async function requestNow(message: Parameters<BoardLink['request']>[0]): Promise<string> {
    let answer: string | null = null;
    link.request(message).then(
      (result) => {
        answer = result;
      },
      (error: unknown) => {
        answer = String(error);
      },
    );
    await board.run(500, () => answer !== null);
    return answer ?? 'nothing';
  }
});
