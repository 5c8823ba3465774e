import { and } from 'xstate';
import { clearError, note, noteDeviceFault } from './actions.ts';
import type { MenuChoice } from './events.ts';
import type { StateConfig } from './setup.ts';
import { screen } from './step.ts';
import { chooseService, withoutPrinter } from './visit-ticket.ts';

const chooses = (choice: MenuChoice) => ({ type: 'chooses' as const, params: choice });
const noteLanguage = note(({ event }) => (event.type === 'touch.language' ? { language: event.language } : {}));
const noteProcedure = note(({ event }) => (event.type === 'touch.procedure' ? { procedureCode: event.code } : {}));
const clearPeople = note(() => ({ recordIds: [], error: null }));
/** A pause lets the running service finish and starts no other; so do a stop and a coming restart. */
const leaveWhenPaused = { guard: 'notInService' as const, target: '#thanks' };

const onMenu: NonNullable<NonNullable<StateConfig['on']>['touch.menu']> = [
  { guard: and([chooses('ticket'), 'printerWorks']), target: 'services', actions: clearError },
  { guard: chooses('ticket'), ...withoutPrinter },
  { guard: chooses('procedures'), target: 'procedures' },
  { guard: and([chooses('booking'), 'printerWorks']), target: 'bookingScan', actions: clearError },
  { guard: chooses('booking'), ...withoutPrinter },
  { guard: chooses('registration'), target: 'registrationConsent', actions: clearPeople },
  { guard: and([chooses('water'), 'mayOfferWater']), target: 'waterOffer' },
  { guard: and([chooses('water'), 'waterEnabled']), target: 'waterFailed', actions: noteDeviceFault('water') },
  { guard: and([chooses('snack'), 'snackEnabled', 'snackWorks']), target: 'snackDispensing' },
  { guard: and([chooses('snack'), 'snackEnabled']), target: 'snackFailed', actions: noteDeviceFault('snack') },
  { guard: chooses('feedback'), target: 'feedback' },
  { guard: chooses('petition'), target: 'petition' },
];

/** From the greeting to the choice of a service. */
export const menuStates: Record<string, StateConfig> = {
  greeting: screen('greeting', {
    screen: 'greeting',
    timeout: 'shortScreen',
    onTimeout: 'language',
    always: leaveWhenPaused,
    on: {
      'touch.wake': 'language',
      'touch.accept': 'language',
      'touch.language': { target: 'menu', actions: noteLanguage },
      // Somebody only passed by.
      'presence.left': '#attract',
    },
  }),
  language: screen('language', {
    screen: 'language',
    timeout: 'screen',
    onTimeout: '#attract',
    always: leaveWhenPaused,
    on: { 'touch.language': { target: 'menu', actions: noteLanguage } },
  }),
  menu: screen('menu', {
    screen: 'menu',
    timeout: 'screen',
    onTimeout: '#attract',
    always: leaveWhenPaused,
    on: { 'touch.menu': onMenu, 'touch.language': { actions: noteLanguage }, 'touch.back': 'language' },
  }),
  procedures: screen('procedures', {
    screen: 'procedures',
    timeout: 'longScreen',
    onTimeout: '#attract',
    on: { 'touch.procedure': { target: 'procedure', actions: noteProcedure }, 'touch.back': 'menu' },
  }),
  procedure: screen('procedure', {
    screen: 'procedure',
    timeout: 'longScreen',
    onTimeout: '#attract',
    on: { 'touch.service': chooseService, 'touch.back': 'procedures' },
  }),
};
