import { describe, expect, it } from 'vitest';
import { buildHouse, type House, settle, wish } from '../house.ts';

/** Keeps back every answer to a robot's hello from now on; `give(n)` hands the n-th over, the first is 1. */
function heldHellos(house: House, robot: string, wire: { offer(topic: string, payload: string): void }) {
  const held: { topic: string; payload: string }[] = [];
  house.broker.deliveries = ({ topic, body }) => {
    if (!topic.endsWith(`${robot}/replies`) || !String(body.idempotencyKey).startsWith('hello:')) return 1;
    held.push({ topic, payload: JSON.stringify(body) });
    return 0;
  };
  const give = async (n: number) => {
    const answer = held[n - 1];
    if (!answer) throw new Error(`${held.length} hellos were answered`);
    wire.offer(answer.topic, answer.payload);
    await settle();
  };
  return { held, give };
}

/** Moves the clock until so many answers were kept back, and a little, so that the next hello is not due. */
async function untilHellos(house: House, held: readonly unknown[], count: number) {
  for (let second = 0; second < 200 && held.length < count; second++) await house.clock.advanceAsync(500, 100);
  expect(held.length).toBe(count);
}

async function greetedTooLate() {
  const house = await buildHouse();
  const { link, wire } = await house.robot('robot-1');
  wire.cut();
  const hellos = heldHellos(house, 'robot-1', wire);
  wire.connect();
  await settle();
  return { house, link, wire, ...hellos };
}

describe('an answer to a hello that comes after its deadline', () => {
  it('counts while it is the newest', async () => {
    const { house, link, held, give } = await greetedTooLate();
    house.clock.advance(5_000);
    await settle();
    expect([held.length, link.online]).toEqual([1, false]);
    await give(1);
    expect(link.online).toBe(true);
    // Neither the pause that was begun nor the old deadline does anything any more.
    await house.clock.advanceAsync(60_000, 500);
    expect([held.length, link.online]).toEqual([1, true]);
  });

  it('counts while the next hello is under way, whose own answer changes nothing', async () => {
    const { house, link, held, give } = await greetedTooLate();
    await untilHellos(house, held, 2);
    await give(1);
    expect(link.online).toBe(true);
    await give(2);
    await house.clock.advanceAsync(60_000, 500);
    expect([held.length, link.online]).toEqual([2, true]);
  });

  it('does not count when it is two hellos old', async () => {
    const { house, link, held, give } = await greetedTooLate();
    await untilHellos(house, held, 3);
    await give(1);
    expect(link.online).toBe(false);
    await give(2);
    expect(link.online).toBe(true);
  });

  it('does not count when its connection is gone, nor when its queue server is', async () => {
    const { house, link, wire, held, give } = await greetedTooLate();
    wire.cut();
    wire.connect();
    await settle();
    expect(held).toHaveLength(2);
    await give(1);
    expect(link.online).toBe(false);
    const online = house.broker.sent('queue/connection').findLast(({ body }) => body.state === 'online');
    const anew = { ...online?.body, instanceId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' };
    house.broker.publish('server', online?.topic ?? '', JSON.stringify(anew), true);
    await settle();
    expect(held).toHaveLength(3);
    await give(2);
    expect(link.online).toBe(false);
    await give(3);
    expect(link.online).toBe(true);
  });
});

it.each([6_000, 9_000, 20_000])('a queue server whose every hello takes %i ms is online, and gives numbers', async (lateMs) => {
  const house = await buildHouse();
  const { link, wire } = await house.robot('robot-1');
  wire.cut();
  house.broker.deliveries = ({ topic, body }) => {
    if (!topic.endsWith('robot-1/replies') || !String(body.idempotencyKey).startsWith('hello:')) return 1;
    house.clock.after(lateMs, () => wire.offer(topic, JSON.stringify(body)));
    return 0;
  };
  wire.connect();
  await house.clock.advanceAsync(120_000, 250);
  expect(link.online).toBe(true);
  expect((await link.reserveTicket(wish)).offline).toBe(false);
});
