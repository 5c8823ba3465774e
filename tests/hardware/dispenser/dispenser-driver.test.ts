import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BoardLink } from '../../../firmware-bridge/host/board-link.ts';
import type { AckResult, DispenseReportMessage, DispenseResult } from '../../../firmware-bridge/protocol/generated/messages.ts';
import { createDispenser } from '../../../hardware/dispenser/dispenser-driver.ts';
import { waterPortion } from '../../../hardware/dispenser/portion.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { LetanError } from '../../../src/core/errors.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { calibration, FakeBoard, restingState } from '../../firmware-bridge/host/fake-board.ts';

let clock: SimulatedClock;
let fake: FakeBoard;
let link: BoardLink;
let dispenser: ReturnType<typeof createDispenser>;
let progress: number[];
let lastId: number;
let atLeast: number[];

beforeEach(async () => {
  clock = new SimulatedClock();
  fake = new FakeBoard();
  link = new BoardLink({ opener: fake, clock, logger: silentLogger, calibration, firmataDelayMs: null });
  progress = [];
  lastId = 40;
  atLeast = [];
  const next = (least: number) => {
    atLeast.push(least);
    return ++lastId;
  };
  dispenser = createDispenser({ link, calibration, clock, ids: { next } });
  await run(100);
});
afterEach(async () => {
  dispenser.close();
  await link.close();
  expect(clock.pendingCount).toBe(0);
});

async function run(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 50) {
    fake.say({ ...restingState, uptimeMs: clock.monotonicMs() + 1000 });
    await clock.advanceAsync(50, 25);
  }
}

/** Keeps how a dispense ends: null while under way, the volume, `done`, or the error's code. */
function watch(work: Promise<unknown>): { outcome: number | string | null } {
  const seen: { outcome: number | string | null } = { outcome: null };
  work.then(
    (volume) => {
      seen.outcome = typeof volume === 'number' ? volume : 'done';
    },
    (error: unknown) => {
      seen.outcome = error instanceof LetanError ? error.code : String(error);
    },
  );
  return seen;
}
const pour = (volumeMl = 150) => watch(dispenser.dispenseWater(volumeMl, (ml) => progress.push(ml)));

function report(result: DispenseResult, more: Partial<DispenseReportMessage> = {}): void {
  fake.say({
    name: 'dispenseReport',
    dispenseId: 41,
    kind: 'water',
    result,
    pulses: 0,
    elapsedMs: 0,
    targetPulses: 882,
    closing100us: 600,
    ...more,
  });
}

describe('the portion', () => {
  it('is counted in pulses, with caps of volume and time', () => {
    // 5880 pulses/L: 150 mL are 882, 180 mL are 1058.4; 150 mL at 8 mL/s are 18.75 s.
    expect(waterPortion(150, calibration)).toEqual({ pulses: 882, capPulses: 1058, capMs: 18_750 });
    expect(waterPortion(300, calibration).capMs).toBe(30_000);
    expect(waterPortion(300, { flowPulsesPerLitre: 20_000 })).toMatchObject({ pulses: 6000, capPulses: 6000 });
  });

  it.each([9, 301, Number.NaN])('refuses %s mL', async (volumeMl) => {
    expect(() => waterPortion(volumeMl, calibration)).toThrow(RangeError);
    const seen = pour(volumeMl);
    await run(50);
    expect(seen.outcome).toContain('RangeError');
    expect(lastId).toBe(40);
  });
});

describe('water', () => {
  it('reports progress and resolves with the measured volume', async () => {
    const seen = pour();
    await run(100);
    expect(fake.last('dispenseWater')).toEqual({ name: 'dispenseWater', dispenseId: 41, pulses: 882, capPulses: 1058, capMs: 18_750 });
    report('running', { pulses: 294 });
    report('running', { pulses: 588 });
    await run(50);
    expect(seen.outcome).toBeNull();
    report('done', { pulses: 882 });
    report('done', { pulses: 882 });
    await run(50);
    expect(progress).toEqual([50, 100, 150]);
    expect(seen.outcome).toBe(150);
  });

  it('listens to no other dispense', async () => {
    const seen = pour();
    await run(100);
    report('done', { dispenseId: 40, pulses: 882 });
    await run(50);
    expect(seen.outcome).toBeNull();
  });

  it.each([
    ['noFlow', 'DISPENSE_NO_FLOW'],
    ['timeCap', 'DISPENSE_TIMEOUT'],
    ['cupMissing', 'DISPENSE_CUP_MISSING'],
    ['tankEmpty', 'DISPENSE_TANK_EMPTY'],
    ['leak', 'DISPENSE_LEAK'],
    ['flowWhileClosed', 'DISPENSE_FLOW_WHILE_CLOSED'],
    ['interrupted', 'DISPENSE_INTERRUPTED'],
    ['notRenewed', 'DISPENSE_INTERRUPTED'],
    ['volumeCap', 180],
  ] as const)('ended by the firmware with %s becomes %s', async (result, expected) => {
    const seen = pour();
    await run(100);
    report(result, { pulses: 1058 });
    await run(50);
    if (typeof expected === 'number') expect(seen.outcome).toBeCloseTo(expected, 0);
    else expect(seen.outcome).toBe(expected);
  });

  it.each([
    ['stopped', 'SAFETY_STOP'],
    ['interlocked', 'DISPENSE_INTERRUPTED'],
    ['busy', 'DISPENSE_BUSY'],
    ['outOfRange', 'DISPENSE_INTERRUPTED'],
  ] as const)('refused with %s becomes %s', async (answer, code) => {
    fake.answer = (): AckResult => answer;
    const seen = pour();
    await run(100);
    expect(seen.outcome).toBe(code);
  });

  it('ids are at least the seconds since 2025, so that a lost store does not repeat any', async () => {
    pour();
    await run(50);
    // The simulated clock begins at 2026-01-05 01:00 UTC; boot and greeting took 100 ms of the first second.
    expect(atLeast).toEqual([(365 + 4) * 86_400 + 3600]);
  });

  it('an outcome that took longer than the time since the request is that of another dispense', async () => {
    const seen = pour();
    await run(1000);
    report('done', { pulses: 882, elapsedMs: 6000 });
    await run(50);
    expect(seen.outcome).toBe('DISPENSE_INTERRUPTED');
    const next = pour();
    await run(6000);
    report('done', { dispenseId: 42, pulses: 882, elapsedMs: 6000 });
    await run(50);
    expect(next.outcome).toBe(150);
  });

  it('one at a time', async () => {
    const first = pour();
    const second = pour();
    await run(50);
    expect([first.outcome, second.outcome]).toEqual([null, 'DISPENSE_BUSY']);
    expect(fake.count('dispenseWater')).toBe(1);
    report('done', { pulses: 882 });
    const third = pour();
    await run(50);
    expect(third.outcome).toBeNull();
    expect(fake.last('dispenseWater')?.dispenseId).toBe(42);
  });

  it('abort() stops everything; the report of it ends the dispense', async () => {
    const seen = pour();
    await run(100);
    dispenser.abort();
    await run(50);
    expect(fake.count('stop')).toBe(1);
    expect(seen.outcome).toBeNull();
    report('interrupted', { pulses: 20 });
    await run(50);
    expect(seen.outcome).toBe('DISPENSE_INTERRUPTED');
  });

  it('without a board nothing is sent and no id is used up', async () => {
    fake.unplug();
    const seen = pour();
    await run(50);
    expect(seen.outcome).toBe('BOARD_NOT_CONNECTED');
    expect(lastId).toBe(40);
  });
});

describe('a lost link', () => {
  async function unplugFor(ms: number): Promise<void> {
    fake.unplug();
    await clock.advanceAsync(ms);
    fake.plugged = true;
    for (let waitedMs = 0; !link.ready && waitedMs < 2100; waitedMs += 50) await clock.advanceAsync(50);
    expect(link.ready).toBe(true);
  }

  it('in the middle: after the reconnection the board is asked, not told again', async () => {
    const seen = pour();
    await run(1000);
    report('running', { pulses: 300 });
    await unplugFor(1000);
    expect(fake.last('queryDispense')).toEqual({ name: 'queryDispense', dispenseId: 41 });
    report('notRenewed', { pulses: 310 });
    await run(50);
    expect(seen.outcome).toBe('DISPENSE_INTERRUPTED');
    expect(fake.count('dispenseWater')).toBe(1);
  });

  it('after the end: the query brings the outcome', async () => {
    const seen = pour();
    await run(1000);
    await unplugFor(500);
    report('done', { pulses: 882 });
    await run(50);
    expect(seen.outcome).toBe(150);
  });

  it('a board that lost its supply knows nothing: failed, never repeated', async () => {
    const seen = pour();
    await run(1000);
    await unplugFor(500);
    report('idle');
    await run(50);
    expect(seen.outcome).toBe('DISPENSE_INTERRUPTED');
    expect(fake.count('dispenseWater')).toBe(1);
  });

  it('unanswered: the same frame three times, then the question; the outcome decides', async () => {
    fake.answer = () => null;
    const seen = pour();
    await run(600);
    const sent = fake.heard.filter(({ message }) => message.name === 'dispenseWater');
    expect(sent).toHaveLength(3);
    expect(new Set(sent.map(({ seq }) => seq)).size).toBe(1);
    expect(fake.count('queryDispense')).toBeGreaterThan(0);
    expect(seen.outcome).toBeNull();
    report('idle');
    await run(50);
    expect(seen.outcome).toBe('DISPENSE_INTERRUPTED');
  });

  it('a board that stays away ends it with BOARD_NOT_CONNECTED', async () => {
    const seen = pour();
    await run(1000);
    fake.unplug();
    await clock.advanceAsync(25_000);
    expect(seen.outcome).toBeNull();
    await clock.advanceAsync(2000);
    expect(seen.outcome).toBe('BOARD_NOT_CONNECTED');
  });

  it('a board that never reports an end is asked, then stopped', async () => {
    const seen = pour();
    // 18.75 s time cap and 8 s of grace.
    await run(26_700);
    expect(fake.count('queryDispense')).toBeGreaterThan(50);
    expect(fake.count('stop')).toBe(0);
    await run(400);
    expect(seen.outcome).toBe('DISPENSE_TIMEOUT');
    expect(fake.count('stop')).toBe(1);
  });
});

describe('snacks', () => {
  it('resolve when the drop was seen and fail when not', async () => {
    const first = watch(dispenser.dispenseSnack());
    await run(100);
    expect(fake.last('dispenseSnack')).toEqual({ name: 'dispenseSnack', dispenseId: 41 });
    report('done', { kind: 'snack' });
    await run(50);
    expect(first.outcome).toBe('done');
    const second = watch(dispenser.dispenseSnack());
    await run(100);
    report('notDropped', { kind: 'snack', dispenseId: 42 });
    await run(50);
    expect(second.outcome).toBe('SNACK_NOT_DROPPED');
  });
});
