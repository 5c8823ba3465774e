import { expect, it } from 'vitest';
import { buildHouse, type RobotSide, settle, wish } from '../house.ts';

type House = Awaited<ReturnType<typeof buildHouse>>;

/** From now on commits are lost and every answer takes 20 ms, as it would on any network. */
function loseCommits(house: House, { wire }: RobotSide) {
  house.broker.deliveries = ({ topic, body }) => {
    if (topic.endsWith('robot-1/replies')) {
      house.clock.after(20, () => wire.offer(topic, JSON.stringify(body)));
      return 0;
    }
    return topic.includes('/tickets/commit/') ? 0 : 1;
  };
}

it('a queue server that answers hello and no stored request is asked with back-off, and gets it when it answers', async () => {
  const house = await buildHouse();
  const robot = await house.robot('robot-1');
  const { link, store } = robot;
  const ticket = await link.reserveTicket(wish);
  loseCommits(house, robot);
  await link.commitTicket(ticket.ticketId);
  await settle();
  await house.clock.advanceAsync(300_000, 250);
  expect(link.online).toBe(true);
  // Unanswered for 5 s each, and up to 30 s between: without the back-off it would be sixty times.
  const times = house.broker.sent('/tickets/commit/').length;
  expect(times).toBeGreaterThan(8);
  expect(times).toBeLessThan(36);
  expect(store.outbox.length).toBe(1);
  house.broker.deliveries = () => 1;
  await house.clock.advanceAsync(90_000, 250);
  expect(store.outbox.length).toBe(0);
});

it('a connection that comes back has no back-off of the one before to wait for', async () => {
  const house = await buildHouse();
  const robot = await house.robot('robot-1');
  const { link, store, wire } = robot;
  const ticket = await link.reserveTicket(wish);
  loseCommits(house, robot);
  await link.commitTicket(ticket.ticketId);
  const sent = () => house.broker.sent('/tickets/commit/').length;
  while (sent() < 4) await house.clock.advanceAsync(100, 100);
  // Unanswered once more: the rest after it has begun, and the link is online again.
  await house.clock.advanceAsync(5_100, 100);
  expect([sent(), link.online]).toEqual([4, true]);
  house.broker.deliveries = () => 1;
  wire.cut();
  wire.connect();
  await settle();
  house.clock.advance(100);
  expect(store.outbox.length).toBe(0);
});
