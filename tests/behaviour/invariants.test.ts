import fc from 'fast-check';
import { expect, it } from 'vitest';
import { menuChoices } from '../../src/behaviour/events.ts';
import { announcement, call, eStop, free, obstacle, paperEnd, Robot, ticket } from './robot.ts';
import { type Play, settle, Watch } from './watch.ts';

const boardLost = { code: 'BOARD_NOT_CONNECTED', detail: '' } as const;
const event = (...events: Extract<Play, { kind: 'event' }>['event'][]) =>
  fc.constantFrom(...events.map((one): Play => ({ kind: 'event', event: one })));

/** What a lobby may do to the robot, likely things often enough that visits go deep. */
const play: fc.Arbitrary<Play> = fc.oneof(
  {
    weight: 10,
    arbitrary: event(
      { type: 'touch.wake' },
      { type: 'touch.language', language: 'en' },
      { type: 'touch.service', serviceId: 'civil', followedBy: [], priorityClass: 'none' },
      { type: 'touch.accept' },
      { type: 'touch.petition', recordId: 'r1' },
      { type: 'touch.rating', score: 4 },
      { type: 'touch.addPerson' },
      { type: 'scan.read', code: { kind: 'card', recordId: 'r1' } },
      { type: 'scan.read', code: { kind: 'booking', bookingCode: 'B1' } },
      { type: 'touch.typeNumber' },
      { type: 'touch.cardNumber', recordId: 'r2' },
      { type: 'touch.procedure', code: '2.000815' },
    ),
  },
  {
    weight: 6,
    arbitrary: event(...menuChoices.map((choice) => ({ type: 'touch.menu', choice }) as const), { type: 'touch.menu', choice: 'ticket' }),
  },
  { weight: 3, arbitrary: event({ type: 'touch.back' }, { type: 'touch.exit' }, { type: 'touch.decline' }, { type: 'touch.stillHere' }) },
  {
    weight: 3,
    arbitrary: event(
      { type: 'presence.near' },
      { type: 'presence.left' },
      { type: 'robot.goTo', place: 'home' },
      { type: 'robot.pause' },
      { type: 'robot.stop' },
      { type: 'robot.announce', announcement: announcement('n1', 4000) },
      { type: 'call.received', call: call('c1') },
      { type: 'ticket.updated', update: { ticketNumber: 'A012', change: 'noShow', counter: 2 } },
      { type: 'robot.resume' },
      { type: 'robot.resume' },
      { type: 'safety.changed', safety: eStop },
      { type: 'safety.changed', safety: free },
      { type: 'safety.changed', safety: free },
      { type: 'safety.changed', safety: obstacle },
      { type: 'device.changed', device: 'printer', state: { status: 'faulty', error: paperEnd } },
      { type: 'device.changed', device: 'printer', state: { status: 'ready' } },
      { type: 'device.changed', device: 'cardReader', state: { status: 'ready' } },
      { type: 'device.changed', device: 'board', state: { status: 'offline', error: boardLost } },
      { type: 'device.changed', device: 'board', state: { status: 'ready' } },
    ),
  },
  // An outcome of the newest command, or of an older one: late, repeated, out of order.
  { weight: 14, arbitrary: fc.record({ kind: fc.constant('outcome' as const), back: fc.constant(0), succeeds: fc.constant(true) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('outcome' as const), back: fc.nat(6), succeeds: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.constantFrom(1, 999, 6_000, 8_000, 15_000, 30_000, 90_000) }),
  },
);

const succeed: Play = { kind: 'outcome', back: 0, succeeds: true };
const events = (...list: Extract<Play, { kind: 'event' }>['event'][]): Play[] => list.map((one) => ({ kind: 'event', event: one }));
const begin = events({ type: 'robot.resume' }, { type: 'touch.wake' }, { type: 'touch.language', language: 'ko' });
const mend = events(
  { type: 'safety.changed', safety: free },
  { type: 'device.changed', device: 'board', state: { status: 'ready' } },
  { type: 'device.changed', device: 'printer', state: { status: 'ready' } },
);
/** Stretches of a whole visit, so that random steps also fall into its late parts. */
const stretch = fc.constantFrom<Play[]>(
  [
    ...mend,
    ...begin,
    ...events(
      { type: 'touch.menu', choice: 'ticket' },
      { type: 'touch.service', serviceId: 'civil', followedBy: [], priorityClass: 'none' },
    ),
  ],
  [succeed, succeed, succeed, ...events({ type: 'touch.accept' }, { type: 'touch.accept' })],
  [...mend, ...begin, ...events({ type: 'touch.menu', choice: 'water' }, { type: 'touch.accept' })],
  [...mend, ...begin, ...events({ type: 'touch.menu', choice: 'snack' })],
  [
    ...mend,
    ...begin,
    ...events(
      { type: 'device.changed', device: 'cardReader', state: { status: 'ready' } },
      { type: 'touch.menu', choice: 'registration' },
      { type: 'touch.accept' },
      { type: 'scan.read', code: { kind: 'card', recordId: 'r1' } },
    ),
  ],
  [...events({ type: 'touch.exit' }, { type: 'touch.exit' }), ...mend, ...events({ type: 'robot.goTo', place: 'home' })],
);
const plays = fc
  .array(fc.oneof({ weight: 6, arbitrary: play.map((one) => [one]) }, { weight: 1, arbitrary: stretch }), { minLength: 20, maxLength: 60 })
  .map((stretches) => stretches.flat());

it('whatever happens, nothing pours while it drives, and every number is committed or voided', () => {
  const seen = { chips: 0, stops: 0, restarts: 0, announcements: 0, drives: 0, pours: 0, commits: 0, voids: 0, visits: 0 };
  const lobby = fc.property(plays, fc.boolean(), (sequence, restarts) => {
    const robot = Robot.ready();
    const watch = new Watch(robot);
    for (const one of sequence) watch.take(one);
    settle(watch);
    watch.expectNothingOpen();
    if (restarts) {
      watch.send({ type: 'robot.reboot' });
      for (const one of sequence) watch.take(one);
      watch.send({ type: 'robot.reboot' });
      settle(watch);
      watch.expectNothingOpen();
      // A portion whose end nobody reported may still flow.
      const { dispenseId } = robot.context;
      if (dispenseId !== null) {
        expect(robot.count('restart')).toBe(0);
        watch.send({ type: 'command.failed', id: dispenseId, command: 'water.dispense', error: boardLost });
      }
      expect(robot.count('restart')).toBe(1);
    }
    seen.chips += robot.count('chip.seek');
    seen.stops += robot.count('stop');
    seen.restarts += robot.count('restart');
    seen.announcements += robot.count('speech.announce');
    seen.drives += robot.count('drive.to');
    seen.pours += robot.count('water.dispense') + robot.count('snack.dispense');
    seen.commits += robot.count('ticket.commit');
    seen.voids += robot.count('ticket.void');
    seen.visits += robot.context.visitCount;
    const again = Robot.ready();
    const watchAgain = new Watch(again);
    for (const one of sequence) watchAgain.take(one);
    settle(watchAgain);
    expect(again.commands).toEqual(robot.commands.slice(0, again.commands.length));
  });
  fc.assert(lobby, { numRuns: 100, seed: Number(process.env.LETAN_SEED ?? 20260105) });
  // The lobby above is lively enough to mean something.
  for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(10);
}, 90_000);

it('the watch itself sounds the alarm', () => {
  const pouring = Robot.ready();
  const watch = new Watch(pouring);
  watch.note({ type: 'water.dispense', id: 'x', volumeMl: 1 });
  expect(() => watch.note({ type: 'drive.to', id: 'y', place: 'home' })).toThrow(/drive/);
  expect(() => watch.note({ type: 'ticket.commit', id: 'z', ticketId: 't' })).toThrow(/commit/);
  expect(() => watch.note({ type: 'stop', id: 'x' })).toThrow(/id/);
  const halted = new Watch(Robot.ready());
  halted.send({ type: 'robot.stop' });
  expect(() => halted.note({ type: 'drive.to', id: 'h', place: 'home' })).toThrow(/after an order to stop/);
  expect(() => halted.note({ type: 'snack.dispense', id: 'i' })).toThrow(/after an order to stop/);
  halted.note({ type: 'restart', id: 'j' });
  expect(() => halted.note({ type: 'restart', id: 'k' })).toThrow(/second/);
  watch.send({ type: 'ticket.reserved', id: 'q', ticket: ticket() });
  expect(() => watch.expectNothingOpen()).toThrow(/neither/);
});
