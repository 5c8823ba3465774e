import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CalibrationRecords } from '../../../config/calibration-records.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { diffLines, historyLines, offer } from '../../../src/technician/calibrate/changes.ts';
import type { Dialogue } from '../../../src/technician/calibrate/dialogue.ts';

let folder: string;
let records: CalibrationRecords;
const clock = new SimulatedClock(Date.UTC(2026, 2, 1, 8, 30, 0));
const told: string[] = [];

beforeEach(() => {
  told.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'letan-changes-'));
  cpSync(join('config', 'robots', 'simulated.yaml'), join(folder, 'robots', 'simulated.yaml'), { recursive: true });
  records = new CalibrationRecords(folder, 'simulated');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const dialogue = (answer: boolean): Dialogue => ({
  tell: (text) => void told.push(text),
  ready: () => Promise.resolve(),
  number: () => Promise.resolve(0),
  confirm: (step) => {
    told.push(step);
    return Promise.resolve(answer);
  },
});
const proposal = () => ({ by: 'wheels' as const, values: { trackWidthMm: records.current().trackWidthMm + 2 }, measured: [] });

test('asks before it writes, and a no writes nothing', async () => {
  expect(await offer(dialogue(false), records, clock, proposal())).toBeNull();
  expect(records.history()).toEqual([]);
  expect(told.at(-1)).toBe('Nothing was written.');
  expect(told[0]).toMatch(/trackWidthMm +400 -> 402 mm {2}\(\+0\.50 %\)/);
});

test('a yes writes; the same again changes nothing and is not asked for', async () => {
  const { values } = proposal();
  expect(await offer(dialogue(true), records, clock, { by: 'wheels', values, measured: [] })).toMatchObject({ after: values });
  told.length = 0;
  expect(await offer(dialogue(true), records, clock, { by: 'wheels', values, measured: [] })).toBeNull();
  expect(told).not.toContain('write');
  expect(records.history()).toHaveLength(1);
});

test('the difference of a value that was zero has no percentage', () => {
  expect(diffLines({ frontLeftOffsetMm: 0, brakingDelayMs: 90 }, { frontLeftOffsetMm: -62, brakingDelayMs: 81 })).toEqual([
    '  brakingDelayMs       90 -> 81 ms  (-10.00 %)',
    '  frontLeftOffsetMm    0 -> -62 mm',
  ]);
});

test('the history is told newest first, with what was undone', async () => {
  await offer(dialogue(true), records, clock, proposal());
  records.undo(clock.nowMs() + 60_000);
  const lines = historyLines(records.history());
  expect(lines[0]).toBe('2026-03-01T08:31:00.000Z  undo of 2026-03-01T08:30:00.000Z');
  expect(lines[2]).toBe('2026-03-01T08:30:00.000Z  wheels  (undone)');
  expect(historyLines([])).toEqual(['No calibration was changed yet.']);
});

test('a matrix is told as six numbers, without unit and share', () => {
  const lines = diffLines({ touchMatrix: [1, 0, 0, 0, 1, 0] }, { touchMatrix: [-1.04, 0, 1, 0, 1, 0] });
  expect(lines).toEqual(['  touchMatrix          1 0 0 0 1 0 -> -1.04 0 1 0 1 0']);
});
