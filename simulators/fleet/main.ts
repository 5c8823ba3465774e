import { Command, InvalidArgumentError } from 'commander';
import { type FleetReport, runFleet } from './fleet.ts';

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('must be a number above 0');
  return value;
}

function broker(text: string): string {
  if (!/^mqtt:\/\/\S+$/.test(text)) throw new InvalidArgumentError('such as mqtt://127.0.0.1:1883');
  return text;
}

function table(report: FleetReport): string {
  const { deliveryMs, replyMs, broker: usage, own } = report;
  const ms = (value: number) => `${value.toPrecision(3)} ms`;
  const used = (what: { cpuPercent: number; residentMb: number }) =>
    `${what.cpuPercent.toFixed(0)} % of a core, ${what.residentMb.toFixed(0)} MB`;
  const rows = [
    [
      'robots',
      `${report.robots} in ${report.wards} wards, connected in ${report.connectS.toFixed(1)} s; connections lost: ${report.connectionsLost}`,
    ],
    ['calls', `${report.callsPublished}, ${report.callsPerS.toFixed(1)} a second; ${report.expected} deliveries`],
    [
      'delivery',
      `p50 ${ms(deliveryMs.p50)}, p99 ${ms(deliveryMs.p99)}, worst ${ms(deliveryMs.worst)}; done ${report.drainS.toFixed(1)} s after the last call`,
    ],
    ['lost / doubled', `${report.lost} / ${report.doubled}; unknown: ${report.unknown}`],
    ['reservations', `${report.reservations} answered, ${report.refused} refused, ${report.unanswered} unanswered`],
    ['reserve -> reply', `p50 ${ms(replyMs.p50)}, p99 ${ms(replyMs.p99)}`],
    ['broker', usage ? used(usage) : 'not started here'],
    ['this process', used(own)],
  ];
  return rows.map(([name = '', value]) => `  ${name.padEnd(18)}${value}\n`).join('');
}

const program = new Command('npm run fleet --')
  .description(
    'Runs many robots of the queue contract against a broker and the reference queue server, and measures calls and reservations.',
  )
  .option('--robots <count>', 'robots', positive, 1000)
  .option('--robots-per-ward <count>', 'robots of one ward, which hear the same calls', positive, 5)
  .option('--calls-per-s <count>', 'calls published a second, to all wards by turns', positive, 50)
  .option('--reservations-per-s <count>', 'taken in the first ward; a day has some 2,400 numbers', positive, 1)
  .option('--minutes <n>', 'length of the traffic', positive, 1)
  .option('--broker <url>', 'MQTT broker without TLS (default: an own mosquitto on loopback)', broker)
  .option('--json', 'one JSON object on standard output', false)
  .parse();
const options = program.opts<{
  robots: number;
  robotsPerWard: number;
  callsPerS: number;
  reservationsPerS: number;
  minutes: number;
  broker?: string;
  json: boolean;
}>();

try {
  const report = await runFleet({
    robots: Math.round(options.robots),
    robotsPerWard: Math.round(options.robotsPerWard),
    callsPerS: options.callsPerS,
    reservationsPerS: options.reservationsPerS,
    seconds: options.minutes * 60,
    brokerUrl: options.broker ?? null,
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : table(report));
  process.exitCode = report.lost + report.doubled + report.unknown > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`fleet: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
