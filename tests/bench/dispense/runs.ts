import { z } from 'zod';
import { quantile } from '../measure.ts';
import type { Program } from './program.ts';

export interface FillFigures {
  fills: number;
  /** Pulses beyond or short of the target, run-on included. */
  worstPulses: number;
  p99Pulses: number;
  /** Of the fills of 200 mL, against the volume really given. */
  worstVolumePercent: number;
}

/** `units` 1: a single valve that wears from 20 to 100 ms; more: as many valves between 20 and 100 ms. */
export async function runFills(
  program: Program,
  pulsesPerLitre: number,
  units: number,
  fillsEach: number,
  seed: number,
): Promise<FillFigures> {
  const lines = (await program.run([pulsesPerLitre, units, fillsEach, seed])).trim().split('\n');
  const rows = lines.map((line) => line.split(' ').map(Number));
  const errors = rows.map(([pulses = Number.NaN]) => Math.abs(pulses));
  const volumes = rows
    .filter(([, askedMl]) => askedMl === 200)
    .map(([, askedMl = 0, givenMl = 0]) => Math.abs(givenMl - askedMl) / askedMl);
  return {
    fills: rows.length,
    worstPulses: Math.max(...errors),
    p99Pulses: quantile(errors, 0.99),
    worstVolumePercent: Math.max(...volumes) * 100,
  };
}

const faultNames = [
  'portions',
  'done',
  'failed',
  /** The valve opened twice for one id. */
  'doubleDispenses',
  /** Told done with an eighth or more of the water missing. */
  'falseDone',
  /** The board never told how it ended. */
  'withoutOutcome',
  /** Milliseconds with the valve open where it must not be. */
  'unsafeValveMs',
  /** Water ran at a closed valve and no flag said so. */
  'unseenFlow',
] as const;
export type FaultFigures = Record<(typeof faultNames)[number], number>;

const countsSchema = z.array(z.number().int()).length(faultNames.length);

/** Runs number `seed` to `seed + runs - 1`, three portions each. */
export async function runFaults(program: Program, runs: number, seed: number): Promise<FaultFigures> {
  const counts = countsSchema.parse((await program.run([runs, seed])).trim().split(' ').map(Number));
  const of = (name: (typeof faultNames)[number]) => counts[faultNames.indexOf(name)] ?? Number.NaN;
  return {
    portions: of('portions'),
    done: of('done'),
    failed: of('failed'),
    doubleDispenses: of('doubleDispenses'),
    falseDone: of('falseDone'),
    withoutOutcome: of('withoutOutcome'),
    unsafeValveMs: of('unsafeValveMs'),
    unseenFlow: of('unseenFlow'),
  };
}
