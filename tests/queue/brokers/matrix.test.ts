import { describe, expect, it, vi } from 'vitest';
import { wish } from '../house.ts';
import { type Robot, startRobot, startServer } from './cast.ts';
import { kinds, type RealBroker } from './kinds.ts';

const patience = 20_000;
/** A cluster that comes back as a whole chooses its leaders first: seconds, on a busy machine a minute. */
const afterAnOutage = 100_000;

async function servedBy(broker: RealBroker) {
  const server = await startServer(broker.access('queue-server'));
  const robot = startRobot('robot-1', broker.access('robot-1'));
  await vi.waitFor(() => expect(robot.store.leases.remaining('certification')).toBe(30), patience);
  return { server, ...robot };
}

const emptied = ({ store }: Pick<Robot, 'store'>, withinMs = patience) => vi.waitFor(() => expect(store.outbox.length).toBe(0), withinMs);

describe.each(kinds)('over %s', (_name, start, protocol) => {
  it('serves a ticket from reservation to call, and an order of the ward', async () => {
    const broker = await start();
    const { server, link, transport, calls, store } = await servedBy(broker);
    expect(transport.protocol).toBe(protocol);
    const orders: string[] = [];
    link.onCommand(({ command }) => {
      orders.push(command);
      return { ok: true, result: {} };
    });
    const ticket = await link.reserveTicket(wish);
    expect(ticket.offline).toBe(false);
    await link.commitTicket(ticket.ticketId);
    await link.submitFeedback({ visitId: 'visit-1', score: 5 });
    await emptied({ store });
    expect(server.callNext(1)).toMatchObject({ ticketNumber: ticket.number });
    await vi.waitFor(() => expect(calls).toMatchObject([{ ticketNumber: 'A001', counter: 1, sequence: 1 }]), patience);
    expect(await server.command('robot-1', { command: 'stop', reason: 'a test' })).toMatchObject({ ok: true });
    expect(orders).toEqual(['stop']);
    expect(server.overview.scores()).toEqual({ '5': 1 });
  });

  it('outlives the broker: numbers from the lease, and everything delivered once and in order', async () => {
    const broker = await start();
    const { server, store, link, calls } = await servedBy(broker);
    await broker.vanish();
    await vi.waitFor(() => expect(link.online).toBe(false), patience);
    const numbers: string[] = [];
    for (let n = 0; n < 5; n++) {
      const ticket = await link.reserveTicket(wish);
      expect(ticket.offline).toBe(true);
      await link.commitTicket(ticket.ticketId);
      numbers.push(ticket.number);
    }
    await link.submitFeedback({ visitId: 'visit-1', score: 2 });
    expect(store.outbox.length).toBe(6);
    await broker.comeBack();
    await emptied({ store }, afterAnOutage);
    expect(link.online).toBe(true);
    expect(server.overview.waiting(['certification'], null).map((row) => row.number)).toEqual(numbers);
    expect(server.overview.scores()).toEqual({ '2': 1 });
    expect((await link.reserveTicket(wish)).offline).toBe(false);
    server.callNext(1);
    await vi.waitFor(() => expect(calls.map((call) => call.ticketNumber)).toEqual([numbers[0]]), patience);
  }, 150_000);

  it('two robots of a ward: each has its own answers, both hear every call', async () => {
    const broker = await start();
    const { server, link, store, calls } = await servedBy(broker);
    const second = startRobot('robot-2', broker.access('robot-2'));
    await vi.waitFor(() => expect(second.store.leases.remaining('certification')).toBe(30), patience);
    const tickets = await Promise.all([link, second.link, link, second.link].map((one) => one.reserveTicket(wish)));
    expect(new Set(tickets.map((ticket) => ticket.number)).size).toBe(4);
    const [first, other] = tickets;
    await link.commitTicket(first?.ticketId ?? '');
    await second.link.commitTicket(other?.ticketId ?? '');
    await Promise.all([emptied({ store }), emptied(second)]);
    server.callNext(1);
    server.callNext(1);
    const called = [first?.number, other?.number].sort();
    await vi.waitFor(() => expect(calls.map((call) => call.ticketNumber).sort()).toEqual(called), patience);
    await vi.waitFor(() => expect(second.calls.map((call) => call.ticketNumber).sort()).toEqual(called), patience);
    expect(server.robots().map(({ robotId, connection }) => [robotId, connection])).toEqual([
      ['robot-1', 'online'],
      ['robot-2', 'online'],
    ]);
  });
});
