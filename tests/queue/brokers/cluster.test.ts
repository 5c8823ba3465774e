import { expect, it, onTestFinished, vi } from 'vitest';
import { type NatsCluster, startNatsCluster } from '../../../simulators/broker/nats-cluster.ts';
import type { Ticket } from '../../../src/behaviour/model.ts';
import { temporaryFolder, wish } from '../house.ts';
import { type Robot, startRobot, startServer } from './cast.ts';

const patience = { timeout: 60_000, interval: 100 };

/** Citizens one after the other, until told to go home. Each gets a number, and says how content she was. */
function citizens({ link }: Robot) {
  const given: Ticket[] = [];
  let opinions = 0;
  let open = true;
  const day = async () => {
    while (open) {
      // Without a number when none is left of the lease: no promise was made then.
      const ticket = await link.reserveTicket(wish).catch(() => null);
      if (ticket) {
        await link.commitTicket(ticket.ticketId);
        given.push(ticket);
      }
      await link.submitFeedback({ visitId: 'visit-1', score: 4 });
      opinions++;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const over = day();
  const close = async () => {
    open = false;
    await over;
  };
  onTestFinished(close);
  return {
    given,
    get opinions() {
      return opinions;
    },
    online: () => given.filter((ticket) => !ticket.offline).length,
    close,
  };
}

async function nodeOf(cluster: NatsCluster, clientId: string) {
  for (const node of cluster.nodes) if (node.running && (await node.clients()).includes(clientId)) return node;
  throw new Error(`${clientId} is on no node`);
}

it("a node dies in the middle of traffic, first a robot's and then the queue server's: nothing is lost, nothing is doubled", async () => {
  const cluster = await startNatsCluster(temporaryFolder());
  onTestFinished(() => cluster.kill());
  const [first = '', second = '', third = ''] = cluster.urls;
  const server = await startServer({ brokerUrls: [first, second, third], protocol: '3.1.1' });
  const robots = [
    startRobot('robot-1', { brokerUrls: [second, third, first], protocol: '3.1.1' }, { leasedNumbers: 100 }),
    startRobot('robot-2', { brokerUrls: [third, first, second], protocol: '3.1.1' }, { leasedNumbers: 100 }),
  ];
  let losses = 0;
  for (const { link } of robots) link.onlineChanged.on(({ online }) => void (online || losses++));
  for (const { store } of robots) await vi.waitFor(() => expect(store.leases.remaining('certification')).toBe(100), patience);
  const crowds = robots.map(citizens);
  const servedOnline = (more: number) => {
    const before = crowds.map((crowd) => crowd.online());
    return vi.waitFor(() => {
      for (const [index, crowd] of crowds.entries()) expect(crowd.online()).toBeGreaterThanOrEqual((before[index] ?? 0) + more);
    }, patience);
  };
  const made: string[] = [];
  const callOne = () => {
    const call = server.callNext(1);
    if (call) made.push(`${call.ticketNumber} ${call.sequence}`);
  };
  await servedOnline(5);
  callOne();

  const robotsNode = await nodeOf(cluster, 'letan-robot-cua-nam-robot-1');
  await robotsNode.kill();
  callOne();
  await vi.waitFor(() => expect(losses).toBeGreaterThan(0), patience);
  await servedOnline(5);
  callOne();
  expect(robotsNode.running).toBe(false);
  expect(await nodeOf(cluster, 'letan-robot-cua-nam-robot-1')).not.toBe(robotsNode);
  await robotsNode.start();

  const serversNode = await nodeOf(cluster, 'letan-queue-cua-nam');
  const lossesBefore = losses;
  await serversNode.kill();
  await vi.waitFor(() => expect(losses).toBeGreaterThan(lossesBefore), patience);
  await servedOnline(5);
  callOne();
  expect(serversNode.running).toBe(false);
  expect(await nodeOf(cluster, 'letan-queue-cua-nam')).not.toBe(serversNode);

  await Promise.all(crowds.map((crowd) => crowd.close()));
  for (const { store } of robots) await vi.waitFor(() => expect(store.outbox.length).toBe(0), patience);
  const numbers = crowds.flatMap((crowd) => crowd.given.map((ticket) => ticket.number));
  expect(new Set(numbers).size).toBe(numbers.length);
  const called = made.map((call) => call.split(' ')[0] ?? '');
  const known = [...called, ...server.overview.waiting(['certification'], null).map((row) => row.number)];
  expect(known.sort()).toEqual(numbers.sort());
  expect(server.overview.scores()).toEqual({ '4': crowds.reduce((sum, crowd) => sum + crowd.opinions, 0) });
  expect(made.length).toBe(4);
  for (const { calls, store } of robots) {
    await vi.waitFor(() => expect(calls.length).toBeGreaterThanOrEqual(made.length), patience);
    expect(calls.map((call) => `${call.ticketNumber} ${call.sequence}`).sort()).toEqual([...made].sort());
    expect(store.outbox.refusedCount).toBe(0);
  }
}, 240_000);
