import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../src/core/clock.ts';
import { createIds } from '../../src/core/ids.ts';
import { SystemRandom } from '../../src/core/random.ts';
import { queueTopics } from '../../src/queue/topics.ts';
import { envelope, isoTime } from '../../src/queue/wire.ts';
import { startMosquitto } from '../broker/mosquitto.ts';
import { freePort } from '../broker/process.ts';
import { CallLedger, type FleetWard } from './call-ledger.ts';
import { cpuSeconds, openFilesLimit, residentMb, startChild } from './child.ts';
import { FleetRobot } from './fleet-robot.ts';
import { Latencies } from './latency.ts';
import { LightClient } from './light-client.ts';

export interface FleetOptions {
  robots: number;
  /** Robots of one ward hear the same calls. */
  robotsPerWard: number;
  /** Of all wards together, by turns. */
  callsPerS: number;
  /** Taken by the robots of the first ward, whose queue server is there. */
  reservationsPerS: number;
  seconds: number;
  /** `mqtt://host:port` of a broker that is there; null starts mosquitto. */
  brokerUrl: string | null;
  /** Told from time to time. */
  progress: (line: string) => void;
}

export interface FleetReport {
  robots: number;
  wards: number;
  /** Until the last robot was connected and subscribed. */
  connectS: number;
  /** From the last call to everything having arrived, or nothing more coming. */
  drainS: number;
  callsPublished: number;
  callsPerS: number;
  /** From the moment a call was due to a robot having it. */
  deliveryMs: { p50: number; p99: number; worst: number };
  expected: number;
  /** Not arrived although everything under way had its time. */
  lost: number;
  doubled: number;
  unknown: number;
  connectionsLost: number;
  reservations: number;
  refused: number;
  unanswered: number;
  replyMs: { p50: number; p99: number };
  /** Null for a broker of somebody else's. */
  broker: { cpuPercent: number; residentMb: number } | null;
  /** Of this process: all robots and the caller. */
  own: { cpuPercent: number; residentMb: number };
}

const wardName = (index: number) => `fleet-ward-${index + 1}`;
const clock = new SystemClock();
const ids = createIds(clock, new SystemRandom());
/** Each connection is a file here and one in the broker; beside them databases, pipes and the like. */
const otherFiles = 100;
const connectTogether = 50;
const paceMs = 5;
const callLifetimeMs = 60_000;
/** After the last call, as long as something still arrives: what a slow broker holds is late, not lost. */
const quietMs = 10_000;
const drainWithinMs = 300_000;
const serviceIds = ['certification', 'civil-status', 'residence', 'business'];

const wait = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));

/** Runs a fleet. Throws a RangeError where too few files may be open. */
export async function runFleet(options: FleetOptions): Promise<FleetReport> {
  const needed = options.robots + otherFiles;
  if (openFilesLimit() < needed)
    throw new RangeError(
      `${options.robots} robots need ${needed} open files and ${openFilesLimit()} are allowed; run "ulimit -Hn ${needed}; ulimit -n ${needed}" as root in this shell first`,
    );
  const folder = mkdtempSync(join(tmpdir(), 'letan-fleet-'));
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const mosquitto = options.brokerUrl === null ? await startMosquitto(join(folder, 'mosquitto'), await freePort()) : null;
    ends.push(() => mosquitto?.kill());
    const url = mosquitto?.url ?? options.brokerUrl ?? '';
    options.progress(`broker ${url}`);
    const server = await startChild(new URL('./ward-server.process.ts', import.meta.url), [wardName(0), url, folder]);
    ends.push(() => server.end());
    return await drive(options, url, mosquitto?.pid ?? null, ends);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

async function drive(options: FleetOptions, url: string, brokerPid: number | null, ends: (() => unknown)[]): Promise<FleetReport> {
  const { hostname: host, port } = new URL(url);
  const at = { host, port: Number(port) || 1883 };
  const ledger = new CallLedger();
  const wards = wardsOf(options);
  const replies = new Latencies();
  let connectionsLost = 0;
  const onLost = () => void connectionsLost++;
  const robots = wards.flatMap(({ ward, robots: count }, wardIndex) =>
    Array.from({ length: count }, (_, index) => {
      const onCall = (payload: Buffer) => ledger.hear(ward, index, payload, clock.monotonicMs());
      const robotId = `robot-${index + 1}`;
      return new FleetRobot({ ...{ ward, ...at, clock, ids, replies, onCall, onLost }, robotId, served: wardIndex === 0 });
    }),
  );
  ends.push(() => {
    for (const robot of robots) robot.close();
  });
  const startMs = clock.monotonicMs();
  for (let first = 0; first < robots.length; first += connectTogether) {
    await Promise.all(robots.slice(first, first + connectTogether).map((robot) => robot.connect()));
    if (first % 500 === 0) options.progress(`${Math.min(first + connectTogether, robots.length)} robots connected`);
  }
  const connectS = (clock.monotonicMs() - startMs) / 1000;
  const caller = await LightClient.open({
    ...{ ...at, clock, onLost, filters: [], will: null, onMessage: () => {} },
    clientId: 'letan-fleet-caller',
  });
  ends.push(() => caller.close());
  const unanswered = () => robots.reduce((sum, robot) => sum + robot.unanswered, 0);
  await settled(unanswered);
  const usage = startUsage(brokerPid);
  await traffic(options, { wards, served: robots.slice(0, wards[0]?.robots) }, ledger, caller);
  const { broker, own } = usage();
  options.progress('last call published; what is under way may still arrive');
  const drainS = await settled(() => ledger.lost + unanswered());
  const { latencies } = ledger;
  return {
    ...{ robots: robots.length, wards: wards.length, connectS, drainS, connectionsLost, broker, own },
    ...{ callsPublished: ledger.published, callsPerS: ledger.published / options.seconds },
    deliveryMs: { p50: latencies.quantileMs(0.5), p99: latencies.quantileMs(0.99), worst: latencies.worstMs },
    ...{ expected: ledger.expected, lost: ledger.lost, doubled: ledger.doubled, unknown: ledger.unknown },
    reservations: replies.count,
    refused: robots.reduce((sum, robot) => sum + robot.refused, 0),
    unanswered: unanswered(),
    replyMs: { p50: replies.quantileMs(0.5), p99: replies.quantileMs(0.99) },
  };
}

/** Waits until `open` is 0, or nothing has moved for 10 s. Answers how long it took, s. */
async function settled(open: () => number): Promise<number> {
  const startMs = clock.monotonicMs();
  let left = open();
  let movedMs = startMs;
  while (left > 0 && clock.monotonicMs() < Math.min(movedMs + quietMs, startMs + drainWithinMs)) {
    await wait(50);
    const now = open();
    if (now !== left) movedMs = clock.monotonicMs();
    left = now;
  }
  const tookS = (clock.monotonicMs() - startMs) / 1000;
  // What comes twice comes after what came once.
  await wait(500);
  return tookS;
}

/** An open loop: what is due is published although what went before is not delivered, and its delay counts from when it was due. */
async function traffic(
  options: FleetOptions,
  { wards, served }: { wards: readonly FleetWard[]; served: readonly FleetRobot[] },
  ledger: CallLedger,
  caller: LightClient,
): Promise<void> {
  const { callsPerS, reservationsPerS, seconds, progress } = options;
  const callOne = (index: number, dueMs: number) => {
    const ward = wards[index % wards.length];
    if (!ward) return;
    const payload = callPayload(ward.ward, index);
    ledger.publish(ward, payload, dueMs);
    caller.publish(queueTopics(ward.ward).calls, payload);
  };
  const startMs = clock.monotonicMs();
  const calls = Math.round(callsPerS * seconds);
  const reservations = Math.round(reservationsPerS * seconds);
  let reserved = 0;
  let toldS = 0;
  while (ledger.published < calls || reserved < reservations) {
    const elapsedS = (clock.monotonicMs() - startMs) / 1000;
    while (ledger.published < Math.min(calls, elapsedS * callsPerS)) {
      callOne(ledger.published, startMs + (ledger.published * 1000) / callsPerS);
    }
    while (reserved < Math.min(reservations, elapsedS * reservationsPerS)) {
      served[reserved % served.length]?.serveCitizen(serviceIds[reserved % serviceIds.length] ?? '');
      reserved++;
    }
    if (elapsedS >= toldS + 10) {
      toldS = elapsedS;
      progress(`${elapsedS.toFixed(0)} s: ${ledger.published} calls, p99 ${ledger.latencies.quantileMs(0.99).toFixed(1)} ms`);
    }
    await wait(paceMs);
  }
  await wait(Math.max(0, startMs + seconds * 1000 - clock.monotonicMs()));
}

/** As many wards as the robots need; the last one may be smaller. */
function wardsOf({ robots, robotsPerWard }: FleetOptions): FleetWard[] {
  const count = Math.ceil(robots / robotsPerWard);
  return Array.from({ length: count }, (_, index) => ({
    ward: wardName(index),
    robots: Math.min(robotsPerWard, robots - index * robotsPerWard),
  }));
}

function callPayload(ward: string, index: number): string {
  const ticketNumber = `${String.fromCharCode(65 + (index % 26))}${String((index % 999) + 1).padStart(3, '0')}`;
  const call = { callId: ids.next(), sequence: 1, kind: 'call', ticketNumber, counter: (index % 3) + 1 };
  return JSON.stringify({ ...envelope(clock, ids, ward), ...call, expiresAt: isoTime(clock.nowMs() + callLifetimeMs) });
}

/** Processor time from now until asked, in percent of one core. */
function startUsage(brokerPid: number | null) {
  const startMs = clock.monotonicMs();
  const pids = [process.pid, ...(brokerPid === null ? [] : [brokerPid])];
  const before = new Map(pids.map((pid) => [pid, cpuSeconds(pid)]));
  return () => {
    const tookS = (clock.monotonicMs() - startMs) / 1000;
    const of = (pid: number) => ({
      cpuPercent: ((cpuSeconds(pid) - (before.get(pid) ?? 0)) / tookS) * 100,
      residentMb: residentMb(pid),
    });
    return { own: of(process.pid), broker: brokerPid === null ? null : of(brokerPid) };
  };
}
