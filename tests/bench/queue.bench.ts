import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMosquitto } from '../../simulators/broker/mosquitto.ts';
import { freePort } from '../../simulators/broker/process.ts';
import { startChild } from '../../simulators/fleet/child.ts';
import type { Bench, Figure } from './bench.ts';
import { machineConditions, quantile } from './measure.ts';
import { type DrainTimes, measureDrain } from './queue/drain.ts';
import { type HeapFigures, measureHeap } from './queue/heap.ts';
import { measureReserve, type ReserveTimes } from './queue/reserve.ts';
import { ward } from './queue/robot-side.ts';

const hours = 24;
const progress = (line: string) => process.stderr.write(`queue: ${line}\n`);

async function overMosquitto(folder: string): Promise<{ reserve: ReserveTimes; drain: DrainTimes }> {
  const broker = await startMosquitto(join(folder, 'mosquitto'), await freePort(), { persistent: true });
  try {
    const server = await startChild(new URL('../../simulators/fleet/ward-server.process.ts', import.meta.url), [ward, broker.url, folder]);
    try {
      progress('reserve -> reply');
      const reserve = await measureReserve(broker.url, folder);
      progress('outbox');
      return { reserve, drain: await measureDrain(broker, folder) };
    } finally {
      await server.end();
    }
  } finally {
    await broker.kill();
  }
}

function figuresOf({ replyMs, pingMs }: ReserveTimes, drain: DrainTimes, heap: HeapFigures): Figure[] {
  const at = (name: string, values: readonly number[], share: number, goal: number | null): Figure => {
    const label = share === 1 ? 'worst' : `p${share * 100}`;
    return {
      name: `${name}, ${label}`,
      value: quantile(values, share),
      unit: 'ms',
      goal: goal === null ? null : { op: '<=', value: goal },
    };
  };
  const ratio = quantile(replyMs, 0.5) / quantile(pingMs, 0.5);
  return [
    at('reserve -> reply', replyMs, 0.5, 5),
    at('reserve -> reply', replyMs, 0.99, 20),
    at('reserve -> reply', replyMs, 1, null),
    at('broker ping-pong', pingMs, 0.5, null),
    at('broker ping-pong', pingMs, 0.99, null),
    { name: 'reserve / ping-pong, p50', value: ratio, unit: 'x', goal: null },
    at('outbox enqueue, durable', drain.enqueueMs, 0.5, 1),
    at('outbox enqueue, durable', drain.enqueueMs, 0.99, null),
    { name: 'reconnect -> 1,000 messages drained', value: drain.connectedToDrainedMs / 1000, unit: 's', goal: { op: '<=', value: 2 } },
    { name: 'cable back -> drained, with back-off', value: drain.restoredToDrainedMs / 1000, unit: 's', goal: null },
    { name: `heap growth, hour 1 to ${heap.hours}`, value: heap.growthBytes / 1e6, unit: 'MB', goal: { op: '<=', value: 1 } },
  ];
}

const bench: Bench = {
  name: 'queue',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'letan-queue-bench-'));
    try {
      const { reserve, drain } = await overMosquitto(folder);
      progress(`${hours} simulated hours of reconnects`);
      const heap = await measureHeap(folder, hours);
      return {
        conditions: {
          ...machineConditions(),
          broker: 'mosquitto with persistence, loopback, MQTT 5, QoS 1, no TLS',
          'queue server': 'reference, own process, SQLite file, flood limit lifted',
          robot: 'real link and store (synchronous=FULL)',
          'ping-pong': '500 bytes there and back through the broker, another process echoes; by turns with the reservations',
          reservations: reserve.replyMs.length,
          heap: `${heap.reconnects} reconnects and ${heap.tickets} tickets in ${heap.hours} simulated hours; robot and queue server together`,
        },
        figures: figuresOf(reserve, drain, heap),
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
export default bench;
