import { describe, expect, it } from 'vitest';
import type { BoardTelemetry } from '../../hardware/board/board.ts';
import type { ComputerLines } from '../../hardware/gpio/gpio.ts';
import { Computer } from '../../src/app/computer.ts';
import { SimulatedClock } from '../../src/core/clock.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { Signal } from '../../src/core/signal.ts';

const ready: DeviceStatus = { status: 'ready' };
const silent: DeviceStatus = { status: 'faulty', error: { code: 'BOARD_SILENT', detail: 'nothing heard' } };
const away: DeviceStatus = { status: 'offline', error: { code: 'BOARD_NOT_CONNECTED', detail: 'no port' } };

const telemetry = (eStopOpen: boolean): BoardTelemetry => ({
  uptimeMs: 0,
  leftPulses: 0,
  rightPulses: 0,
  leftMmS: 0,
  rightMmS: 0,
  rangesMm: { frontLeft: null, frontRight: null, left: null, right: null, rear: null },
  batteryMv: 12_600,
  moving: false,
  dispensing: false,
  cupPresent: false,
  tankEmpty: false,
  leak: false,
  flowWhileClosed: false,
  safety: { stopped: eStopOpen, cause: eStopOpen ? 'eStop' : null, latched: eStopOpen, eStopOpen },
  retreatOnly: false,
  speedCapMmS: 0,
  lastStop: null,
  roundTripMs: null,
  rejectedFrames: 0,
  refusedPinWrites: 0,
});

/** A computer whose lines and board a test drives; no real one is there to have its wires cut. */
function bench(heatC: number | null = 30) {
  const clock = new SimulatedClock();
  const fan: boolean[] = [];
  const resetsMs: number[] = [];
  const lines = {
    status: ready,
    statusChanged: new Signal<DeviceStatus>(),
    eStopOpen: false as boolean | null,
    eStopChanged: new Signal<boolean>(),
    servicePressed: new Signal<void>(),
    setFan: (on: boolean) => void fan.push(on),
    resetBoard: async () => resetsMs.push(clock.monotonicMs()) > 0,
    close: async () => {},
  } satisfies ComputerLines;
  const board = {
    status: ready,
    statusChanged: new Signal<DeviceStatus>(),
    telemetry: telemetry(false) as BoardTelemetry | null,
    telemetryChanged: new Signal<BoardTelemetry>(),
  };
  let heat = heatC;
  const computer = new Computer({ lines, board, clock, logger: silentLogger, readHeatC: async () => heat });
  const statuses: string[] = [];
  computer.statusChanged.on((status) => statuses.push(status.status === 'ready' ? 'ready' : status.error.code));
  return {
    clock,
    fan,
    resetsMs,
    computer,
    statuses,
    heat: (next: number | null) => {
      heat = next;
    },
    sense(open: boolean) {
      lines.eStopOpen = open;
      lines.eStopChanged.emit(open);
    },
    tell(open: boolean) {
      board.telemetry = telemetry(open);
      board.telemetryChanged.emit(board.telemetry);
    },
    boardIs(status: DeviceStatus) {
      board.status = status;
      board.statusChanged.emit(status);
    },
  };
}

describe('e-stop sense', () => {
  it('may lag behind the board for a second, in either order', () => {
    const { clock, statuses, sense, tell } = bench();
    sense(true);
    clock.advance(999);
    tell(true);
    clock.advance(5000);
    tell(false);
    clock.advance(999);
    sense(false);
    clock.advance(5000);
    expect(statuses).toEqual([]);
  });

  it.each([
    [true, false],
    [false, true],
  ])('that says open=%s while the board says open=%s for over a second is a fault, until they agree', (sensed, told) => {
    const { clock, computer, statuses, sense, tell } = bench();
    sense(sensed);
    tell(told);
    for (let tick = 0; tick < 10; tick += 1) {
      clock.advance(100);
      tell(told);
    }
    expect(statuses).toEqual(['E_STOP_DISAGREES']);
    expect(computer.status).toMatchObject({ status: 'faulty', error: { detail: expect.stringMatching(/open.*closed|closed.*open/) } });
    sense(told);
    expect(statuses).toEqual(['E_STOP_DISAGREES', 'ready']);
  });

  it('is not compared with a board that is not heard', () => {
    const { clock, statuses, sense, boardIs } = bench();
    boardIs(away);
    sense(true);
    clock.advance(10_000);
    expect(statuses).toEqual([]);
    boardIs(ready);
    clock.advance(1000);
    expect(statuses).toEqual(['E_STOP_DISAGREES']);
  });
});

describe('a silent board', () => {
  it('is reset after five seconds, and again only after a minute', async () => {
    const { clock, resetsMs, boardIs } = bench();
    boardIs(silent);
    await clock.advanceAsync(4999, 1000);
    expect(resetsMs).toEqual([]);
    await clock.advanceAsync(125_001, 1000);
    expect(resetsMs).toEqual([5000, 65_000, 125_000]);
  });

  it('that speaks again, or whose cable is out, is left alone', async () => {
    const { clock, resetsMs, boardIs } = bench();
    boardIs(silent);
    clock.advance(4000);
    boardIs(ready);
    clock.advance(10_000);
    boardIs(away);
    clock.advance(100_000);
    expect(resetsMs).toEqual([]);
  });
});

describe('the fan', () => {
  it('runs from over 60 °C down to below 50 °C', async () => {
    const { clock, fan, heat } = bench(60);
    const seenAt = async (heatC: number | null) => {
      heat(heatC);
      await clock.advanceAsync(5000, 1000);
      return [...fan];
    };
    expect(await seenAt(60)).toEqual([]);
    expect(await seenAt(60.1)).toEqual([true]);
    expect(await seenAt(50)).toEqual([true]);
    expect(await seenAt(49.9)).toEqual([true, false]);
    expect(await seenAt(60)).toEqual([true, false]);
  });

  it('runs while nobody knows how hot it is', async () => {
    const { clock, fan } = bench(null);
    await clock.advanceAsync(5000, 1000);
    expect(fan).toEqual([true]);
  });
});

it('leaves no timer behind', async () => {
  const { clock, computer, sense, boardIs } = bench();
  sense(true);
  boardIs(silent);
  await computer.close();
  expect(clock.pendingCount).toBe(0);
});
