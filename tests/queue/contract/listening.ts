import { join } from 'node:path';
import { type QueueServer, startQueueServer } from '../../../simulators/queue-server/queue-server.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { createIds } from '../../../src/core/ids.ts';
import type { Logger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { QueueLink } from '../../../src/queue/client.ts';
import { Store } from '../../../src/store/store.ts';
import { program, settle, temporaryFolder, ward } from '../house.ts';
import { MemoryBroker, type MemoryTransport } from '../memory-broker.ts';

export interface Listening {
  clock: SimulatedClock;
  broker: MemoryBroker;
  server: QueueServer;
  link: QueueLink;
  /** Everything either side logged, as text. */
  lines: string[];
  /** Hands raw bytes to both sides, as if the broker had delivered them. Throws what they throw. */
  deliver(topic: string, payload: Uint8Array): void;
  wires: { server: MemoryTransport; robot: MemoryTransport };
}

function keepingLogger(lines: string[]): Logger {
  const keep = (fields: object, message: string) => {
    lines.push(JSON.stringify({ message, ...fields }));
  };
  const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep, child: () => logger };
  return logger;
}

/** The real queue server and the real link of `robot-1`, whose log lines are kept at every level. `greeted`: it answers the first hello. */
export async function startListening({ greeted = true } = {}): Promise<Listening> {
  const clock = new SimulatedClock();
  const random = new SeededRandom(7);
  const ids = createIds(clock, random);
  const broker = new MemoryBroker();
  const folder = temporaryFolder();
  const lines: string[] = [];
  const logger = keepingLogger(lines);
  const wires = { server: broker.transport('server'), robot: broker.transport('robot-1') };
  const basics = { clock, random, ids, logger, ward };
  const files = { file: join(folder, 'queue.sqlite'), keyFile: join(folder, 'key.jwk') };
  const server = await startQueueServer({ ...basics, ...files, brokerUrls: [], transport: wires.server });
  if (!greeted) server.faults.set({ deaf: ['hello'] });
  await settle();
  const store = Store.open({ file: join(folder, 'robot.sqlite'), clock, ids, logger, outboxLimit: 50 });
  const link = new QueueLink({ ...basics, ...program, robotId: 'robot-1', transport: wires.robot, store, requestTimeoutMs: 5_000 });
  link.start();
  await settle();
  const deliver = (topic: string, payload: Uint8Array) => {
    wires.server.message.emit({ topic, payload });
    wires.robot.message.emit({ topic, payload });
  };
  return { clock, broker, server, link, lines, deliver, wires };
}
