import { clearError, issue, note, noteError, noteFailure } from './actions.ts';
import type { RobotEvent } from './events.ts';
import type { StateConfig } from './setup.ts';
import { screen, waiting } from './step.ts';
import { chipStates, dropPerson } from './visit-chip.ts';

function recordOf(event: RobotEvent): string | null {
  return event.type === 'scan.read' && event.code.kind === 'card' ? event.code.recordId : null;
}

const notePerson = note(({ context, event }) => {
  const recordId = recordOf(event);
  const { recordIds } = context.visit;
  if (recordId === null) return {};
  return { recordIds: recordIds.includes(recordId) ? recordIds : [...recordIds, recordId], numberTyped: false, error: null };
});
const noteNumber = note(({ context, event }) => {
  if (event.type !== 'touch.cardNumber') return {};
  return { recordIds: [...context.visit.recordIds, event.recordId], numberTyped: true, error: null };
});
const dropPeople = note(() => ({ recordIds: [], numberTyped: false, error: null }));

/** Consent, then the card's code or its number. */
const askingStates: Record<string, StateConfig> = {
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
        { guard: 'scansCardWithReader', target: 'registrationChip', actions: notePerson },
        { guard: { type: 'scans', params: 'card' }, target: 'registrationConfirm', actions: notePerson },
        {
          guard: { type: 'scans', params: 'cardDamaged' },
          target: 'registrationScan',
          reenter: true,
          actions: noteError('CARD_QR_INVALID', 'expected an identity card'),
        },
        { target: 'registrationScan', reenter: true, actions: noteError('SCAN_UNKNOWN', 'expected an identity card') },
      ],
      // A number alone says nothing of a person: it only opens the chip.
      'touch.typeNumber': { guard: 'readerReady', target: 'registrationNumber', actions: clearError },
      'touch.back': [{ guard: 'hasPerson', target: 'registrationConfirm' }, { target: 'registrationConsent' }],
    },
  }),
  registrationNumber: screen('registrationNumber', {
    screen: 'registrationNumber',
    timeout: 'longScreen',
    onTimeout: '#attract',
    on: { 'touch.cardNumber': { target: 'registrationChip', actions: noteNumber }, 'touch.back': 'registrationScan' },
  }),
};

/** She confirms what was read, and it is sent. */
const sendingStates: Record<string, StateConfig> = {
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

/** Registration with an identity card: consent first, only then is a card read. One person or a couple. */
export const registrationStates: Record<string, StateConfig> = { ...askingStates, ...chipStates, ...sendingStates };
