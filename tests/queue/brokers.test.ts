import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startBroker } from '../../simulators/broker/broker.ts';
import { startQueueServer } from '../../simulators/queue-server/queue-server.ts';
import type { Call } from '../../src/behaviour/model.ts';
import { SystemClock } from '../../src/core/clock.ts';
import { createIds } from '../../src/core/ids.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { SystemRandom } from '../../src/core/random.ts';
import { QueueLink } from '../../src/queue/client.ts';
import { MqttTransport } from '../../src/queue/mqtt-transport.ts';
import { robotClientId } from '../../src/queue/topics.ts';
import { Store } from '../../src/store/store.ts';
import { program, temporaryFolder, ward, wish } from './house.ts';
import { freePort, startMosquitto } from './mosquitto.ts';

interface RealBroker {
  url: string;
  /** Takes the broker away and brings it back on the same port. */
  vanish(): Promise<void>;
  comeBack(): Promise<void>;
}

async function embedded(): Promise<RealBroker> {
  const port = await freePort();
  let broker = await startBroker({ host: '127.0.0.1', port });
  onTestFinished(() => broker.close());
  return {
    url: broker.url,
    vanish: () => broker.close(),
    async comeBack() {
      broker = await startBroker({ host: '127.0.0.1', port });
    },
  };
}

async function mosquitto(): Promise<RealBroker> {
  const folder = temporaryFolder();
  const port = await freePort();
  let broker = await startMosquitto(folder, port);
  onTestFinished(() => broker.kill());
  return {
    url: broker.url,
    vanish: () => broker.kill(),
    async comeBack() {
      broker = await startMosquitto(folder, port);
    },
  };
}

const clock = new SystemClock();
const random = new SystemRandom();
const basics = { clock, random, ids: createIds(clock, random), logger: silentLogger };

async function robotAndServer(brokerUrl: string) {
  const folder = temporaryFolder();
  const server = await startQueueServer({
    ...basics,
    ward,
    brokerUrls: [brokerUrl],
    file: join(folder, 'queue.sqlite'),
    keyFile: join(folder, 'key.jwk'),
  });
  onTestFinished(() => server.stop());
  const store = Store.open({ ...basics, file: join(folder, 'robot.sqlite'), outboxLimit: 100 });
  const transport = new MqttTransport({ ...basics, brokerUrls: [brokerUrl], clientId: robotClientId(ward, 'robot-1'), protocol: 'auto' });
  const link = new QueueLink({ ...basics, ...program, ward, robotId: 'robot-1', transport, store, requestTimeoutMs: 5_000 });
  onTestFinished(async () => {
    await link.stop();
    store.close();
  });
  link.start();
  await vi.waitFor(() => expect(store.leases.remaining('certification')).toBe(30), 20_000);
  return { server, store, link, transport };
}

describe.each([
  ['the embedded broker', embedded, '3.1.1'],
  ['mosquitto', mosquitto, '5'],
])('over %s', (_name, start, protocol) => {
  it('serves a ticket from reservation to call', async () => {
    const broker = await start();
    const { server, store, link, transport } = await robotAndServer(broker.url);
    expect(transport.protocol).toBe(protocol);
    const calls: Call[] = [];
    link.callReceived.on((call) => calls.push(call));
    const ticket = await link.reserveTicket(wish);
    await link.commitTicket(ticket.ticketId);
    await vi.waitFor(() => expect(store.outbox.length).toBe(0), 10_000);
    expect(server.callNext(1)).toMatchObject({ ticketNumber: ticket.number });
    await vi.waitFor(() => expect(calls).toMatchObject([{ ticketNumber: 'A001', counter: 1, sequence: 1 }]), 10_000);
  });

  it('outlives the broker: numbers from the lease, and everything delivered once and in order', async () => {
    const broker = await start();
    const { server, store, link } = await robotAndServer(broker.url);
    await broker.vanish();
    await vi.waitFor(() => expect(link.online).toBe(false), 10_000);
    const numbers: string[] = [];
    for (let n = 0; n < 5; n++) {
      const ticket = await link.reserveTicket(wish);
      await link.commitTicket(ticket.ticketId);
      numbers.push(ticket.number);
    }
    await link.submitFeedback({ visitId: 'visit-1', score: 2 });
    expect(store.outbox.length).toBe(6);
    await broker.comeBack();
    await vi.waitFor(() => expect(store.outbox.length).toBe(0), 25_000);
    expect(link.online).toBe(true);
    expect(server.overview.waiting(['certification'], null).map((row) => row.number)).toEqual(numbers);
    expect(server.overview.scores()).toEqual({ '2': 1 });
    expect((await link.reserveTicket(wish)).offline).toBe(false);
  });
});

describe('the embedded broker', () => {
  it('names a port that is already taken', async () => {
    const broker = await startBroker({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => broker.close());
    await expect(startBroker({ host: '127.0.0.1', port: broker.port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      detail: expect.stringContaining(String(broker.port)),
    });
  });

  it('cuts robots off, keeps the queue server, and lets robots back in', async () => {
    const broker = await startBroker({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => broker.close());
    const { server, link } = await robotAndServer(broker.url);
    await vi.waitFor(() => expect(server.robots()).toMatchObject([{ connection: 'online' }]), 10_000);
    broker.cutNetwork();
    await vi.waitFor(() => expect(link.online).toBe(false), 10_000);
    await vi.waitFor(() => expect(server.robots()).toMatchObject([{ connection: 'connectionBroken' }]), 10_000);
    broker.restoreNetwork();
    await vi.waitFor(() => expect(link.online).toBe(true), 20_000);
  });
});
