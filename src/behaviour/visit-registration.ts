import { clearError, issue, note, noteError, noteFailure } from './actions.ts';
import type { StateConfig } from './setup.ts';
import { screen, waiting } from './step.ts';

const notePerson = note(({ context, event }) => {
  if (event.type !== 'scan.read' || event.code.kind !== 'card') return {};
  const { recordId } = event.code;
  const { recordIds } = context.visit;
  return { recordIds: recordIds.includes(recordId) ? recordIds : [...recordIds, recordId], error: null };
});
const dropPerson = note(({ context }) => ({ recordIds: context.visit.recordIds.slice(0, -1), error: null }));
const dropPeople = note(() => ({ recordIds: [], error: null }));

/** Registration with an identity card: consent first, only then is a card read. One person or a couple. */
export const registrationStates: Record<string, StateConfig> = {
  registrationConsent: screen('registrationConsent', {
    screen: 'registrationConsent',
    timeout: 'longScreen',
    onTimeout: '#attract',
    on: { 'touch.accept': { target: 'registrationScan', actions: clearError }, 'touch.decline': 'menu', 'touch.back': 'menu' },
  }),
  registrationScan: screen('registrationScan', {
    screen: 'registrationScan',
    timeout: 'longScreen',
    onTimeout: '#attract',
    on: {
      'scan.read': [
        { guard: { type: 'scans', params: 'card' }, target: 'registrationConfirm', actions: notePerson },
        {
          guard: { type: 'scans', params: 'cardDamaged' },
          target: 'registrationScan',
          reenter: true,
          actions: noteError('CARD_QR_INVALID', 'expected an identity card'),
        },
        { target: 'registrationScan', reenter: true, actions: noteError('SCAN_UNKNOWN', 'expected an identity card') },
      ],
      'touch.back': [{ guard: 'hasPerson', target: 'registrationConfirm' }, { target: 'registrationConsent' }],
    },
  }),
  registrationConfirm: screen('registrationConfirm', {
    screen: 'registrationConfirm',
    timeout: 'longScreen',
    onTimeout: '#attract',
    on: {
      'touch.accept': 'registrationSending',
      'touch.addPerson': { guard: 'mayAddPerson', target: 'registrationScan', actions: clearError },
      'touch.decline': { target: 'menu', actions: dropPeople },
      'touch.back': { target: 'registrationScan', actions: dropPerson },
    },
  }),
  registrationSending: waiting({
    screen: 'registrationSending',
    timeout: 'command',
    entry: issue(({ context }) => {
      const { visitId, recordIds } = context.visit;
      return visitId === null ? null : { type: 'registration.submit', visitId, recordIds };
    }, 'visit'),
    onTimeout: { target: 'serviceFailed', actions: noteError('REQUEST_TIMEOUT', 'no answer to the registration') },
    on: {
      'registration.stored': { guard: 'isAwaited', target: 'registrationDone' },
      'command.failed': { guard: 'isAwaited', target: 'serviceFailed', actions: noteFailure },
    },
  }),
  registrationDone: screen('registrationDone', {
    screen: 'registrationDone',
    timeout: 'shortScreen',
    onTimeout: '#thanks',
    on: { 'touch.accept': '#thanks', 'touch.back': { target: 'menu', actions: dropPeople } },
  }),
};
