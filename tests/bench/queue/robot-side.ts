import { join } from 'node:path';
import { SystemClock } from '../../../src/core/clock.ts';
import { createIds } from '../../../src/core/ids.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SystemRandom } from '../../../src/core/random.ts';
import { QueueLink } from '../../../src/queue/client.ts';
import { MqttTransport } from '../../../src/queue/mqtt-transport.ts';
import { robotClientId } from '../../../src/queue/topics.ts';
import { Store } from '../../../src/store/store.ts';

export const ward = 'bench-ward';
export const clock = new SystemClock();
const random = new SystemRandom();
export const basics = { clock, random, ids: createIds(clock, random), logger: silentLogger };

export interface RobotSide {
  link: QueueLink;
  store: Store;
  transport: MqttTransport;
  stop(): Promise<void>;
}

/** The robot's real link with its real store in a file, over a real broker. */
export function startRobot(robotId: string, brokerUrl: string, folder: string): RobotSide {
  const store = Store.open({ ...basics, file: join(folder, `${robotId}.sqlite`), outboxLimit: 2_000 });
  const transport = new MqttTransport({ ...basics, brokerUrls: [brokerUrl], clientId: robotClientId(ward, robotId), protocol: '5' });
  const link = new QueueLink({
    ...{ ...basics, ward, robotId, transport, store, requestTimeoutMs: 5_000 },
    ...{ software: 'letan bench', configurationVersion: null },
  });
  link.start();
  const stop = async () => {
    await link.stop();
    store.close();
  };
  return { link, store, transport, stop };
}

/** Looks every millisecond. Rejects after a minute. */
export async function until(what: string, done: () => boolean): Promise<void> {
  const lastMs = clock.monotonicMs() + 60_000;
  while (!done()) {
    if (clock.monotonicMs() > lastMs) throw new Error(`waited a minute for ${what}`);
    await new Promise<void>((resolve) => void clock.after(1, resolve));
  }
}
