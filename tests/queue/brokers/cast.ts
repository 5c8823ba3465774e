import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type QueueServer, startQueueServer } from '../../../simulators/queue-server/queue-server.ts';
import type { Call } from '../../../src/behaviour/model.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { createIds } from '../../../src/core/ids.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SystemRandom } from '../../../src/core/random.ts';
import { QueueLink } from '../../../src/queue/client.ts';
import { MqttTransport } from '../../../src/queue/mqtt-transport.ts';
import { robotClientId } from '../../../src/queue/topics.ts';
import { Store } from '../../../src/store/store.ts';
import { program, temporaryFolder, ward } from '../house.ts';
import type { Access } from './kinds.ts';

const clock = new SystemClock();
const random = new SystemRandom();
export const basics = { clock, random, ids: createIds(clock, random), logger: silentLogger };

/** The reference queue server over a real broker. Its database is `file`, or new. */
export async function startServer(access: Access, folder = temporaryFolder()): Promise<QueueServer> {
  const transport = new MqttTransport({ ...basics, ...access, clientId: `letan-queue-${ward}` });
  const files = { file: join(folder, 'queue.sqlite'), keyFile: join(folder, 'key.jwk') };
  const server = await startQueueServer({ ...basics, ...files, ward, brokerUrls: access.brokerUrls, transport });
  onTestFinished(() => server.stop());
  return server;
}

export interface Robot {
  link: QueueLink;
  store: Store;
  transport: MqttTransport;
  /** In the order of their arrival. */
  calls: Call[];
}

/** The real link of a robot over a real broker, with its real store in `file`, or in a new one. */
export function startRobot(
  robotId: string,
  access: Access,
  { file = join(temporaryFolder(), 'robot.sqlite'), leasedNumbers = 30 } = {},
): Robot {
  const store = Store.open({ ...basics, file, outboxLimit: 500 });
  const transport = new MqttTransport({ ...basics, ...access, clientId: robotClientId(ward, robotId) });
  const link = new QueueLink({ ...basics, ...program, ward, robotId, transport, store, requestTimeoutMs: 5_000, leasedNumbers });
  onTestFinished(async () => {
    await link.stop();
    store.close();
  });
  const calls: Call[] = [];
  link.callReceived.on((call) => void calls.push(call));
  link.start();
  return { link, store, transport, calls };
}
