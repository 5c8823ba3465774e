import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { buildProgram, type Program } from '../../bench/dispense/program.ts';
import { type FaultFigures, runFaults, runFills } from '../../bench/dispense/runs.ts';

const firmware = fileURLToPath(new URL('../../../firmware-bridge/firmware/', import.meta.url));
const runs = 2000;

/** What `use` gives of the program built around the firmware with `edits` in it: file of safety/, what stands there, what shall. */
async function withFirmware<T>(
  name: 'fills' | 'faults',
  edits: readonly (readonly [file: string, from: string, to: string])[],
  use: (program: Program) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'letan-firmware-'));
  try {
    cpSync(firmware, folder, { recursive: true, filter: (path) => !path.includes('/proof') });
    for (const [file, from, to] of edits) {
      const path = join(folder, 'safety', file);
      const source = readFileSync(path, 'utf8');
      if (!source.includes(from)) throw new Error(`${file} has no ${from}`);
      writeFileSync(path, source.replace(from, to));
    }
    const program = await buildProgram(name, `${folder}/`);
    try {
      return await use(program);
    } finally {
      program.remove();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const fills = (program: Program) => runFills(program, 5880, 4, 50, 3);
const faults = (program: Program, count = runs) => runFaults(program, count, 1);

test('after ten learning fills 200 fills end within a pulse, and 200 mL within 1 %', { timeout: 60_000 }, async () => {
  const figures = await withFirmware('fills', [], fills);
  expect(figures.fills).toBe(200);
  expect(figures.worstPulses).toBeLessThanOrEqual(1);
  expect(figures.worstVolumePercent).toBeLessThan(1);
});

test('a firmware that learns nothing is caught', { timeout: 60_000 }, async () => {
  const figures = await withFirmware('fills', [['over_run.c', 'closing_100us + step', 'closing_100us']], fills);
  expect(figures.worstPulses).toBeGreaterThan(1);
});

test('2,000 runs with faults: nothing served twice, nothing silently failed, the valve never open where it must not be', {
  timeout: 60_000,
}, async () => {
  const figures = await withFirmware('faults', [], (program) => faults(program));
  expect(figures).toMatchObject({
    portions: 3 * runs,
    doubleDispenses: 0,
    falseDone: 0,
    withoutOutcome: 0,
    unsafeValveMs: 0,
    unseenFlow: 0,
  });
  // Faults hit about half; the others are given.
  expect(figures.done).toBeGreaterThan(runs);
  expect(figures.failed).toBeGreaterThan(runs);
  expect(figures.done + figures.failed).toBe(figures.portions);
});

/** With as many runs as it takes. */
const broken: readonly [keyof FaultFigures, string, number, Parameters<typeof withFirmware>[1]][] = [
  [
    'doubleDispenses',
    'ids are not looked up',
    500,
    [['dispenser.c', 'if (!known) return dispense_id > dispenser->history->newestId ?', 'if (known || !known) return dispense_id > 0 ?']],
  ],
  [
    'falseDone',
    'a flow that ends counts as done',
    500,
    [
      ['water.c', 'water_close(water, DISPENSE_RESULT_NO_FLOW)', 'water_close(water, DISPENSE_RESULT_DONE)'],
      ['water.c', '? DISPENSE_RESULT_NO_FLOW :', '? DISPENSE_RESULT_DONE :'],
    ],
  ],
  [
    'withoutOutcome',
    'a portion waits for ever for its run-on',
    20,
    [['water.c', 'water->silentMs < RUN_ON_QUIET_MS', 'water->silentMs < 60000u']],
  ],
  ['unsafeValveMs', 'the cup is not looked for', 100, [['water.c', 'return in->cupPresent ?', 'return in->cupPresent || !in->leak ?']]],
  ['unsafeValveMs', 'the host need not be alive', 100, [['supervisor.c', 'supervisor->heartbeatAgeMs >= DISPENSE_RENEWAL_MS', 'false']]],
  [
    'unseenFlow',
    'flow at a closed valve is not told',
    2000,
    [['flow_watch.c', 'watch->strays >= FLOW_STRAY_PULSES', 'watch->strays > FLOW_STRAY_PULSES']],
  ],
];

test.each(broken)('%s catches: %s', { timeout: 60_000 }, async (figure, _what, count, edits) => {
  const figures = await withFirmware('faults', edits, (program) => faults(program, count));
  expect(figures[figure]).toBeGreaterThan(0);
});
