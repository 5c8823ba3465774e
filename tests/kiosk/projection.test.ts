import { describe, expect, test } from 'vitest';
import { createRobotActor, type RobotSnapshot } from '../../src/behaviour/actor.ts';
import { createContext, type RobotContext, type VisitMemory } from '../../src/behaviour/context.ts';
import { menuChoices } from '../../src/behaviour/events.ts';
import { type BehaviourSettings, priorityClasses } from '../../src/behaviour/model.ts';
import { robotMachine } from '../../src/behaviour/robot.machine.ts';
import { SimulatedClock } from '../../src/core/clock.ts';
import { KioskProjection, projectView } from '../../src/kiosk/projection.ts';
import type { Screen, ShownPerson } from '../../src/kiosk/view.ts';
import { screens, services } from './views.ts';

const settings: BehaviourSettings = {
  defaultLanguage: 'vi',
  patrol: [],
  patrolEveryMs: 90_000,
  homePlace: 'home',
  waterVolumeMl: 150,
  waterEnabled: true,
  snackEnabled: true,
  screenTimeoutMs: 30_000,
  longScreenTimeoutMs: 90_000,
  shortScreenTimeoutMs: 8_000,
  commandTimeoutMs: 5_000,
  printTimeoutMs: 12_000,
  dispenseTimeoutMs: 40_000,
  driveTimeoutMs: 60_000,
  callDisplayMs: 8_000,
  servingListLength: 5,
};
const { ticket } = screens.ticketIssued;
const error = { code: 'QUEUE_REFUSED', detail: 'made by hand' } as const;
const person: ShownPerson = { fullName: 'Trần Văn Mẫu', maskedIdNumber: '••••••••5678', birthDate: '1958-04-30', chip: null };
const extras = {
  revision: 7,
  robotName: 'Mai',
  wardName: { vi: 'Phường', en: 'Ward', ko: '동' },
  stepElapsedMs: 2_000,
  shownPeople: (recordIds: string[]) => recordIds.map((recordId) => ({ ...person, fullName: `${person.fullName} ${recordId}` })),
  showPortrait: true,
  boardConnected: () => true,
};

/** The machine's snapshot in one visit state, the other regions at rest. */
function snapshotIn(visit: string, memory: Partial<VisitMemory> = {}, over: Partial<RobotContext> = {}): RobotSnapshot {
  const initial = createContext({ settings, seed: 'test' });
  const context = { ...initial, services, ...over, visit: { ...initial.visit, visitId: 'visit', language: 'en' as const, ...memory } };
  const idle = visit === 'attract' || visit === 'thanks';
  return robotMachine.resolveState({ value: { visit: idle ? visit : { session: visit } }, context });
}

/** Visit state, what the visit remembers, the screen it must show, its length in ms. */
const table: [string, Partial<VisitMemory>, Screen, number | null][] = [
  ['attract', {}, { name: 'attract' }, null],
  ['greeting', {}, { name: 'greeting' }, 8_000],
  ['language', {}, { name: 'language' }, 30_000],
  ['menu', {}, { name: 'menu', choices: [...menuChoices] }, 30_000],
  ['services', {}, { name: 'services', services, priorityClasses: [...priorityClasses] }, 30_000],
  ['procedures', {}, { name: 'procedures' }, 90_000],
  ['procedure', { procedureCode: '9.9' }, { name: 'procedure', code: '9.9', serviceId: null }, 90_000],
  ['bookingScan', { error }, { name: 'bookingScan', error }, 90_000],
  ['bookingCheckIn', {}, { name: 'ticketReserving' }, 5_000],
  ['ticketReserving', {}, { name: 'ticketReserving' }, 5_000],
  ['ticketPrinting', { ticket }, { name: 'ticketPrinting', ticket }, 12_000],
  ['ticketCommitting', { ticket }, { name: 'ticketPrinting', ticket }, 5_000],
  ['ticketIssued', { ticket }, { name: 'ticketIssued', ticket }, 8_000],
  ['ticketFailed', { error }, { name: 'ticketFailed', error }, 8_000],
  ['waterOffer', {}, { name: 'waterOffer', volumeMl: 150 }, 30_000],
  ['waterDispensing', { dispensedMl: 40 }, { name: 'waterDispensing', dispensedMl: 40, volumeMl: 150 }, 40_000],
  ['waterFailed', { error }, { name: 'waterFailed', error }, 8_000],
  ['snackDispensing', {}, { name: 'snackDispensing' }, 40_000],
  ['snackFailed', { error }, { name: 'snackFailed', error }, 8_000],
  ['registrationConsent', {}, { name: 'registrationConsent', readsChip: false, showsPortrait: false }, 90_000],
  ['registrationScan', { recordIds: ['a'] }, { name: 'registrationScan', personNumber: 2, mayTypeNumber: false, error: null }, 90_000],
  ['registrationNumber', {}, { name: 'registrationNumber' }, 90_000],
  ['registrationChip', { chipStage: 'reading' }, { name: 'registrationChip', stage: 'reading', maySkip: true }, 90_000],
  ['registrationChip', { numberTyped: true }, { name: 'registrationChip', stage: null, maySkip: false }, 90_000],
  ['registrationChipFailed', { error }, { name: 'registrationChipFailed', error, maySkip: true }, 90_000],
  [
    'registrationConfirm',
    { recordIds: ['a'] },
    { name: 'registrationConfirm', people: [{ ...person, fullName: 'Trần Văn Mẫu a' }], mayAddPerson: true },
    90_000,
  ],
  ['registrationSending', { recordIds: ['a'] }, { name: 'registrationSending' }, 5_000],
  ['registrationDone', {}, { name: 'registrationDone' }, 8_000],
  ['feedback', {}, { name: 'feedback' }, 30_000],
  ['feedbackStoring', {}, { name: 'feedback' }, 5_000],
  ['feedbackDone', {}, { name: 'feedbackDone' }, 8_000],
  ['petition', {}, { name: 'petition' }, 90_000],
  ['petitionSending', {}, { name: 'petitionSending' }, 5_000],
  ['petitionPrinting', { receiptNumber: 'PA-1' }, { name: 'petitionSending' }, 12_000],
  ['petitionDone', { receiptNumber: 'PA-1' }, { name: 'petitionDone', receiptNumber: 'PA-1', printed: false }, 30_000],
  ['serviceFailed', { error }, { name: 'serviceFailed', error }, 8_000],
  ['thanks', {}, { name: 'thanks' }, 8_000],
];

describe('projection of the machine', () => {
  test.each(table)('%s', (state, memory, screen, totalMs) => {
    const view = projectView(snapshotIn(state, memory), extras);
    expect(view.screen).toEqual(screen);
    expect(view.countdown).toEqual(totalMs === null ? null : { totalMs, remainingMs: totalMs - 2_000 });
  });

  test('every visit state of the machine stands in the table', () => {
    const session = robotMachine.states.visit?.states.session;
    const states = [
      ...Object.keys(robotMachine.states.visit?.states ?? {}).filter((name) => name !== 'session'),
      ...Object.keys(session?.states ?? {}),
    ];
    expect(states.sort()).toEqual([...new Set(table.map(([state]) => state))].sort());
  });

  test('a procedure names the open service that handles it, and no closed one', () => {
    const [first, , , closed] = services;
    if (!first || !closed) throw new Error('the hand-made services lack one');
    const serviceFor = (procedureCode: string) =>
      projectView(
        snapshotIn(
          'procedure',
          { procedureCode },
          {
            services: [
              { ...first, procedureCodes: ['1.1'] },
              { ...closed, procedureCodes: ['2.2'] },
            ],
          },
        ),
        extras,
      ).screen;
    expect(serviceFor('1.1')).toEqual({ name: 'procedure', code: '1.1', serviceId: first.serviceId });
    expect(serviceFor('2.2')).toEqual({ name: 'procedure', code: '2.2', serviceId: null });
  });

  test('ways out follow the machine', () => {
    const ways = (state: string, memory: Partial<VisitMemory> = {}) => {
      const { canGoBack, canExit } = projectView(snapshotIn(state, memory), extras);
      return { canGoBack, canExit };
    };
    expect(ways('attract')).toEqual({ canGoBack: false, canExit: false });
    expect(ways('menu')).toEqual({ canGoBack: true, canExit: true });
    expect(ways('ticketPrinting', { ticket })).toEqual({ canGoBack: false, canExit: false });
    expect(ways('waterDispensing')).toEqual({ canGoBack: false, canExit: true });
  });

  test('the rest is shown as it is', () => {
    const call = { callId: 'c', ticketNumber: 'A001', counter: 2, sequence: 1, kind: 'call' as const, expiresAtMs: 0 };
    const safety = { stopped: true, cause: 'eStop', latched: true, eStopOpen: true } as const;
    const serving = [{ counter: 2, ticketNumber: 'A001' }];
    const view = projectView(snapshotIn('menu', {}, { call, safety, serving }), { ...extras, boardConnected: () => false });
    expect(view).toMatchObject({
      revision: 7,
      robotName: 'Mai',
      wardName: 'Ward',
      language: 'en',
      call,
      safety,
      serving,
      boardConnected: false,
    });
  });

  test('missed numbers and announcements are shown; a stop at once, a restart once nobody is being served', () => {
    const missed = [{ ticketNumber: 'A009', counter: 3 }];
    const text = { vi: 'Chào', en: 'Hello', ko: '안녕' };
    const announcement = { announcementId: 'a', text, showForMs: 5_000, leftMs: 5_000, speechId: null, spoken: false };
    const view = projectView(snapshotIn('menu', {}, { missed, announcement, halted: true }), extras);
    expect(view).toMatchObject({ missed, announcement: text, halted: true, restarting: false });
    const restarting = (state: string) => {
      const visit = state === 'attract' ? state : { session: state };
      const snapshot = robotMachine.resolveState({ value: { visit, restart: 'wanted' }, context: snapshotIn(state).context });
      return projectView(snapshot, extras).restarting;
    };
    expect([restarting('menu'), restarting('attract')]).toEqual([false, true]);
  });

  test('a running machine: the countdown runs, starts anew with the next screen and with more time', () => {
    const clock = new SimulatedClock();
    const actor = createRobotActor({ settings, seed: 'test', clock });
    const projection = new KioskProjection({ ...extras, clock });
    const view = () => projection.project(actor.getSnapshot());
    actor.start();
    expect(view()).toMatchObject({ screen: { name: 'attract' }, countdown: null, language: 'vi', wardName: 'Phường' });
    actor.send({ type: 'touch.wake' });
    expect(view().countdown).toEqual({ totalMs: 8_000, remainingMs: 8_000 });
    clock.advance(3_000);
    expect(view().countdown).toEqual({ totalMs: 8_000, remainingMs: 5_000 });
    actor.send({ type: 'touch.stillHere' });
    expect(view().countdown).toEqual({ totalMs: 8_000, remainingMs: 8_000 });
    actor.send({ type: 'touch.language', language: 'ko' });
    expect(view()).toMatchObject({ screen: { name: 'menu' }, language: 'ko', wardName: '동', countdown: { remainingMs: 30_000 } });
    const { revision } = view();
    expect(view().revision).toBeGreaterThan(revision);
    actor.stop();
  });
});
