import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { createIds } from '../../../src/core/ids.ts';
import { type Logger, silentLogger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { QueueLink } from '../../../src/queue/client.ts';
import { Store } from '../../../src/store/store.ts';
import { program, ward } from '../house.ts';
import { fullWait, mosquittoWith, session, tcpServer, watchedTransport } from './real.ts';

const soon = { timeout: 15_000, interval: 20 };

/** A whole link over a real broker; `told` are the codes it warned of. */
function robot(url: string, protocol: '5' | '3.1.1', clock: SimulatedClock, seed: number) {
  const watched = watchedTransport({ brokerUrls: [url], protocol, clock, random: fullWait });
  const told: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (fields) => 'code' in fields && told.push(String(fields.code)) };
  const random = new SeededRandom(seed);
  const ids = createIds(clock, random);
  const store = Store.open({ file: ':memory:', clock, ids, logger, outboxLimit: 10 });
  const basics = { clock, random, ids, logger, store, transport: watched.transport };
  const link = new QueueLink({ ...basics, ...program, ward, robotId: 'robot-1', requestTimeoutMs: 5_000 });
  onTestFinished(async () => {
    await link.stop();
    store.close();
  });
  link.start();
  return { ...watched, link, told };
}

describe('two programs with one identity on mosquitto', () => {
  it.each(['5', '3.1.1'] as const)('name each other over MQTT %s, take long turns, and one is enough again', async (protocol) => {
    const broker = await mosquittoWith(['allow_anonymous true']);
    const clock = new SimulatedClock(Date.now());
    const one = robot(broker.url, protocol, clock, 1);
    await vi.waitFor(() => expect(one.seen).toEqual(['connected']), soon);
    const two = robot(broker.url, protocol, clock, 2);
    await vi.waitFor(() => expect([one.seen.length, two.seen.length]).toEqual([2, 1]), soon);
    // It might have been a restart of the broker: the first comes back at once, and sees what the second left.
    clock.advance(500);
    await vi.waitFor(() => expect([one.seen.length, two.seen.length]).toEqual([3, 2]), soon);
    await vi.waitFor(() => expect(one.told).toContain('QUEUE_DUPLICATE_CLIENT'), soon);
    clock.advance(500);
    await vi.waitFor(() => expect([one.seen.length, two.seen.length]).toEqual([4, 3]), soon);
    await vi.waitFor(() => expect(two.told).toContain('QUEUE_DUPLICATE_CLIENT'), soon);
    // From here on whoever is thrown out waits: with the fullest jitter a minute. Ways there and back through the broker: before, so that
    // nothing is on its way while the clock jumps; after, since whoever had knocked would have been heard of.
    const thereAndBack = () => two.transport.publish(`letan/v1/${ward}/robots/robot-1/telemetry`, '{}', { qos: 1 });
    await thereAndBack();
    clock.advance(59_000);
    await thereAndBack();
    expect([one.seen.length, two.seen.length]).toEqual([4, 3]);
    await two.link.stop();
    clock.advance(1_000);
    await vi.waitFor(() => expect(one.seen.at(-1)).toBe('connected'), soon);
  });

  it('are not seen where the program was killed and started again', async () => {
    const broker = await mosquittoWith(['allow_anonymous true']);
    const clock = new SimulatedClock(Date.now());
    const before = robot(broker.url, '5', clock, 1);
    await vi.waitFor(() => expect(before.seen).toEqual(['connected']), soon);
    // Stopping the transport alone says no goodbye: the retained announcement of the old instance stays.
    await before.transport.stop();
    const after = robot(broker.url, '5', clock, 2);
    await vi.waitFor(() => expect(after.seen).toEqual(['connected']), soon);
    await after.transport.publish(`letan/v1/${ward}/robots/robot-1/telemetry`, '{}', { qos: 1 });
    expect(after.told).toEqual([]);
  });
});

it('a broker that says "session taken over" (MQTT 5) is believed: named, and at least 30 s of waiting', async () => {
  // CONNACK and SUBACK of MQTT 5, then DISCONNECT 0x8E. Debian's mosquitto 2.0.11 does not send it.
  const broker = await tcpServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from([0x20, 3, 0, 0, 0]));
      socket.once('data', (data) => {
        socket.write(Buffer.from([0x90, 4, data[2] ?? 0, data[3] ?? 1, 0, 1]));
        setImmediate(() => socket.end(Buffer.from([0xe0, 2, 0x8e, 0])));
      });
    });
  });
  const clock = new SimulatedClock();
  const { transport, seen } = watchedTransport({ brokerUrls: [broker.url], protocol: '5', clock, random: { next: () => 0 } });
  transport.start(session);
  await vi.waitFor(() => expect(seen).toEqual(['connected', 'QUEUE_DUPLICATE_CLIENT']), soon);
  clock.advance(29_999);
  expect(broker.connections()).toBe(1);
  clock.advance(1);
  await vi.waitFor(() => expect(broker.connections()).toBe(2), soon);
});
