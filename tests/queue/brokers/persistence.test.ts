import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder, wish } from '../house.ts';
import { startRobot, startServer } from './cast.ts';
import { connect } from './client.ts';
import { startWardMosquitto } from './ward-mosquitto.ts';

const patience = 20_000;

it.each(['auto', '3.1.1'] as const)(
  'a robot that was away hears what was called before and after a restart of the broker (%s)',
  async (protocol) => {
    const broker = await startWardMosquitto({ robots: ['robot-1', 'robot-2'], operators: [] });
    onTestFinished(() => broker.remove());
    const access = (user: string) => ({ brokerUrls: [broker.url], protocol, tls: broker.files(user) });
    const server = await startServer(access('queue-server'));
    const file = join(temporaryFolder(), 'robot.sqlite');
    const before = startRobot('robot-1', access('robot-1'), { file });
    await vi.waitFor(() => expect(before.store.leases.remaining('certification')).toBe(30), patience);
    const numbers: string[] = [];
    for (let n = 0; n < 3; n++) {
      const ticket = await before.link.reserveTicket(wish);
      await before.link.commitTicket(ticket.ticketId);
      numbers.push(ticket.number);
    }
    await vi.waitFor(() => expect(before.store.outbox.length).toBe(0), patience);
    await before.link.stop();

    // Somebody who was never away proves that the call reached the broker.
    const watcher = await connect(broker.url, { identity: broker.identity('robot-2') });
    await watcher.subscribe('letan/v1/cua-nam/queue/calls');
    server.callNext(1);
    await vi.waitFor(() => expect(watcher.received.length).toBe(1), patience);
    await broker.end();
    await broker.start();
    const after = await connect(broker.url, { identity: broker.identity('robot-2') });
    await after.subscribe('letan/v1/cua-nam/queue/calls');
    await vi.waitFor(() => expect(server.isConnected).toBe(true), patience);
    server.callNext(1);
    await vi.waitFor(() => expect(after.received.length).toBeGreaterThanOrEqual(1), patience);

    const back = startRobot('robot-1', access('robot-1'), { file });
    await vi.waitFor(() => expect(back.calls.map((call) => call.ticketNumber)).toEqual(numbers.slice(0, 2)), patience);
  },
  60_000,
);

it('what was retained is there after a restart, before anybody says it again', async () => {
  const broker = await startWardMosquitto({ robots: ['robot-1'], operators: [] });
  onTestFinished(() => broker.remove());
  const server = await startServer({ brokerUrls: [broker.url], protocol: 'auto', tls: broker.files('queue-server') });
  const retained = async () => {
    const robot = await connect(broker.url, { identity: broker.identity('robot-1') });
    await robot.subscribe('letan/v1/cua-nam/queue/services');
    await robot.barrier();
    return robot.received.filter((message) => message.retained).map(({ payload }) => payload);
  };
  const before = await retained();
  expect(before.length).toBe(1);
  await server.stop();
  await broker.end();
  await broker.start();
  expect(await retained()).toEqual(before);
});
