import { describe, expect, it } from 'vitest';
import { describeVisit, isHalted, isRestarting } from '../../src/behaviour/view-state.ts';
import { announcement, call, eStop, free, leaf, Robot, robotIn, settings } from './robot.ts';

const ready = () => Robot.ready();
const maintenance = (robot: Robot) => leaf(robot.snapshot.value, 'maintenance');
const spokenTexts = (robot: Robot) =>
  robot.commands.flatMap((command) => (command.type === 'speech.announce' ? [command.announcement.announcementId] : []));

describe('an ordered stop', () => {
  it.each([
    ['inService', 'robot.pause', 'paused'],
    ['inService', 'robot.stop', 'halted'],
    ['inService', 'robot.resume', 'inService'],
    ['paused', 'robot.pause', 'paused'],
    ['paused', 'robot.stop', 'halted'],
    ['paused', 'robot.resume', 'inService'],
    ['halted', 'robot.pause', 'halted'],
    ['halted', 'robot.stop', 'halted'],
    ['halted', 'robot.resume', 'inService'],
  ] as const)('%s, %s -> %s', (from, order, to) => {
    const robot = ready();
    if (from !== 'inService') robot.send({ type: from === 'paused' ? 'robot.pause' : 'robot.stop' });
    expect(maintenance(robot)).toBe(from);
    expect(maintenance(robot.send({ type: order }))).toBe(to);
  });

  it('ends a drive with one stop, and nothing drives until the order to resume', () => {
    const robot = ready().send({ type: 'robot.goTo', place: 'home' }, { type: 'robot.stop' });
    expect([robot.mobility, robot.count('stop'), robot.count('drive.to')]).toEqual(['parked', 1, 1]);
    robot.send({ type: 'robot.goTo', place: 'home' }, { type: 'touch.wake' }, { type: 'presence.near' }, { type: 'presence.left' });
    robot.clock.advance(20 * settings.patrolEveryMs);
    expect([robot.visit, robot.count('drive.to')]).toEqual(['attract', 1]);
    robot.send({ type: 'robot.resume' });
    robot.clock.advance(settings.patrolEveryMs - 1);
    expect(robot.count('drive.to')).toBe(1);
    robot.clock.advance(1);
    expect(robot.count('drive.to')).toBe(2);
  });

  it('ends what flows, and no water begins before the order to resume', () => {
    const robot = robotIn('waterDispensing').send({ type: 'robot.stop' });
    expect(robot.count('stop')).toBe(1);
    robot.fail('water.dispense', 'DISPENSE_NO_FLOW').send({ type: 'touch.accept' });
    expect([robot.visit, robot.count('water.dispense')]).toEqual(['waterFailed', 1]);
    const offered = robotIn('waterOffer').send({ type: 'robot.stop' }, { type: 'touch.accept' });
    expect(describeVisit(offered.snapshot)).toMatchObject({ screen: 'waterFailed', error: { code: 'ROBOT_STOPPED' } });
  });

  it('lets a ticket that is being printed come out and count', () => {
    const robot = robotIn('ticketPrinting').send({ type: 'robot.stop' });
    robot.send({ type: 'ticket.printed', id: robot.id('ticket.print') });
    robot.send({ type: 'ticket.committed', id: robot.id('ticket.commit') });
    expect([robot.visit, robot.count('ticket.void')]).toEqual(['ticketIssued', 0]);
  });

  it('and a safety stop do not release each other', () => {
    const robot = ready().send({ type: 'safety.changed', safety: eStop }, { type: 'robot.stop' }, { type: 'robot.resume' });
    expect([leaf(robot.snapshot.value, 'safety'), isHalted(robot.snapshot)]).toEqual(['latchedStop', false]);
    robot.send({ type: 'robot.stop' }, { type: 'safety.changed', safety: free });
    robot.clock.advance(20 * settings.patrolEveryMs);
    expect([leaf(robot.snapshot.value, 'safety'), isHalted(robot.snapshot), robot.count('drive.to')]).toEqual(['clear', true, 0]);
  });
});

describe('an ordered restart', () => {
  it('is begun at once while nobody is served, and asked for once', () => {
    const robot = ready().send({ type: 'robot.reboot' }, { type: 'robot.reboot' });
    expect([robot.count('restart'), isRestarting(robot.snapshot)]).toEqual([1, true]);
  });
  it('waits for the citizen, begins no other visit and stops a drive', () => {
    const robot = robotIn('ticketPrinting').send({ type: 'robot.reboot' });
    robot.send({ type: 'ticket.printed', id: robot.id('ticket.print') });
    robot.send({ type: 'ticket.committed', id: robot.id('ticket.commit') }, { type: 'touch.accept' });
    expect([robot.visit, robot.count('restart')]).toEqual(['thanks', 0]);
    robot.send({ type: 'touch.wake' });
    expect(robot.visit).toBe('thanks');
    robot.clock.advance(settings.shortScreenTimeoutMs);
    expect([robot.visit, robot.count('restart')]).toEqual(['attract', 1]);
    const driving = ready().send({ type: 'robot.goTo', place: 'home' }, { type: 'robot.reboot' });
    expect([driving.mobility, driving.count('stop'), driving.count('restart')]).toEqual(['parked', 1, 1]);
  });
  it('waits until a portion has ended and a call has been shown', () => {
    const robot = robotIn('waterDispensing').send({ type: 'robot.reboot' }, { type: 'touch.exit' }, { type: 'touch.exit' });
    expect([robot.visit, robot.count('restart')]).toEqual(['attract', 0]);
    robot.send({ type: 'call.received', call: call('a') }).fail('water.dispense');
    expect(robot.count('restart')).toBe(0);
    robot.clock.advance(settings.callDisplayMs);
    expect(robot.count('restart')).toBe(1);
  });
});

describe('announcements', () => {
  it('are shown one after the other for their time, each spoken once', () => {
    const robot = ready();
    robot.send(
      { type: 'robot.announce', announcement: announcement('a', 5000) },
      { type: 'robot.announce', announcement: announcement('b', 3000) },
    );
    robot.clock.advance(4999);
    expect(robot.context.announcement?.announcementId).toBe('a');
    robot.clock.advance(1);
    expect(robot.context.announcement?.announcementId).toBe('b');
    robot.clock.advance(3000);
    expect([robot.context.announcement, spokenTexts(robot)]).toEqual([null, ['a', 'b']]);
  });

  it('let a call go first: time stands still, what was cut short is said again, what was said is not', () => {
    const robot = ready().send({ type: 'robot.announce', announcement: announcement('a', 5000) });
    robot.clock.advance(2000);
    robot.send({ type: 'call.received', call: call('c1') }, { type: 'speech.finished', id: robot.id('speech.announce') });
    expect(robot.context.call?.callId).toBe('c1');
    robot.clock.advance(settings.callDisplayMs);
    expect(spokenTexts(robot)).toEqual(['a', 'a']);
    robot.send({ type: 'speech.finished', id: robot.id('speech.announce') }, { type: 'call.received', call: call('c2') });
    robot.clock.advance(settings.callDisplayMs + 2999);
    expect([robot.context.announcement?.announcementId, spokenTexts(robot)]).toEqual(['a', ['a', 'a']]);
    robot.clock.advance(1);
    expect(robot.context.announcement).toBeNull();
  });

  it('wait while a call is shown, and no more than ten wait', () => {
    const robot = ready().send({ type: 'call.received', call: call('c1') });
    for (let index = 0; index < 12; index++) robot.send({ type: 'robot.announce', announcement: announcement(`a${index}`) });
    expect([robot.context.announcement, robot.context.waitingAnnouncements.length]).toEqual([null, 10]);
    robot.clock.advance(settings.callDisplayMs);
    expect(robot.context.announcement?.announcementId).toBe('a0');
  });

  it('hold up no safety stop', () => {
    const robot = ready().send({ type: 'robot.announce', announcement: announcement('a') }, { type: 'robot.goTo', place: 'home' });
    robot.send({ type: 'safety.changed', safety: eStop });
    expect([robot.mobility, robot.count('stop'), leaf(robot.snapshot.value, 'safety')]).toEqual(['parked', 1, 'latchedStop']);
  });
});

describe('missed numbers', () => {
  const update = (ticketNumber: string, change: 'noShow' | 'served' | 'voided' | 'waitingAgain', counter: number | null = 2) =>
    ({ type: 'ticket.updated', update: { ticketNumber, change, counter } }) as const;
  const missed = (robot: Robot) => robot.context.missed.map(({ ticketNumber }) => ticketNumber);

  it.each(['served', 'voided', 'waitingAgain'] as const)('are kept until %s', (change) => {
    const robot = ready().send(update('A001', 'noShow'), update('B002', 'noShow', null), update('A001', 'noShow', 3));
    expect(robot.context.missed).toEqual([
      { ticketNumber: 'B002', counter: null },
      { ticketNumber: 'A001', counter: 3 },
    ]);
    expect(missed(robot.send(update('B002', change)))).toEqual(['A001']);
  });
  it('end with the next call of the number and with the day', () => {
    const robot = ready().send(update('A012', 'noShow'), update('B002', 'noShow'), { type: 'call.received', call: call('c1') });
    expect(missed(robot)).toEqual(['B002']);
    expect(missed(robot.send({ type: 'day.began' }))).toEqual([]);
  });
  it('are six at most; the oldest leaves', () => {
    const robot = ready();
    for (let index = 1; index <= 8; index++) robot.send(update(`A00${index}`, 'noShow'));
    expect(missed(robot)).toEqual(['A003', 'A004', 'A005', 'A006', 'A007', 'A008']);
  });
});

describe('a call that expires', () => {
  it('while it waits is never shown; one being shown stays its time', () => {
    const robot = ready().send({ type: 'call.received', call: call('a') }, { type: 'call.received', call: call('b') });
    robot.send({ type: 'call.expired', callId: 'a', sequence: 1 }, { type: 'call.expired', callId: 'b', sequence: 1 });
    expect(robot.context.call?.callId).toBe('a');
    robot.clock.advance(settings.callDisplayMs);
    expect([robot.context.call, robot.count('speech.call')]).toEqual([null, 1]);
  });
  it('leaves a later recall of the same ticket alone', () => {
    const robot = ready().send({ type: 'call.received', call: call('x') }, { type: 'call.received', call: call('a') });
    robot.send({ type: 'call.received', call: call('a', 2) }, { type: 'call.expired', callId: 'a', sequence: 1 });
    expect(robot.context.waitingCalls.map(({ sequence }) => sequence)).toEqual([2]);
  });
});

describe('several services', () => {
  const order = (followedBy: string[]) => ({ type: 'touch.service', serviceId: 'civil', followedBy, priorityClass: 'withChild' }) as const;
  it('are asked for in their order', () => {
    const robot = robotIn('services').send(order(['tax']));
    expect(robot.commands.find(({ type }) => type === 'ticket.reserve')).toMatchObject({ serviceId: 'civil', followedBy: ['tax'] });
  });
  it.each([
    [['land'], 'ticketFailed'],
    [['nowhere'], 'services'],
  ])('with %s reserve nothing', (followedBy, state) => {
    const robot = robotIn('services').send(order(followedBy));
    expect([robot.visit, robot.count('ticket.reserve')]).toEqual([state, 0]);
  });
});

describe('a booking that is not good now', () => {
  it('leads to a paper number, where there is paper', () => {
    const failed = robotIn('bookingCheckIn').fail('booking.checkIn');
    expect(failed.send({ type: 'touch.accept' }).visit).toBe('services');
    expect(failed.context.visit.error).toBeNull();
  });
});
