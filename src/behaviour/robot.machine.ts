import { announcing } from './announcing.ts';
import { calling } from './calling.ts';
import { createContext } from './context.ts';
import { showMood } from './lights.ts';
import { link } from './link.ts';
import { maintenance } from './maintenance.ts';
import { mobility } from './mobility.ts';
import { restart } from './restart.ts';
import { safety } from './safety.ts';
import { robotSetup } from './setup.ts';
import { visit } from './visit.ts';

/**
 * What the robot does. Pure: {@link RobotEvent}s in, emitted {@link Command}s out, each command's outcome comes back as an event
 * with its id. An outcome whose id nobody waits for changes nothing, except that a ticket reserved too late is voided.
 */
export const robotMachine = robotSetup.createMachine({
  id: 'robot',
  context: ({ input }) => createContext(input),
  type: 'parallel',
  always: showMood,
  states: { safety, mobility, visit, calling, announcing, link, maintenance, restart },
});
