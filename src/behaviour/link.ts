import { robotSetup } from './setup.ts';

const noteOnline = robotSetup.assign({ linkError: null });
const noteOffline = robotSetup.assign({
  linkError: ({ context, event }) => (event.type === 'link.offline' ? event.error : context.linkError),
});

/** The link to the queue server. Visits go on without it: the queue room lends numbers from its lease. */
export const link = robotSetup.createStateConfig({
  initial: 'offline',
  on: {
    'services.changed': {
      actions: robotSetup.assign({
        services: ({ context, event }) => (event.type === 'services.changed' ? event.services : context.services),
      }),
    },
  },
  states: {
    offline: {
      id: 'linkOffline',
      on: { 'link.online': { target: 'online', actions: noteOnline }, 'link.offline': { actions: noteOffline } },
    },
    online: { on: { 'link.offline': { target: 'offline', actions: noteOffline } } },
  },
});
