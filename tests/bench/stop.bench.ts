import { fileURLToPath } from 'node:url';
import type { Bench, Figure } from './bench.ts';
import { firmwareImage } from './firmware-image.ts';
import { machineConditions, quantile } from './measure.ts';
import { type LinkTraffic, recordLoad } from './stop/load.ts';
import { drawHistograms, savePicture } from './stop/picture.ts';
import { hostReflexMs } from './stop/reflex/reflex.ts';
import { Simavr } from './stop/simavr.ts';
import { allPhases, type StopPin, stopPinNames, sweep, sweepUntilCycle } from './stop/sweep.ts';

const pictures = fileURLToPath(new URL('../../run/bench', import.meta.url));
const hostReflexHits = 300;
const cyclesPerUs = 16;

interface Sweep {
  name: string;
  traffic: LinkTraffic;
  crowded: boolean;
}

const sweeps: readonly Sweep[] = [
  { name: 'realistic link', traffic: 'realistic', crowded: false },
  { name: 'flooded link', traffic: 'flood', crowded: false },
  { name: 'flooded, edges crowded', traffic: 'flood', crowded: true },
];

interface Measured extends Sweep {
  here: number[];
  there: number[];
  /** Trials in which one pin took longer than another. */
  unequal: number;
}

const all = (found: Record<StopPin, number[]>): number[] => stopPinNames.flatMap((pin) => found[pin]);
const unequalTrials = (found: Record<StopPin, number[]>): number =>
  found['e-stop'].filter((cycles, trial) => stopPinNames.some((pin) => found[pin][trial] !== cycles)).length;

async function measure(flash: Uint8Array): Promise<Measured[]> {
  const simavr = new Simavr(flash);
  try {
    const measured: Measured[] = [];
    for (const plan of sweeps) {
      const load = recordLoad(flash, plan.traffic, sweepUntilCycle);
      const trials = allPhases(plan.crowded);
      const there = simavr.sweep(load, trials); // another process: both run at once
      const here = sweep(flash, load, trials, stopPinNames);
      measured.push({ ...plan, here: all(here), there: all(await there), unequal: unequalTrials(here) });
    }
    return measured;
  } finally {
    simavr.remove();
  }
}

/** Too many for the arguments of Math.max. */
const most = (values: readonly number[]): number => values.reduce((found, value) => Math.max(found, value), 0);

const atMost = (value: number) => ({ op: '<=', value }) as const;
const atLeast = (value: number) => ({ op: '>=', value }) as const;

/** A crowded sweep puts three interrupts in front of every stop on purpose: it is there for the worst case, its median means nothing. */
function figuresOf({ name, here, there, crowded }: Measured): Figure[] {
  const medians: Figure[] = [
    { name: `${name}, median`, value: quantile(here, 0.5), unit: 'cycles', goal: atMost(48) },
    { name: `${name}, median in simavr`, value: quantile(there, 0.5), unit: 'cycles', goal: atMost(48) },
  ];
  return [
    ...(crowded ? [] : medians),
    { name: `${name}, p99`, value: quantile(here, 0.99), unit: 'cycles', goal: null },
    { name: `${name}, worst`, value: most(here), unit: 'cycles', goal: atMost(160) },
    { name: `${name}, worst in simavr`, value: most(there), unit: 'cycles', goal: atMost(160) },
  ];
}

function agreement(measured: readonly Measured[]): Figure[] {
  const worst = (side: 'here' | 'there') => Math.max(...measured.map((entry) => most(entry[side])));
  const medians = measured.map(({ here, there }) => Math.abs(quantile(here, 0.5) - quantile(there, 0.5)));
  return [
    { name: 'emulators differ, medians', value: Math.max(...medians), unit: 'cycles', goal: atMost(10) },
    { name: 'emulators differ, worst of all', value: Math.abs(worst('here') - worst('there')), unit: 'cycles', goal: atMost(10) },
  ];
}

function comparison(measured: readonly Measured[], hostMs: readonly number[]): Figure[] {
  const uncrowded = measured.filter(({ crowded }) => !crowded);
  const medianUs = Math.max(...uncrowded.map(({ here }) => quantile(here, 0.5))) / cyclesPerUs;
  const worstUs = Math.max(...measured.map(({ here, there }) => Math.max(most(here), most(there)))) / cyclesPerUs;
  const hostMedianUs = quantile(hostMs, 0.5) * 1000;
  const hostWorstUs = quantile(hostMs, 1) * 1000;
  return [
    { name: 'median', value: medianUs, unit: 'us', goal: null },
    { name: 'worst, either emulator', value: worstUs, unit: 'us', goal: atMost(10) },
    { name: 'johnny-five, median', value: hostMedianUs / 1000, unit: 'ms', goal: null },
    { name: 'johnny-five, worst', value: hostWorstUs / 1000, unit: 'ms', goal: null },
    { name: 'johnny-five / firmware, medians', value: hostMedianUs / medianUs, unit: 'x', goal: atLeast(2000) },
    { name: 'johnny-five / firmware, worst', value: hostWorstUs / worstUs, unit: 'x', goal: atLeast(1000) },
  ];
}

async function draw(measured: readonly Measured[], hostMs: readonly number[]): Promise<void> {
  const inUs = (side: 'here' | 'there') => measured.flatMap((entry) => entry[side].map((cycles) => cycles / cyclesPerUs));
  const svg = drawHistograms('Contact opens: how long until the motors are without power', [
    { name: 'firmware, emulator of this repository', colour: '#1565c0', values: inUs('here') },
    { name: 'firmware, simavr', colour: '#00838f', values: inUs('there') },
    { name: 'johnny-five on the host', colour: '#ef6c00', values: hostMs.map((ms) => ms * 1000) },
  ]);
  await savePicture(pictures, 'stop', svg);
}

const bench: Bench = {
  name: 'stop',
  async run({ hex }) {
    const { flash, name } = firmwareImage(hex);
    const measured = await measure(flash);
    const hostMs = await hostReflexMs(hostReflexHits);
    await draw(measured, hostMs);
    const unequal = measured.reduce((sum, entry) => sum + entry.unequal, 0);
    return {
      conditions: {
        ...machineConditions(),
        firmware: name,
        trials: `${measured.reduce((sum, { here }) => sum + here.length, 0)} in each emulator: ${sweeps.length} sweeps x 16000 phases x 4 pins`,
        phases: 'each cycle of the 1 ms tick once, 16 a tick, in 1000 ticks running; all four pins at the same moment',
        'pins alike': unequal === 0 ? 'in every trial' : `not in ${unequal} trials`,
        motion: '600 mm/s, 1146 encoder pulses/s a wheel, TFmini frames at 100 Hz on both USARTs, 98 flow pulses/s, Firmata client',
        'realistic link': 'heartbeat every 25 ms, drive every 40 ms, state every 50 ms, analog reports every 10 ms',
        'flooded link': 'host line without a pause at 250000 baud: drive, heartbeat and query frames, all answered',
        'edges crowded': 'an edge of both encoders and of the flow meter 1 to 96 cycles before the stop',
        'off means': 'bridge enable low and both PWM pins disconnected and low, whichever is last, end of the instruction',
        corrections: 'interrupt entry 5 cycles, 4 more out of sleep, in both emulators; not modelled: pin synchroniser (+1 to 2 cycles)',
        'johnny-five': `Button -> motor.stop(), ${hostMs.length} hits, Firmata-only program at 115200 baud, own process over a pseudo-terminal; emulated ms, this machine's scheduling included`,
        picture: 'run/bench/stop.svg, stop.png',
      },
      figures: [...measured.flatMap(figuresOf), ...agreement(measured), ...comparison(measured, hostMs)],
    };
  },
};
export default bench;
