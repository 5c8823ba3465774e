import { runFleet } from '../../simulators/fleet/fleet.ts';
import type { Bench, Figure } from './bench.ts';
import { machineConditions } from './measure.ts';

/** The size of the goal, what happens beyond it, and the most that one topic can ask of a broker. */
const runs = [
  { robots: 1_000, robotsPerWard: 5, seconds: 60, judged: true },
  { robots: 2_000, robotsPerWard: 5, seconds: 30, judged: false },
  { robots: 5_000, robotsPerWard: 5, seconds: 30, judged: false },
  { robots: 1_000, robotsPerWard: 1_000, seconds: 20, judged: false },
];
const callsPerS = 50;

async function figuresOf({ robots, robotsPerWard, seconds, judged }: (typeof runs)[number]): Promise<Figure[]> {
  const who = robotsPerWard === robots ? `${robots} robots in one ward` : `${robots} robots`;
  const progress = (line: string) => process.stderr.write(`${who}: ${line}\n`);
  const report = await runFleet({ robots, robotsPerWard, callsPerS, reservationsPerS: 1, seconds, brokerUrl: null, progress });
  const told = (name: string, value: number, unit: string): Figure => ({ name: `${who}: ${name}`, value, unit, goal: null });
  const none = (name: string, value: number): Figure => ({ ...told(name, value, ''), goal: judged ? { op: '<=', value: 0 } : null });
  return [
    told('connected in', report.connectS, 's'),
    told('calls published', report.callsPerS, '/s'),
    told('call delivery, p50', report.deliveryMs.p50, 'ms'),
    told('call delivery, p99', report.deliveryMs.p99, 'ms'),
    told('call delivery, worst', report.deliveryMs.worst, 'ms'),
    told('after the last call everything arrived in', report.drainS, 's'),
    none('calls lost', report.lost),
    none('calls doubled', report.doubled),
    told('connections lost', report.connectionsLost, ''),
    told('reserve -> reply, p99', report.replyMs.p99, 'ms'),
    told('broker CPU', report.broker?.cpuPercent ?? Number.NaN, '% of a core'),
    told('broker memory', report.broker?.residentMb ?? Number.NaN, 'MB'),
    told('robots CPU', report.own.cpuPercent, '% of a core'),
    told('robots memory', report.own.residentMb, 'MB'),
  ];
}

const bench: Bench = {
  name: 'fleet',
  async run({ minutes }) {
    const conditions = {
      ...machineConditions(),
      broker: 'mosquitto, loopback, QoS 1, no TLS',
      robots: 'protocol level, MQTT 3.1.1, all and the caller in one process',
      'queue server': 'reference, own process, for the first ward: 1 reservation a second',
      calls: `${callsPerS}/s, each to the robots of one ward (5, where not said otherwise); latency from the moment each was due`,
      seconds: runs.map(({ seconds }) => (minutes === null ? seconds : minutes * 60)).join(', '),
    };
    const figures: Figure[] = [];
    for (const run of runs) figures.push(...(await figuresOf({ ...run, seconds: minutes === null ? run.seconds : minutes * 60 })));
    return { conditions, figures };
  },
};
export default bench;
