import { describe, expect, it } from 'vitest';
import type { CommandType } from '../../src/behaviour/commands.ts';
import type { RobotEvent } from '../../src/behaviour/events.ts';
import { robotMachine } from '../../src/behaviour/robot.machine.ts';
import { announcement, bringTo, call, eStop, leafIds, paperEnd, robotIn, service, ticket } from './robot.ts';

type Sample = (id: string) => RobotEvent;
const same =
  (event: RobotEvent): Sample =>
  () =>
    event;

/** At least one sample of every event there is; outcomes carry the id they are given. The compiler misses no type. */
const samples = {
  'touch.wake': { '': same({ type: 'touch.wake' }) },
  'touch.language': { '': same({ type: 'touch.language', language: 'ko' }) },
  'touch.menu': {
    ticket: same({ type: 'touch.menu', choice: 'ticket' }),
    procedures: same({ type: 'touch.menu', choice: 'procedures' }),
    booking: same({ type: 'touch.menu', choice: 'booking' }),
    registration: same({ type: 'touch.menu', choice: 'registration' }),
    water: same({ type: 'touch.menu', choice: 'water' }),
    snack: same({ type: 'touch.menu', choice: 'snack' }),
    feedback: same({ type: 'touch.menu', choice: 'feedback' }),
    petition: same({ type: 'touch.menu', choice: 'petition' }),
  },
  'touch.service': {
    open: same({ type: 'touch.service', serviceId: 'civil', followedBy: [], priorityClass: 'none' }),
    closed: same({ type: 'touch.service', serviceId: 'land', followedBy: [], priorityClass: 'none' }),
    chain: same({ type: 'touch.service', serviceId: 'civil', followedBy: ['tax'], priorityClass: 'none' }),
    chainClosed: same({ type: 'touch.service', serviceId: 'civil', followedBy: ['land'], priorityClass: 'none' }),
    chainUnknown: same({ type: 'touch.service', serviceId: 'civil', followedBy: ['nowhere'], priorityClass: 'none' }),
    unknown: same({ type: 'touch.service', serviceId: 'nowhere', followedBy: [], priorityClass: 'none' }),
  },
  'touch.procedure': { '': same({ type: 'touch.procedure', code: '1.004222' }) },
  'touch.accept': { '': same({ type: 'touch.accept' }) },
  'touch.decline': { '': same({ type: 'touch.decline' }) },
  'touch.addPerson': { '': same({ type: 'touch.addPerson' }) },
  'touch.typeNumber': { '': same({ type: 'touch.typeNumber' }) },
  'touch.cardNumber': { '': same({ type: 'touch.cardNumber', recordId: 'r6' }) },
  'touch.rating': { '': same({ type: 'touch.rating', score: 1 }) },
  'touch.petition': { '': same({ type: 'touch.petition', recordId: 'r7' }) },
  'touch.back': { '': same({ type: 'touch.back' }) },
  'touch.exit': { '': same({ type: 'touch.exit' }) },
  'touch.stillHere': { '': same({ type: 'touch.stillHere' }) },
  'ticket.reserved': { '': (id) => ({ type: 'ticket.reserved', id, ticket: ticket('other') }) },
  'ticket.printed': { '': (id) => ({ type: 'ticket.printed', id }) },
  'ticket.committed': { '': (id) => ({ type: 'ticket.committed', id }) },
  'ticket.voided': { '': (id) => ({ type: 'ticket.voided', id }) },
  'water.progress': { '': (id) => ({ type: 'water.progress', id, dispensedMl: 40 }) },
  'water.dispensed': { '': (id) => ({ type: 'water.dispensed', id, dispensedMl: 150 }) },
  'snack.dispensed': { '': (id) => ({ type: 'snack.dispensed', id }) },
  'drive.arrived': { '': (id) => ({ type: 'drive.arrived', id }) },
  'chip.progress': { '': (id) => ({ type: 'chip.progress', id, stage: 'reading' }) },
  'chip.read': {
    intact: (id) => ({ type: 'chip.read', id, verdict: 'intact' }),
    forged: (id) => ({ type: 'chip.read', id, verdict: 'forged' }),
  },
  'registration.stored': { '': (id) => ({ type: 'registration.stored', id }) },
  'feedback.stored': { '': (id) => ({ type: 'feedback.stored', id }) },
  'petition.stored': { '': (id) => ({ type: 'petition.stored', id, receiptNumber: 'P-8' }) },
  'receipt.printed': { '': (id) => ({ type: 'receipt.printed', id }) },
  'speech.finished': { '': (id) => ({ type: 'speech.finished', id }) },
  'vault.erased': { '': (id) => ({ type: 'vault.erased', id }) },
  'command.failed': { '': (id) => ({ type: 'command.failed', id, command: 'ticket.print', error: paperEnd }) },
  'presence.near': { '': same({ type: 'presence.near' }) },
  'presence.left': { '': same({ type: 'presence.left' }) },
  'scan.read': {
    card: same({ type: 'scan.read', code: { kind: 'card', recordId: 'r5' } }),
    damaged: same({ type: 'scan.read', code: { kind: 'cardDamaged' } }),
    booking: same({ type: 'scan.read', code: { kind: 'booking', bookingCode: 'B5' } }),
    insurance: same({ type: 'scan.read', code: { kind: 'healthInsurance' } }),
    unknown: same({ type: 'scan.read', code: { kind: 'unknown' } }),
  },
  'call.received': { '': same({ type: 'call.received', call: call('c1') }) },
  'call.expired': { '': same({ type: 'call.expired', callId: 'c1', sequence: 1 }) },
  'ticket.updated': { '': same({ type: 'ticket.updated', update: { ticketNumber: 'A001', change: 'noShow', counter: 1 } }) },
  'day.began': { '': same({ type: 'day.began' }) },
  'serving.changed': { '': same({ type: 'serving.changed', serving: [{ counter: 1, ticketNumber: 'A001' }] }) },
  'services.changed': { '': same({ type: 'services.changed', services: [service('tax')] }) },
  'link.online': { '': same({ type: 'link.online' }) },
  'link.offline': { '': same({ type: 'link.offline', error: { code: 'QUEUE_OFFLINE', detail: '' } }) },
  'safety.changed': { '': same({ type: 'safety.changed', safety: eStop }) },
  'device.changed': { '': same({ type: 'device.changed', device: 'printer', state: { status: 'faulty', error: paperEnd } }) },
  'robot.pause': { '': same({ type: 'robot.pause' }) },
  'robot.resume': { '': same({ type: 'robot.resume' }) },
  'robot.stop': { '': same({ type: 'robot.stop' }) },
  'robot.reboot': { '': same({ type: 'robot.reboot' }) },
  'robot.announce': { '': same({ type: 'robot.announce', announcement: announcement('n1') }) },
  'robot.goTo': { '': same({ type: 'robot.goTo', place: 'home' }) },
} satisfies Record<RobotEvent['type'], Record<string, Sample>>;

/** Events that move each state, and where to; the state's own name: its countdown starts again. `!`: only with the awaited id. */
const exitAnd = (self: string, moves: Record<string, string>) => ({ 'touch.exit': 'thanks', 'touch.stillHere': self, ...moves });
const moves: Record<string, Record<string, string>> = {
  attract: { 'presence.near': 'greeting', 'touch.wake': 'greeting' },
  greeting: exitAnd('greeting', {
    'touch.wake': 'language',
    'touch.accept': 'language',
    'touch.language': 'menu',
    'presence.left': 'attract',
    'robot.pause': 'thanks',
    'robot.stop': 'thanks',
    'robot.reboot': 'thanks',
  }),
  language: exitAnd('language', { 'touch.language': 'menu', 'robot.pause': 'thanks', 'robot.stop': 'thanks', 'robot.reboot': 'thanks' }),
  menu: exitAnd('menu', {
    'touch.back': 'language',
    'touch.menu ticket': 'services',
    'touch.menu procedures': 'procedures',
    'touch.menu booking': 'bookingScan',
    'touch.menu registration': 'registrationConsent',
    'touch.menu water': 'waterOffer',
    'touch.menu snack': 'snackDispensing',
    'touch.menu feedback': 'feedback',
    'touch.menu petition': 'petition',
    'robot.pause': 'thanks',
    'robot.stop': 'thanks',
    'robot.reboot': 'thanks',
  }),
  services: exitAnd('services', {
    'touch.back': 'menu',
    'touch.service open': 'ticketReserving',
    'touch.service chain': 'ticketReserving',
    'touch.service closed': 'ticketFailed',
    'touch.service chainClosed': 'ticketFailed',
  }),
  procedures: exitAnd('procedures', { 'touch.back': 'menu', 'touch.procedure': 'procedure' }),
  procedure: exitAnd('procedure', {
    'touch.back': 'procedures',
    'touch.service open': 'ticketReserving',
    'touch.service chain': 'ticketReserving',
    'touch.service closed': 'ticketFailed',
    'touch.service chainClosed': 'ticketFailed',
  }),
  bookingScan: exitAnd('bookingScan', {
    'touch.back': 'menu',
    'scan.read booking': 'bookingCheckIn',
    'scan.read card': 'bookingScan',
    'scan.read damaged': 'bookingScan',
    'scan.read insurance': 'bookingScan',
    'scan.read unknown': 'bookingScan',
  }),
  bookingCheckIn: {
    'touch.back': 'menu',
    'touch.exit': 'thanks',
    'ticket.reserved !': 'ticketPrinting',
    'command.failed !': 'bookingScan',
  },
  ticketReserving: {
    'touch.back': 'menu',
    'touch.exit': 'thanks',
    'ticket.reserved !': 'ticketPrinting',
    'command.failed !': 'ticketFailed',
  },
  ticketPrinting: { 'ticket.printed !': 'ticketCommitting', 'command.failed !': 'ticketFailed' },
  ticketCommitting: { 'ticket.committed !': 'ticketIssued', 'command.failed !': 'ticketFailed' },
  ticketIssued: exitAnd('ticketIssued', { 'touch.accept': 'waterOffer' }),
  ticketFailed: exitAnd('ticketFailed', { 'touch.accept': 'services', 'touch.back': 'menu' }),
  waterOffer: exitAnd('waterOffer', { 'touch.accept': 'waterDispensing', 'touch.decline': 'thanks' }),
  waterDispensing: {
    'water.dispensed !': 'thanks',
    'command.failed !': 'waterFailed',
    'touch.decline': 'thanks',
    'touch.exit': 'thanks',
  },
  waterFailed: exitAnd('waterFailed', { 'touch.accept': 'waterOffer', 'touch.back': 'menu' }),
  snackDispensing: { 'snack.dispensed !': 'thanks', 'command.failed !': 'snackFailed' },
  snackFailed: exitAnd('snackFailed', { 'touch.accept': 'snackDispensing', 'touch.back': 'menu' }),
  registrationConsent: exitAnd('registrationConsent', {
    'touch.accept': 'registrationScan',
    'touch.decline': 'menu',
    'touch.back': 'menu',
  }),
  registrationScan: exitAnd('registrationScan', {
    'touch.back': 'registrationConsent',
    'scan.read card': 'registrationConfirm',
    'scan.read damaged': 'registrationScan',
    'scan.read booking': 'registrationScan',
    'scan.read insurance': 'registrationScan',
    'scan.read unknown': 'registrationScan',
  }),
  registrationNumber: exitAnd('registrationNumber', { 'touch.cardNumber': 'registrationChip', 'touch.back': 'registrationScan' }),
  registrationChip: {
    'chip.read intact !': 'registrationConfirm',
    'chip.read forged !': 'serviceFailed',
    'command.failed !': 'registrationChipFailed',
    'touch.decline': 'registrationConfirm',
    'touch.back': 'registrationScan',
    'touch.exit': 'thanks',
  },
  registrationChipFailed: exitAnd('registrationChipFailed', {
    'touch.accept': 'registrationChip',
    'touch.decline': 'registrationConfirm',
    'touch.back': 'registrationScan',
  }),
  registrationConfirm: exitAnd('registrationConfirm', {
    'touch.accept': 'registrationSending',
    'touch.addPerson': 'registrationScan',
    'touch.decline': 'menu',
    'touch.back': 'registrationScan',
  }),
  registrationSending: { 'registration.stored !': 'registrationDone', 'command.failed !': 'serviceFailed' },
  registrationDone: exitAnd('registrationDone', { 'touch.accept': 'thanks', 'touch.back': 'menu' }),
  feedback: exitAnd('feedback', { 'touch.rating': 'feedbackStoring', 'touch.back': 'menu' }),
  feedbackStoring: { 'feedback.stored !': 'feedbackDone', 'command.failed !': 'serviceFailed' },
  feedbackDone: exitAnd('feedbackDone', { 'touch.accept': 'thanks', 'touch.back': 'menu' }),
  petition: exitAnd('petition', { 'touch.petition': 'petitionSending', 'touch.back': 'menu' }),
  petitionSending: { 'petition.stored !': 'petitionPrinting', 'command.failed !': 'serviceFailed' },
  petitionPrinting: { 'receipt.printed !': 'petitionDone', 'command.failed !': 'petitionDone' },
  petitionDone: exitAnd('petitionDone', { 'touch.accept': 'thanks', 'touch.back': 'menu' }),
  serviceFailed: exitAnd('serviceFailed', { 'touch.accept': 'menu', 'touch.back': 'menu' }),
  thanks: { 'touch.wake': 'greeting', 'touch.exit': 'attract' },
};
/** Events that only change what a state remembers. */
const notes: Record<string, string[]> = {
  menu: ['touch.language'],
  waterDispensing: ['water.progress !'],
  registrationChip: ['chip.progress !'],
};

/** Commands of the other regions, which go on beside a visit. */
const ofOtherRegions: CommandType[] = ['lights.set', 'speech.warn', 'speech.call', 'speech.announce', 'drive.to', 'stop', 'restart'];

/** After these the next event would meet another robot. */
const changesOtherRegions = [
  'services.changed',
  'safety.changed',
  'device.changed',
  'robot.pause',
  'robot.stop',
  'robot.reboot',
  'robot.goTo',
];

function* eventNames(): Generator<[name: string, awaited: boolean, sample: Sample]> {
  for (const [type, variants] of Object.entries(samples)) {
    for (const [variant, sample] of Object.entries<Sample>(variants)) {
      const name = variant ? `${type} ${variant}` : type;
      yield [name, false, sample];
      if ('id' in sample('x')) yield [`${name} !`, true, sample];
    }
  }
}

describe.each(Object.keys(moves))('visit in %s', (state) => {
  const expected = moves[state] ?? {};

  it('is where the table starts', () => {
    expect(robotIn(state).visit).toBe(state);
  });

  it.each(Object.entries(expected))('%s -> %s', (name, target) => {
    const found = [...eventNames()].find(([one]) => one === name);
    if (!found) throw new Error(`no sample named ${name}`);
    const robot = robotIn(state);
    const step = robot.context.step;
    robot.send(found[2](robot.context.visit.awaitedId ?? 'none'));
    expect(robot.visit).toBe(target);
    expect(robot.context.step).toBeGreaterThan(step);
  });

  it('is moved by nothing else', () => {
    let robot = robotIn(state);
    for (const [name, awaited, sample] of eventNames()) {
      if (name in expected || notes[state]?.includes(name)) continue;
      if (changesOtherRegions.includes(name)) robot = robotIn(state);
      const before = { visit: robot.context.visit, step: robot.context.step, commands: robot.commands.length };
      robot.send(sample(awaited ? (robot.context.visit.awaitedId ?? 'none') : 'foreign'));
      expect(robot.visit, name).toBe(state);
      expect({ visit: robot.context.visit, step: robot.context.step }, name).toEqual({ visit: before.visit, step: before.step });
      const asked = robot.commands.slice(before.commands).map((command) => command.type);
      expect(
        asked.filter((type) => !ofOtherRegions.includes(type)),
        name,
      ).toEqual([]);
      if (changesOtherRegions.includes(name)) robot = robotIn(state);
    }
  });
});

it('the table knows every state of the visit region', () => {
  const leaves = leafIds(robotMachine.root)
    .filter((id) => id.startsWith('robot.visit.') || id === 'attract' || id === 'thanks')
    .map((id) => id.split('.').at(-1));
  expect(leaves.length).toBeGreaterThan(30);
  expect(Object.keys(moves).sort()).toEqual(leaves.sort());
  expect(Object.keys(bringTo).sort()).toEqual(leaves.sort());
});
