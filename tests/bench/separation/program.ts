import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { firmwareSources } from '../../firmware-bridge/firmware/c-program.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const firmware = fileURLToPath(new URL('../../../firmware-bridge/firmware/', import.meta.url));

const outcomeSchema = z.strictObject({
  noContact: z.number(),
  stood: z.number(),
  unavoidable: z.number(),
  outsideAhead: z.number(),
  outsideFlank: z.number(),
  frozenSensor: z.number(),
  violations: z.number(),
  firstViolation: z.number(),
  metres: z.number(),
  seconds: z.number(),
  failing: z.number(),
  brakingMmS2: z.number(),
  brakingDelayMs: z.number(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

export interface Variant {
  /** `capped`: the firmware as it is; `uncapped`: its cap taken out, so that only the protective stop at `marginMm` acts. */
  speed: 'capped' | 'uncapped';
  marginMm: number;
  topMmS: number;
}

export interface Separation {
  /** Runs the scenarios seed … seed + scenarios - 1; with `stopEarly` not beyond the first violation. */
  run(seed: number, scenarios: number, variant: Variant, stopEarly?: boolean): Promise<Outcome>;
  dispose(): void;
}

/** The firmware's own safety functions, compiled for this machine together with corridor, people, wheels and sensors. */
export function buildSeparation(): Separation {
  const folder = mkdtempSync(join(tmpdir(), 'letan-separation-'));
  const program = join(folder, 'separation');
  const own = readdirSync(here).filter((file) => file.endsWith('.c'));
  const sources = [
    ...own.map((file) => join(here, file)),
    // The output gate belongs to interrupts, which this plant has none of.
    ...firmwareSources('safety').filter((file) => !file.endsWith('/gate.c')),
    ...firmwareSources('link/generated'),
    join(firmware, 'link/codec.c'),
  ];
  const flags = ['-std=c11', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', '-Werror', `-I${firmware}`, '-Wl,--wrap=free_distance_cap'];
  execFileSync('gcc', [...flags, ...sources, '-lm', '-o', program], { encoding: 'utf8' });
  return {
    run: async (seed, scenarios, { speed, marginMm, topMmS }, stopEarly = false) => {
      const words = [seed, scenarios, marginMm, topMmS, speed, ...(stopEarly ? ['stop'] : [])].map(String);
      const { stdout } = await promisify(execFile)(program, words);
      return outcomeSchema.parse(JSON.parse(stdout));
    },
    dispose: () => rmSync(folder, { recursive: true }),
  };
}
