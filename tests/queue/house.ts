import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type QueueServer, startQueueServer } from '../../simulators/queue-server/queue-server.ts';
import { SimulatedClock } from '../../src/core/clock.ts';
import { createIds } from '../../src/core/ids.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { SeededRandom } from '../../src/core/random.ts';
import { QueueLink } from '../../src/queue/client.ts';
import type { TicketRequest } from '../../src/queue/ticket-desk.ts';
import { Store } from '../../src/store/store.ts';
import { MemoryBroker, type MemoryTransport } from './memory-broker.ts';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'letan-queue-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const program = { software: 'letan test', configurationVersion: null };
export const ward = 'cua-nam';
export const wish: TicketRequest = {
  visitId: 'visit-1',
  serviceId: 'certification',
  followedBy: [],
  priorityClass: 'none',
  language: 'vi',
};

export interface House {
  clock: SimulatedClock;
  broker: MemoryBroker;
  server: QueueServer;
  serverWire: MemoryTransport;
  robot(name: string, file?: string): Promise<RobotSide>;
  settle(): Promise<void>;
}

export interface RobotSide {
  link: QueueLink;
  store: Store;
  wire: MemoryTransport;
  /** The process dies: nothing is said, the store is closed. */
  crash(): void;
}

/** Lets promises run to their end without moving the clock. */
export async function settle(): Promise<void> {
  for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
}

/** A queue server and robots on one simulated clock and a broker in memory. */
export async function buildHouse(seed = 1): Promise<House> {
  const clock = new SimulatedClock();
  const random = new SeededRandom(seed);
  const ids = createIds(clock, random);
  const broker = new MemoryBroker();
  const folder = temporaryFolder();
  const serverWire = broker.transport('server');
  const basics = { clock, random, ids, logger: silentLogger };
  const files = { file: join(folder, 'queue.sqlite'), keyFile: join(folder, 'key.jwk') };
  const server = await startQueueServer({ ...basics, ...files, ward, brokerUrls: [], transport: serverWire });
  await settle();
  const robot = async (name: string, file = join(folder, `${name}.sqlite`)): Promise<RobotSide> => {
    const wire = broker.transport(name);
    const store = Store.open({ file, clock, ids, logger: silentLogger, outboxLimit: 50 });
    const link = new QueueLink({ ...basics, ...program, ward, robotId: name, transport: wire, store, requestTimeoutMs: 5_000 });
    link.start();
    await settle();
    const crash = () => {
      wire.cut();
      void wire.stop().catch(() => {});
      store.close();
    };
    return { link, store, wire, crash };
  };
  return { clock, broker, server, serverWire, robot, settle };
}
