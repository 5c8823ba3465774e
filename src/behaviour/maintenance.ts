import { robotSetup } from './setup.ts';

/** Whether the staff lets the robot work, and which of its parts do. Paused, it starts no visit and ends a running one politely. */
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
    inService: { id: 'inService', on: { 'robot.pause': 'paused' } },
    paused: { id: 'paused', on: { 'robot.resume': 'inService' } },
  },
});
