import { issue } from './actions.ts';
import { robotSetup } from './setup.ts';

/** An ordered restart of the program: from the order on no visit and no drive begins; once all is at rest the host is asked, once. */
export const restart = robotSetup.createStateConfig({
  initial: 'none',
  states: {
    none: { id: 'noRestart', on: { 'robot.reboot': 'wanted' } },
    wanted: { always: { guard: 'mayRestart', target: 'begun' } },
    begun: { entry: issue(() => ({ type: 'restart' })) },
  },
});
