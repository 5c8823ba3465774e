import { join } from 'node:path';
import { startQueueServer } from '../../../simulators/queue-server/queue-server.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { createIds } from '../../../src/core/ids.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { QueueLink } from '../../../src/queue/client.ts';
import type { TicketRequest } from '../../../src/queue/ticket-desk.ts';
import { Store } from '../../../src/store/store.ts';
import { MemoryBroker } from '../../queue/memory-broker.ts';
import { heapUsed } from '../measure.ts';
import { ward } from './robot-side.ts';

const serviceIds = ['certification', 'civil-status', 'residence', 'business'];

export interface HeapFigures {
  hours: number;
  reconnects: number;
  tickets: number;
  /** From the end of the first hour to the end of the last. */
  growthBytes: number;
}

/** One lost connection a simulated minute, with a ticket committed after each; robot and queue server in this process. */
export async function measureHeap(folder: string, hours: number): Promise<HeapFigures> {
  const clock = new SimulatedClock();
  const random = new SeededRandom(1);
  const ids = createIds(clock, random);
  const basics = { clock, random, ids, logger: silentLogger, ward };
  const broker = new MemoryBroker();
  const files = { file: join(folder, 'heap-server.sqlite'), keyFile: join(folder, 'heap.key.jwk') };
  const server = await startQueueServer({ ...basics, ...files, brokerUrls: [], transport: broker.transport('server') });
  const transport = broker.transport('robot');
  const store = Store.open({ ...basics, file: join(folder, 'heap-robot.sqlite'), outboxLimit: 500 });
  const options = { ...basics, robotId: 'robot', transport, store, requestTimeoutMs: 5_000 };
  const link = new QueueLink({ ...options, software: 'letan bench', configurationVersion: null });
  link.start();
  let reconnects = 0;
  let tickets = 0;
  let firstHourBytes = 0;
  for (let minute = 1; minute <= hours * 60; minute++) {
    transport.cut();
    await clock.advanceAsync(2_000, 250);
    transport.connect();
    await clock.advanceAsync(3_000, 250);
    if (!link.online) throw new Error(`not online again in minute ${minute}`);
    reconnects++;
    const serviceId = serviceIds[minute % serviceIds.length] ?? '';
    const wish: TicketRequest = { visitId: `visit-${minute}`, serviceId, followedBy: [], priorityClass: 'none', language: 'vi' };
    const reserved = link.reserveTicket(wish);
    await clock.advanceAsync(1_000, 250);
    await link.commitTicket((await reserved).ticketId);
    tickets++;
    await clock.advanceAsync(1_000, 250);
    server.callNext((minute % 3) + 1);
    await clock.advanceAsync(53_000, 1_000);
    // The broker's own record is no part of what is measured.
    broker.log.length = 0;
    if (minute === 60) firstHourBytes = heapUsed();
  }
  const growthBytes = heapUsed() - firstHourBytes;
  if (store.outbox.length > 0) throw new Error('the outbox is not empty');
  await link.stop();
  await server.stop();
  store.close();
  return { hours, reconnects, tickets, growthBytes };
}
