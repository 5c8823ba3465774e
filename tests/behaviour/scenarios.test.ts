import { describe, expect, it } from 'vitest';
import { menuChoices } from '../../src/behaviour/events.ts';
import { screenNames, type VisitScreen } from '../../src/behaviour/screens.ts';
import { describeVisit, expectedScan, offeredChoices } from '../../src/behaviour/view-state.ts';
import type { ScreenName } from '../../src/kiosk/view.ts';
import { bringTo, eStop, paperEnd, Robot, robotIn, settings, ticket } from './robot.ts';

const faulty = { type: 'device.changed', device: 'printer', state: { status: 'faulty', error: paperEnd } } as const;
const types = (robot: Robot) => robot.commands.map((command) => command.type).filter((type) => type !== 'lights.set');

describe('a visit', () => {
  it('goes from the greeting to thanks', () => {
    const robot = robotIn('waterDispensing');
    robot.send({ type: 'water.progress', id: robot.id('water.dispense'), dispensedMl: 70 });
    expect(robot.context.visit.dispensedMl).toBe(70);
    robot.send({ type: 'water.dispensed', id: robot.id('water.dispense'), dispensedMl: 149 });
    expect(robot.visit).toBe('thanks');
    robot.clock.advance(settings.shortScreenTimeoutMs);
    expect(robot.visit).toBe('attract');
    expect(types(robot)).toEqual([
      'speech.say',
      'ticket.reserve',
      'ticket.print',
      'ticket.commit',
      'speech.say',
      'speech.say',
      'water.dispense',
      'vault.erase',
      'speech.say',
    ]);
    expect(robot.commands.find((command) => command.type === 'ticket.reserve')).toMatchObject({
      visitId: 'run-v1',
      serviceId: 'civil',
      priorityClass: 'elderly',
      language: 'en',
    });
    expect(robot.commands.find((command) => command.type === 'vault.erase')).toMatchObject({ visitId: 'run-v1' });
    expect(robot.context.visit).toMatchObject({ visitId: null, ticket: null, recordIds: [], language: 'vi' });
  });

  it('gets a new id each time, and its data is erased once however it ends', () => {
    const robot = Robot.ready();
    for (let round = 1; round <= 3; round++) {
      robot.send({ type: 'touch.wake' }, { type: 'touch.exit' }, { type: 'touch.exit' });
      expect(robot.visit).toBe('attract');
    }
    const erased = robot.commands.filter((command) => command.type === 'vault.erase').map((command) => command.visitId);
    expect(erased).toEqual(['run-v1', 'run-v2', 'run-v3']);
  });

  it('tells the projection what the screen can do', () => {
    expect(describeVisit(robotIn('menu').snapshot)).toMatchObject({ screen: 'menu', totalMs: 30_000, canGoBack: true, canExit: true });
    expect(describeVisit(robotIn('attract').snapshot)).toMatchObject({ totalMs: null, canGoBack: false, canExit: false });
    expect(describeVisit(robotIn('ticketPrinting').snapshot)).toMatchObject({ totalMs: 15_000, canGoBack: false, canExit: false });
    expect(expectedScan(robotIn('registrationConsent').snapshot)).toBeNull();
    expect(expectedScan(robotIn('registrationScan').snapshot)).toBe('card');
    const names: readonly ScreenName[] = screenNames;
    const backwards = (name: ScreenName): VisitScreen => name;
    expect(new Set(names.map(backwards)).size).toBe(32);
    for (const state of Object.keys(bringTo)) expect(names).toContain(describeVisit(robotIn(state).snapshot).screen);
  });

  it('offers only what the robot has', () => {
    const robot = Robot.ready({ waterEnabled: false, snackEnabled: false });
    expect(offeredChoices(robot.context)).toEqual(menuChoices.filter((choice) => choice !== 'water' && choice !== 'snack'));
    robot.send({ type: 'touch.wake' }, { type: 'touch.language', language: 'vi' });
    robot.send({ type: 'touch.menu', choice: 'water' }, { type: 'touch.menu', choice: 'snack' });
    expect(robot.visit).toBe('menu');
  });
});

describe('every screen ends in time', () => {
  const citizens: [string, number, string][] = [
    ['greeting', 8_000, 'language'],
    ['language', 30_000, 'attract'],
    ['menu', 30_000, 'attract'],
    ['services', 30_000, 'attract'],
    ['procedures', 95_000, 'attract'],
    ['procedure', 95_000, 'attract'],
    ['bookingScan', 95_000, 'attract'],
    ['ticketIssued', 8_000, 'waterOffer'],
    ['ticketFailed', 8_000, 'thanks'],
    ['waterOffer', 30_000, 'thanks'],
    ['waterFailed', 8_000, 'thanks'],
    ['snackFailed', 8_000, 'thanks'],
    ['registrationConsent', 95_000, 'attract'],
    ['registrationScan', 95_000, 'attract'],
    ['registrationNumber', 95_000, 'attract'],
    ['registrationChipFailed', 95_000, 'attract'],
    ['registrationConfirm', 95_000, 'attract'],
    ['registrationDone', 8_000, 'thanks'],
    ['feedback', 30_000, 'attract'],
    ['feedbackDone', 8_000, 'thanks'],
    ['petition', 95_000, 'attract'],
    ['petitionDone', 30_000, 'thanks'],
    ['serviceFailed', 8_000, 'thanks'],
  ];
  const commands: [string, number, string][] = [
    ['ticketReserving', 6_000, 'ticketFailed'],
    ['bookingCheckIn', 6_000, 'bookingScan'],
    ['ticketPrinting', 15_000, 'ticketFailed'],
    ['ticketCommitting', 6_000, 'ticketFailed'],
    ['waterDispensing', 60_000, 'waterFailed'],
    ['snackDispensing', 60_000, 'snackFailed'],
    ['registrationChip', 95_000, 'registrationChipFailed'],
    ['registrationSending', 6_000, 'serviceFailed'],
    ['feedbackStoring', 6_000, 'serviceFailed'],
    ['petitionSending', 6_000, 'serviceFailed'],
    ['petitionPrinting', 15_000, 'petitionDone'],
    ['thanks', 8_000, 'attract'],
  ];

  it('the lists above know every state but attract', () => {
    expect([...citizens, ...commands].map(([state]) => state).sort()).toEqual(
      Object.keys(bringTo)
        .filter((one) => one !== 'attract')
        .sort(),
    );
  });

  it.each([...citizens, ...commands])('%s lasts %d ms, not one less, then %s', (state, ms, next) => {
    const robot = robotIn(state);
    robot.clock.advance(ms - 1);
    expect(robot.visit).toBe(state);
    robot.clock.advance(1);
    expect(robot.visit).toBe(next);
  });

  it.each(citizens)('%s: more time restarts the %d ms', (state, ms, next) => {
    const robot = robotIn(state);
    robot.clock.advance(ms - 1);
    const asked = types(robot).length;
    robot.send({ type: 'touch.stillHere' });
    expect(types(robot).length).toBe(asked);
    robot.clock.advance(ms - 1);
    expect(robot.visit).toBe(state);
    robot.clock.advance(1);
    expect(robot.visit).toBe(next);
  });
});

describe('a ticket', () => {
  it('is not reserved without paper', () => {
    const robot = robotIn('menu').send(faulty, { type: 'touch.menu', choice: 'ticket' });
    expect(robot.visit).toBe('ticketFailed');
    expect(describeVisit(robot.snapshot).error).toEqual(paperEnd);
    expect(robot.count('ticket.reserve')).toBe(0);
    robot.send({ type: 'touch.accept' });
    expect(robot.visit).toBe('ticketFailed');
    robot.send({ type: 'device.changed', device: 'printer', state: { status: 'ready' } }, { type: 'touch.accept' });
    expect(robot.visit).toBe('services');
  });

  it.each(['services', 'procedure'])('chosen in %s is not reserved when the paper ends there', (state) => {
    const robot = robotIn(state).send(faulty, { type: 'touch.service', serviceId: 'civil', followedBy: [], priorityClass: 'none' });
    expect(robot.visit).toBe('ticketFailed');
    expect(robot.count('ticket.reserve')).toBe(0);
  });

  it('is voided unprinted when the paper ends while the number is reserved', () => {
    const robot = robotIn('ticketReserving').send(faulty);
    robot.send({ type: 'ticket.reserved', id: robot.id('ticket.reserve'), ticket: ticket('t7') });
    expect(robot.visit).toBe('ticketFailed');
    expect(robot.count('ticket.print')).toBe(0);
    expect(robot.commands).toContainEqual(expect.objectContaining({ type: 'ticket.void', ticketId: 't7', reason: 'PRINTER_PAPER_END' }));
  });

  it('is voided when printing fails, and a late success changes nothing', () => {
    const robot = robotIn('ticketPrinting').fail('ticket.print', 'PRINTER_PAPER_END');
    expect(robot.commands).toContainEqual(
      expect.objectContaining({ type: 'ticket.void', ticketId: 'ticket-1', reason: 'PRINTER_PAPER_END' }),
    );
    robot.send({ type: 'ticket.printed', id: robot.id('ticket.print') });
    expect(robot.visit).toBe('ticketFailed');
    expect(robot.count('ticket.commit')).toBe(0);
  });

  it('is voided when the printer says nothing in time; its late confirmation commits nothing', () => {
    const robot = robotIn('ticketPrinting');
    robot.clock.advance(settings.printTimeoutMs);
    robot.send({ type: 'ticket.printed', id: robot.id('ticket.print') });
    expect([robot.visit, robot.count('ticket.void'), robot.count('ticket.commit')]).toEqual(['ticketFailed', 1, 0]);
    expect(describeVisit(robot.snapshot).error?.code).toBe('PRINTER_UNKNOWN_OUTCOME');
  });

  it.each(['touch.back', 'touch.exit'] as const)('reserved after %s is voided once', (type) => {
    const robot = robotIn('ticketReserving');
    const id = robot.id('ticket.reserve');
    robot.send({ type }, { type: 'ticket.reserved', id, ticket: ticket('late') }, { type: 'ticket.reserved', id, ticket: ticket('late') });
    expect(robot.commands.filter((command) => command.type === 'ticket.void').map((command) => command.ticketId)).toEqual(['late']);
    expect(robot.count('ticket.print')).toBe(0);
  });

  it('reserved late is voided also while the next one is printed', () => {
    const robot = robotIn('ticketReserving');
    const id = robot.id('ticket.reserve');
    robot.clock.advance(settings.commandTimeoutMs);
    robot.send({ type: 'touch.accept' }, { type: 'touch.service', serviceId: 'civil', followedBy: [], priorityClass: 'none' });
    robot.send({ type: 'ticket.reserved', id: robot.id('ticket.reserve'), ticket: ticket('second') });
    robot.send({ type: 'ticket.reserved', id, ticket: ticket('first') });
    expect(robot.visit).toBe('ticketPrinting');
    expect(robot.context.visit.ticket?.ticketId).toBe('second');
    expect(robot.commands.filter((command) => command.type === 'ticket.void').map((command) => command.ticketId)).toEqual(['first']);
  });

  it('reserved twice under one id is neither printed nor voided twice', () => {
    const robot = robotIn('ticketPrinting');
    robot.send({ type: 'ticket.reserved', id: robot.id('ticket.reserve'), ticket: ticket() });
    expect([robot.visit, robot.count('ticket.print'), robot.count('ticket.void')]).toEqual(['ticketPrinting', 1, 0]);
  });

  it('of a booking: an unknown booking asks again with the reason', () => {
    const robot = robotIn('bookingCheckIn');
    robot.fail('booking.checkIn');
    expect(describeVisit(robot.snapshot)).toMatchObject({ screen: 'bookingScan', error: { code: 'REQUEST_TIMEOUT' } });
  });

  it('survives the link and the board going in between', () => {
    const robot = robotIn('ticketPrinting');
    robot.send({ type: 'link.offline', error: { code: 'QUEUE_OFFLINE', detail: '' } });
    robot.send({
      type: 'device.changed',
      device: 'board',
      state: { status: 'offline', error: { code: 'BOARD_NOT_CONNECTED', detail: '' } },
    });
    robot.send({ type: 'ticket.printed', id: robot.id('ticket.print') });
    robot.send({ type: 'ticket.committed', id: robot.id('ticket.commit') });
    expect(robot.visit).toBe('ticketIssued');
    robot.send({ type: 'touch.accept' });
    expect(robot.visit).toBe('thanks');
  });
});

describe('registration', () => {
  it('takes a couple, not three', () => {
    const robot = robotIn('registrationConfirm').send({ type: 'touch.addPerson' });
    robot.send({ type: 'touch.back' });
    expect(robot.visit).toBe('registrationConfirm');
    robot.send({ type: 'touch.addPerson' }, { type: 'scan.read', code: { kind: 'card', recordId: 'r2' } }, { type: 'touch.addPerson' });
    expect(robot.visit).toBe('registrationConfirm');
    robot.send({ type: 'touch.accept' });
    expect(robot.commands.find((command) => command.type === 'registration.submit')).toMatchObject({ recordIds: ['r1', 'r2'] });
  });
  it('forgets the last card on the way back', () => {
    const robot = robotIn('registrationConfirm').send({ type: 'touch.back' });
    expect(robot.context.visit.recordIds).toEqual([]);
  });
});

describe('water', () => {
  it('is aborted when the citizen leaves, and the robot rests until the portion has ended', () => {
    const robot = robotIn('waterDispensing').send({ type: 'touch.exit' }, { type: 'touch.exit' }, { type: 'robot.goTo', place: 'home' });
    expect(robot.count('water.abort')).toBe(1);
    expect([robot.visit, robot.mobility, robot.count('drive.to')]).toEqual(['attract', 'parked', 0]);
    robot.fail('water.dispense');
    expect(robot.commands.at(-2)).toMatchObject({ type: 'drive.to', place: 'home' });
  });
  it('is not offered under a latched stop', () => {
    const robot = robotIn('menu').send({ type: 'safety.changed', safety: eStop }, { type: 'touch.menu', choice: 'water' });
    expect(describeVisit(robot.snapshot)).toMatchObject({ screen: 'waterFailed', error: { code: 'SAFETY_STOP' } });
  });
});
