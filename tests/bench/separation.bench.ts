import type { Bench } from './bench.ts';
import { buildSeparation, type Outcome, type Separation, type Variant } from './separation/program.ts';

const topMmS = 500;
const firmware: Variant = { speed: 'capped', marginMm: 500, topMmS };
const fixedAt = (marginMm: number): Variant => ({ speed: 'uncapped', marginMm, topMmS });
/** Stop distances that are tried, in mm. */
const finestMm = 50;
const coarsestMm = 200;
const farthestMm = 2000;

/** `SEPARATION_SEED=n SEPARATION_SCENARIOS=1` repeats one scenario. */
const fromEnvironment = (name: string, otherwise: number): number => {
  const value = Number(process.env[name] ?? otherwise);
  if (!Number.isInteger(value) || value < 0) throw new RangeError(`${name} must be a whole number`);
  return value;
};

interface Course {
  seed: number;
  scenarios: number;
}

/** Both halves at once. */
async function run(separation: Separation, { seed, scenarios }: Course, variant: Variant, stopEarly = false): Promise<Outcome> {
  const half = Math.ceil(scenarios / 2);
  const [first, second] = await Promise.all([
    separation.run(seed, half, variant, stopEarly),
    separation.run(seed + half, scenarios - half, variant, stopEarly),
  ]);
  const sum = { ...first };
  const added = [
    'noContact',
    'stood',
    'unavoidable',
    'outsideAhead',
    'outsideFlank',
    'frozenSensor',
    'violations',
    'metres',
    'seconds',
    'failing',
  ] as const;
  for (const key of added) sum[key] += second[key];
  if (first.violations === 0) sum.firstViolation = second.firstViolation;
  return sum;
}

/**
 * The smallest stop distance without a violation; null when not even the farthest is enough. From below, because a distance that
 * is too small is soon found out.
 */
async function smallestFixedMm(separation: Separation, course: Course): Promise<number | null> {
  const safe = async (marginMm: number) => (await run(separation, course, fixedAt(marginMm), true)).violations === 0;
  let coarseMm = firmware.marginMm;
  while (!(await safe(coarseMm))) {
    coarseMm += coarsestMm;
    if (coarseMm > farthestMm) return null;
  }
  for (let fineMm = coarseMm - coarsestMm + finestMm; fineMm < coarseMm; fineMm += finestMm) if (await safe(fineMm)) return fineMm;
  return coarseMm;
}

const meanMmS = ({ metres, seconds }: Outcome) => (metres * 1000) / seconds;

const bench: Bench = {
  name: 'separation',
  run: async () => {
    const course = { seed: fromEnvironment('SEPARATION_SEED', 1), scenarios: fromEnvironment('SEPARATION_SCENARIOS', 10_000) };
    const separation = buildSeparation();
    try {
      const startedMs = performance.now();
      const own = await run(separation, course, firmware);
      const tookS = (performance.now() - startedMs) / 1000;
      const ignored = await run(separation, { ...course, scenarios: Math.min(300, course.scenarios) }, fixedAt(firmware.marginMm));
      const fixedMm = await smallestFixedMm(separation, course);
      const fixed = fixedMm === null ? null : await run(separation, course, fixedAt(fixedMm));
      const count = (name: string, value: number) => ({ name, value, unit: 'contacts', goal: null });
      return {
        conditions: {
          firmware: 'its C safety functions compiled for this machine, one call a millisecond',
          scenarios: `${course.scenarios}, seeds from ${course.seed}; first violation: ${own.violations > 0 ? own.firstViolation : 'none'}`,
          course: `straight on for 10 m at ${topMmS} mm/s in a corridor with pillars and up to four people, at most 40 s`,
          people: 'discs of 220 mm that never give way: towards, crossing, pausing, standing, out from behind pillars, 0.3-1.6 m/s',
          robot: 'disc of 250 mm, motor lag 80 ms; margin 500 mm, resume 700 mm',
          braking: `measured here: ${own.brakingMmS2.toFixed(0)} mm/s2 after ${own.brakingDelayMs.toFixed(0)} ms`,
          sensors: 'two beams of 2.3 degrees, 4 degrees outwards, every 10 ms; noise 5 mm, bias 10 mm, whole cm',
          failures: `in ${own.failing} runs one sensor goes silent, sends damaged, weak, blinded or empty frames, or repeats its last one`,
          'physics allowed a stop':
            'the same robot, told to stop 11 ms (sensor period and tick) after the person was what a beam measures, stands before contact; who begins to walk in view, or slips in at the distance of another thing, may take 100 ms more to tell',
          moving: 'faster than 5 mm/s, one encoder pulse in 100 ms',
          'outside both beams': 'in neither beam when braking had to begin nor after; ahead or more than 60 degrees aside',
          'frozen sensor': 'in view only of a sensor that repeats its last frame, for which 300 mm of travel are needed to tell',
          'fixed stop': 'the same firmware without the cap: 500 mm/s until the protective stop, resumes 200 mm farther',
          'not modelled': 'legs instead of discs, glass, dark cloth; curves; a robot pushed; people who look out',
        },
        figures: [
          { name: 'moving at contact where physics allowed a stop', value: own.violations, unit: 'contacts', goal: { op: '<=', value: 0 } },
          count('person walked into the standing robot', own.stood),
          count('no stop was possible any more', own.unavoidable),
          count('outside both beams, ahead', own.outsideAhead),
          count('outside both beams, aside', own.outsideFlank),
          count('seen by a frozen sensor only', own.frozenSensor),
          {
            name: 'the same with the cap ignored, 300 scenarios',
            value: ignored.violations,
            unit: 'contacts',
            goal: { op: '>=', value: 1 },
          },
          { name: 'mean travel speed', value: meanMmS(own), unit: 'mm/s', goal: null },
          { name: 'smallest fixed stop distance with no such contact', value: fixedMm ?? Number.NaN, unit: 'mm', goal: null },
          { name: 'mean travel speed with it', value: fixed ? meanMmS(fixed) : Number.NaN, unit: 'mm/s', goal: null },
          { name: 'mean speed / with fixed stop', value: fixed ? meanMmS(own) / meanMmS(fixed) : Number.NaN, unit: 'times', goal: null },
          { name: 'time for the scenarios', value: tookS, unit: 's', goal: { op: '<=', value: 180 } },
        ],
      };
    } finally {
      separation.dispose();
    }
  },
};

export default bench;
