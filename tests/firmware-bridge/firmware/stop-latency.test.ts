import { expect, test } from 'vitest';
import { firmwareImage } from '../../bench/firmware-image.ts';
import { recordLoad } from '../../bench/stop/load.ts';
import { allPhases, stopPinNames, sweep } from '../../bench/stop/sweep.ts';

/**
 * Part of what `npm run bench -- stop` sweeps: cycles are the same in every run, so a limit on them is no timing assertion. Limits of
 * their own, not the firmware's constants: 10 us at the worst and 3 us in the middle, of a clock of 16 MHz.
 */
const worstCycles = 160;
const medianCycles = 48;
const trials = 240;
const { flash } = firmwareImage(null);
const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);

test.each([
  ['a realistic link', 'realistic', false],
  ['a flooded link', 'flood', false],
  ['a flooded link and other edges just before', 'flood', true],
] as const)('e-stop, bumpers and cliff cut the motors in time at spread phases of the tick: %s', (_, traffic, crowded) => {
  const phases = allPhases(crowded).slice(0, trials);
  const untilCycle = (phases.at(-1)?.at ?? 0) + 16_000;
  const found = sweep(flash, recordLoad(flash, traffic, untilCycle), phases, stopPinNames);
  for (const pin of stopPinNames) {
    expect(found[pin]).toHaveLength(trials);
    const cycles = sorted(found[pin]);
    // Entry alone takes 5 cycles and the jump of the vector 3: less would mean that the motors were off before.
    expect(cycles[0]).toBeGreaterThan(8);
    expect(cycles.at(-1)).toBeLessThanOrEqual(worstCycles);
    if (!crowded) expect(cycles[trials / 2]).toBeLessThanOrEqual(medianCycles);
  }
});
