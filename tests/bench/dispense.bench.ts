import type { Bench, BenchResult, Figure } from './bench.ts';
import { buildProgram } from './dispense/program.ts';
import { type FaultFigures, type FillFigures, runFaults, runFills } from './dispense/runs.ts';
import { machineConditions } from './measure.ts';

const seed = 1;
const runs = 100_000;
const none = { op: '<=', value: 0 } as const;

function fillFigures(name: string, { worstPulses, p99Pulses, worstVolumePercent }: FillFigures, goals: boolean): Figure[] {
  return [
    { name: `${name}: own error, worst`, value: worstPulses, unit: 'pulses', goal: goals ? { op: '<=', value: 1 } : null },
    { name: `${name}: own error, p99`, value: p99Pulses, unit: 'pulses', goal: null },
    { name: `${name}: volume at 200 mL, worst`, value: worstVolumePercent, unit: '%', goal: goals ? { op: '<=', value: 1 } : null },
  ];
}

async function fills(): Promise<Figure[]> {
  const program = await buildProgram('fills');
  try {
    return [
      ...fillFigures('5880/L, 20 valves of 20-100 ms, 50 fills each', await runFills(program, 5880, 20, 50, seed), true),
      ...fillFigures('5880/L, one valve wearing from 20 to 100 ms, 1000 fills', await runFills(program, 5880, 1, 1000, seed), true),
      ...fillFigures('450/L (YF-S201), 20 valves', await runFills(program, 450, 20, 50, seed), false),
    ];
  } finally {
    program.remove();
  }
}

/** Two processes, one half of the runs each. */
async function faults(): Promise<Figure[]> {
  const program = await buildProgram('faults');
  try {
    const startMs = performance.now();
    const halves = await Promise.all([runFaults(program, runs / 2, seed), runFaults(program, runs / 2, seed + runs / 2)]);
    const seconds = (performance.now() - startMs) / 1000;
    const sum = (name: keyof FaultFigures) => halves.reduce((total, half) => total + half[name], 0);
    return [
      { name: 'fault runs', value: runs, unit: 'runs', goal: null },
      { name: 'portions asked for', value: sum('portions'), unit: '', goal: null },
      { name: 'of these done', value: sum('done'), unit: '', goal: null },
      { name: 'of these reported as failed', value: sum('failed'), unit: '', goal: null },
      { name: 'double dispenses', value: sum('doubleDispenses'), unit: '', goal: none },
      { name: 'silent failures: done without the water', value: sum('falseDone'), unit: '', goal: none },
      { name: 'silent failures: no outcome told', value: sum('withoutOutcome'), unit: '', goal: none },
      { name: 'silent failures: flow at a closed valve not told', value: sum('unseenFlow'), unit: '', goal: none },
      { name: 'valve open without cup, water or host, or in a stop', value: sum('unsafeValveMs'), unit: 'ms', goal: none },
      { name: 'time of the fault runs', value: seconds, unit: 's', goal: { op: '<=', value: 120 } },
    ];
  } finally {
    program.remove();
  }
}

const bench: Bench = {
  name: 'dispense',
  async run(): Promise<BenchResult> {
    const conditions = {
      ...machineConditions(),
      seed,
      program:
        'supervisor and gate compiled for this machine; valve, flow and meter simulated; flow 25 mL/s +-30 % and +-2 %/s within a fill',
      meter:
        'free of error; a real one adds its own: YF-S401 and YF-S201 +-10 % uncalibrated, `letan calibrate dispenser` takes out the constant part',
      learning: 'ten fills a unit that are not counted, beginning at 60 ms',
      host: 'a model of hardware/dispenser that loses and repeats a tenth of all messages in half of the runs, goes silent and restarts',
      'not tried': 'a real valve, a real flow meter; a power cut of the board (it forgets its ids and asks for a release by hand)',
    };
    return { conditions, figures: [...(await fills()), ...(await faults())] };
  },
};

export default bench;
