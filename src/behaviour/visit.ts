import { beginStep, beginVisit, endVisit, forgetAbandoned, note, say, voidLateTicket } from './actions.ts';
import { robotSetup } from './setup.ts';
import { menuStates } from './visit-menu.ts';
import { opinionStates } from './visit-opinion.ts';
import { refreshmentStates } from './visit-refreshment.ts';
import { registrationStates } from './visit-registration.ts';
import { ticketStates } from './visit-ticket.ts';

const greet = { guard: 'mayGreet' as const, target: 'session', actions: [beginVisit, say('speech.greeting')] };
const speakDefaultLanguage = note(({ context }) => ({ language: context.settings.defaultLanguage }));

/** One citizen's session, from the greeting to thanks. Both states that a session can end in erase its data on entry. */
export const visit = robotSetup.createStateConfig({
  initial: 'attract',
  on: {
    'ticket.reserved': { guard: 'isAbandonedReserve', actions: voidLateTicket },
    'command.failed': { guard: 'isAbandonedReserve', actions: forgetAbandoned },
  },
  states: {
    attract: {
      id: 'attract',
      meta: { screen: 'attract', timeout: null },
      entry: [beginStep, ...endVisit, speakDefaultLanguage],
      on: { 'presence.near': greet, 'touch.wake': greet },
    },
    session: {
      initial: 'greeting',
      states: { ...menuStates, ...ticketStates, ...refreshmentStates, ...registrationStates, ...opinionStates },
    },
    thanks: {
      id: 'thanks',
      meta: { screen: 'thanks', timeout: 'shortScreen' },
      entry: [beginStep, ...endVisit, say('speech.thanks')],
      after: { shortScreen: 'attract' },
      on: { 'touch.wake': greet, 'touch.exit': 'attract' },
    },
  },
});
