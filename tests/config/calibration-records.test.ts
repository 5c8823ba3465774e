import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CalibrationRecords } from '../../config/calibration-records.ts';
import { loadConfig } from '../../config/load.ts';
import { LetanError } from '../../src/core/errors.ts';

const first = Date.UTC(2026, 2, 1, 8, 30, 0);
const minute = 60_000;
let folder: string;
let records: CalibrationRecords;
const file = () => join(folder, 'robots', 'simulated.yaml');
const text = () => readFileSync(file(), 'utf8');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letan-calibration-'));
  for (const room of ['robots', 'sites', 'papers']) cpSync(join('config', room), join(folder, room), { recursive: true });
  rmSync(join(folder, 'robots', 'simulated.history'), { recursive: true, force: true });
  records = new CalibrationRecords(folder, 'simulated');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof LetanError ? error.code : String(error);
  }
  return 'nothing was thrown';
}

test('only the numbers change: every comment, blank and order stays', () => {
  const before = text();
  records.apply({ by: 'wheels', values: { pulsesPerMetreLeft: 1896, trackWidthMm: 401.4 }, measured: ['x 12 mm'] }, first);
  const expected = before
    .replace('pulsesPerMetreLeft: 1910', 'pulsesPerMetreLeft: 1896')
    .replace('trackWidthMm: 400', 'trackWidthMm: 401.4');
  expect(text()).toBe(expected);
  expect(text()).toContain('# ');
  expect(loadConfig(folder, 'simulated').robot.calibration).toMatchObject({ pulsesPerMetreLeft: 1896, trackWidthMm: 401.4 });
  expect(readdirSync(join(folder, 'robots')).filter((name) => name.endsWith('.new'))).toEqual([]);
});

test('the history tells when, by what, from what to what, and what was measured', () => {
  const { speedCapMmS } = records.current();
  records.apply({ by: 'braking', values: { speedCapMmS: 350 }, measured: ['150 mm/s: 31 mm'] }, first);
  expect(readdirSync(join(folder, 'robots', 'simulated.history'))).toEqual(['2026-03-01T08-30-00.000Z-braking.yaml']);
  expect(records.history()).toEqual([
    {
      at: '2026-03-01T08:30:00.000Z',
      by: 'braking',
      before: { speedCapMmS },
      after: { speedCapMmS: 350 },
      measured: ['150 mm/s: 31 mm'],
    },
  ]);
});

test('undo takes back one change after the other, and no more', () => {
  const shipped = text();
  records.apply({ by: 'wheels', values: { trackWidthMm: 401 }, measured: [] }, first);
  const afterWheels = text();
  records.apply({ by: 'braking', values: { brakingMmS2: 650, brakingDelayMs: 95 }, measured: [] }, first + minute);
  expect(records.undo(first + 2 * minute)).toMatchObject({ by: 'undo', undoes: '2026-03-01T08:31:00.000Z' });
  expect(text()).toBe(afterWheels);
  records.undo(first + 3 * minute);
  expect(text()).toBe(shipped);
  expect(codeOf(() => records.undo(first + 4 * minute))).toBe('CALIBRATION_CHANGED');
  expect(records.history().map(({ by }) => by)).toEqual(['wheels', 'braking', 'undo', 'undo']);
});

test('a value edited by hand since is not lost unless that is wanted', () => {
  const { trackWidthMm } = records.current();
  records.apply({ by: 'wheels', values: { trackWidthMm: 401 }, measured: [] }, first);
  writeFileSync(file(), text().replace('trackWidthMm: 401', 'trackWidthMm: 405'));
  expect(codeOf(() => records.undo(first + minute))).toBe('CALIBRATION_CHANGED');
  expect(records.current().trackWidthMm).toBe(405);
  records.undo(first + minute, { force: true });
  expect(records.current().trackWidthMm).toBe(trackWidthMm);
});

test('a power cut between history and robot file: undo finds the old values and is content', () => {
  const shipped = text();
  records.apply({ by: 'wheels', values: { trackWidthMm: 401 }, measured: [] }, first);
  writeFileSync(file(), shipped);
  records.undo(first + minute);
  expect(text()).toBe(shipped);
});

test.each([{ trackWidthMm: 40 }, { brakingDelayMs: 12.5 }, { frontLeftOffsetMm: 201 }])(
  '%j is out of range: nothing is written',
  (values) => {
    const before = text();
    expect(codeOf(() => records.apply({ by: 'wheels', values, measured: [] }, first))).toBe('CALIBRATION_IMPLAUSIBLE');
    expect(text()).toBe(before);
    expect(records.history()).toEqual([]);
  },
);

test('a robot file or a history entry that is no good is named', () => {
  records.apply({ by: 'wheels', values: { trackWidthMm: 401 }, measured: [] }, first);
  writeFileSync(join(folder, 'robots', 'simulated.history', '2026-03-01T08-40-00.000Z-wheels.yaml'), 'by: 7\n');
  expect(() => records.history()).toThrow(/08-40-00.000Z-wheels.yaml/);
  writeFileSync(file(), text().replace('site: cua-nam', 'stie: cua-nam'));
  expect(codeOf(() => records.current())).toBe('CONFIG_INVALID');
});

describe("the touch panel's matrix", () => {
  const matrix = [-1.04, 0, 1.02, 0, 0.98, 0.01];
  const written = '[-1.04, 0, 1.02, 0, 0.98, 0.01]';
  const withPanel = (yaml: string) => writeFileSync(file(), text().replace(/^qrScanner:/m, `${yaml}\nqrScanner:`));
  const change = { by: 'touchscreen', values: { touchMatrix: matrix }, measured: [] };

  test.each([
    ['an empty mapping', 'touchscreen: {}', `touchscreen: { calibration: ${written} }`],
    [
      'a mapping in one line',
      "touchscreen: { vendorId: '222a' } # glass",
      `touchscreen: { vendorId: '222a', calibration: ${written} } # glass`,
    ],
    [
      'a mapping of lines',
      "touchscreen:\n    vendorId: '222a' # glass\n    productId: '0001' # more",
      `touchscreen:\n    vendorId: '222a' # glass\n    productId: '0001' # more\n    calibration: ${written}`,
    ],
    ['one that has a matrix', 'touchscreen: { calibration: [1, 0, 0,  0, 1, 0] } # old', `touchscreen: { calibration: ${written} } # old`],
  ])('goes into %s, and undo takes its effect back', (_, before, after) => {
    withPanel(before);
    const original = text();
    const entry = records.apply(change, first);
    expect(text()).toBe(original.replace(before, after));
    expect(entry).toMatchObject({ before: { touchMatrix: [1, 0, 0, 0, 1, 0] }, after: { touchMatrix: matrix } });
    expect(loadConfig(folder, 'simulated').robot.touchscreen?.calibration).toEqual(matrix);
    expect(records.history()).toEqual([entry]);
    records.undo(first + minute);
    expect(records.current().touchMatrix).toEqual([1, 0, 0, 0, 1, 0]);
    expect(records.undoable()).toBeNull();
  });

  test('edited by hand since, it is not lost unless that is wanted', () => {
    withPanel('touchscreen: {}');
    records.apply(change, first);
    writeFileSync(file(), text().replace(written, '[1, 0, 0, 0, 1, 0.5]'));
    expect(codeOf(() => records.undo(first + minute))).toBe('CALIBRATION_CHANGED');
    records.undo(first + minute, { force: true });
    expect(records.current().touchMatrix).toEqual([1, 0, 0, 0, 1, 0]);
  });

  test('is refused without a panel in the file, with other than six numbers, and out of range', () => {
    const original = text();
    expect(codeOf(() => records.apply(change, first))).toBe('CONFIG_INVALID');
    withPanel('touchscreen: {}');
    for (const touchMatrix of [
      [1, 0, 0],
      [11, 0, 0, 0, 1, 0],
    ]) {
      expect(codeOf(() => records.apply({ ...change, values: { touchMatrix } }, first))).toBe('CALIBRATION_IMPLAUSIBLE');
    }
    expect(text().replace('touchscreen: {}\n', '')).toBe(original);
    expect(records.history()).toEqual([]);
  });
});
