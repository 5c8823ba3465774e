import { stopAll } from './actions.ts';
import { robotSetup } from './setup.ts';

const halt = { target: 'halted', actions: stopAll };

/**
 * Whether the ward lets the robot work, and which of its parts do. Paused, it starts no visit and ends a running one politely. Halted,
 * nothing moves or flows besides. Neither touches a safety stop, which the firmware holds and a person releases.
 */
export const maintenance = robotSetup.createStateConfig({
  initial: 'inService',
  on: {
    'device.changed': {
      actions: robotSetup.assign({
        devices: ({ context, event }) =>
          event.type === 'device.changed' ? { ...context.devices, [event.device]: event.state } : context.devices,
      }),
    },
  },
  states: {
    inService: { id: 'inService', on: { 'robot.pause': 'paused', 'robot.stop': halt } },
    paused: { id: 'paused', on: { 'robot.resume': 'inService', 'robot.stop': halt } },
    halted: {
      id: 'halted',
      entry: robotSetup.assign({ halted: true }),
      exit: robotSetup.assign({ halted: false }),
      on: { 'robot.resume': 'inService', 'robot.stop': { actions: stopAll } },
    },
  },
});
