import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createIds } from '../../../src/core/ids.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { QueueLink } from '../../../src/queue/client.ts';
import { Store } from '../../../src/store/store.ts';
import { buildHouse, program, settle, temporaryFolder, ward, wish } from '../house.ts';
import { SettableClock } from '../link/settable-clock.ts';

/** A robot that has numbers in hand and is cut off; each `boot` is a new life of its program with its clock `offMs` off. */
async function cutOff() {
  const house = await buildHouse();
  const file = join(temporaryFolder(), 'robot.sqlite');
  const clock = new SettableClock(house.clock);
  const random = new SeededRandom(7);
  let lives = 0;
  const boot = async (offMs: number) => {
    clock.offMs = offMs;
    const ids = createIds(clock, random);
    const store = Store.open({ file, clock, ids, logger: silentLogger, outboxLimit: 50 });
    const wire = house.broker.transport(`life ${++lives}`);
    const basics = { clock, random, ids, logger: silentLogger, store, transport: wire };
    const link = new QueueLink({ ...basics, ...program, ward, robotId: 'robot-1', requestTimeoutMs: 5_000 });
    link.start();
    await settle();
    const give = async () => {
      const ticket = await link.reserveTicket(wish);
      expect(ticket.offline).toBe(true);
      await link.commitTicket(ticket.ticketId);
      return Date.parse(ticket.issuedAt);
    };
    const die = async () => {
      wire.cut();
      await link.stop();
      store.close();
    };
    return { link, wire, give, die };
  };
  const first = await boot(0);
  expect(first.link.health.leasedNumbers).toBeGreaterThan(10);
  await first.die();
  house.serverWire.cut();
  return { house, boot };
}

/** `issuedAt` of the tickets handed in, by their number. */
const handedIn = (house: Awaited<ReturnType<typeof buildHouse>>) =>
  new Map(
    house.broker.sent('/tickets/commit/').flatMap(({ body }): [string, number][] => {
      const { offlineTicket } = body;
      if (typeof offlineTicket !== 'object' || offlineTicket === null) return [];
      const { number, issuedAt } = Object.fromEntries(Object.entries(offlineTicket));
      return [[String(number), Date.parse(String(issuedAt))]];
    }),
  );

it('two offline tickets keep their order though the time is learnt between them', async () => {
  const { house, boot } = await cutOff();
  const { link, give } = await boot(90_000);
  const before = await give();
  expect(before).toBe(house.clock.nowMs() + 90_000);
  // The queue server answers: its clock is 90 s behind what the robot believed. Nothing but the hello gets through.
  house.broker.deliveries = ({ topic }) => (topic.includes('/tickets/') ? 0 : 1);
  house.serverWire.connect();
  await settle();
  expect(link.health.clockSkewMs).toBe(-90_000);
  house.serverWire.cut();
  await settle();
  house.clock.advance(1_000);
  const after = await give();
  expect(after).toBeGreaterThan(before);
  expect(after - before).toBeLessThan(1_000);
  // And the right time again as soon as it has passed the other.
  house.clock.advance(120_000);
  expect(await give()).toBe(house.clock.nowMs());
  house.broker.deliveries = () => 1;
  house.serverWire.connect();
  await house.clock.advanceAsync(60_000, 500);
  const issued = [...handedIn(house)].sort(([a], [b]) => a.localeCompare(b)).map(([, issuedMs]) => issuedMs);
  expect(issued).toHaveLength(3);
  expect(issued).toEqual(issued.toSorted((a, b) => a - b));
});

it('and over a restart whose clock was set back', async () => {
  const { house, boot } = await cutOff();
  const one = await boot(90_000);
  const before = await one.give();
  await one.die();
  house.clock.advance(10_000);
  const other = await boot(0);
  const after = await other.give();
  expect(after).toBeGreaterThan(before);
  expect(after - before).toBeLessThan(1_000);
});
