import { expect, it } from 'vitest';
import type { Serving, TicketUpdate } from '../../src/behaviour/model.ts';
import { SimulatedClock } from '../../src/core/clock.ts';
import { createIds } from '../../src/core/ids.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { SeededRandom } from '../../src/core/random.ts';
import { Announcements } from '../../src/queue/announcements.ts';
import { Intake } from '../../src/queue/intake.ts';
import { ServerClock } from '../../src/queue/server-clock.ts';
import { Store } from '../../src/store/store.ts';

const skewMs = 90_000;

/** The announcements' room of a robot whose clock is 90 s behind the queue server's. */
function setUp() {
  const clock = new SimulatedClock();
  const ids = createIds(clock, new SeededRandom(1));
  const intake = new Intake('cua-nam', silentLogger, clock);
  const store = Store.open({ file: ':memory:', clock, ids, logger: silentLogger, outboxLimit: 10 });
  const serverNowMs = () => clock.nowMs() + skewMs;
  const serverClock = new ServerClock(clock);
  serverClock.learn(serverNowMs(), clock.monotonicMs());
  const announcements = new Announcements(store, serverClock, silentLogger, intake);
  const message = (body: object) => {
    const head = { version: 1, ward: 'cua-nam', messageId: ids.next(), sentAt: new Date(serverNowMs()).toISOString() };
    return { topic: 'any', payload: Buffer.from(JSON.stringify({ ...head, ...body })) };
  };
  const inMs = (ms: number) => new Date(serverNowMs() + ms).toISOString();
  return { announcements, intake, message, inMs };
}

it('a closed counter serves nobody, whatever number it still names', () => {
  const { announcements, message } = setUp();
  const lists: Serving[][] = [];
  announcements.servingChanged.on((serving) => lists.push(serving));
  for (const counter of [2, 1]) announcements.handleServing(message({ counter, open: true, ticketNumber: `A00${counter}` }));
  announcements.handleServing(message({ counter: 1, open: false, ticketNumber: 'A001' }));
  announcements.handleServing(message({ counter: 2, open: true, ticketNumber: null }));
  expect(lists.map((list) => list.map(({ ticketNumber }) => ticketNumber))).toEqual([['A002'], ['A001', 'A002'], ['A002'], []]);
});

it('news of a ticket go on until they expire by the clock of the queue server', () => {
  const { announcements, intake, message, inMs } = setUp();
  const heard: TicketUpdate[] = [];
  announcements.ticketUpdated.on((update) => heard.push(update));
  const update = { ticketNumber: 'A001', change: 'noShow', counter: 3 } as const;
  announcements.handleUpdate(message({ ...update, expiresAt: inMs(1) }));
  announcements.handleUpdate(message({ ...update, expiresAt: inMs(0) }));
  announcements.handleUpdate(message({ ...update, change: 'vanished', expiresAt: inMs(1000) }));
  expect(heard).toEqual([update]);
  expect(intake.dropped).toEqual({ expired: 1, badShape: 1 });
});

it.each(['call', 'recall', 'transfer', 'walkDirect'] as const)('a %s keeps its kind', (kind) => {
  const { announcements, message, inMs } = setUp();
  const kinds: string[] = [];
  announcements.callReceived.on((call) => kinds.push(call.kind));
  const callId = '01KE6M4Z5P8Q3R7S9T1V2W4X6Y';
  announcements.handleCall(message({ callId, sequence: 1, kind, ticketNumber: 'A001', counter: 2, expiresAt: inMs(1000) }));
  expect(kinds).toEqual([kind]);
});
