import { issue } from './actions.ts';
import { robotSetup } from './setup.ts';

const noteSafety = robotSetup.assign({
  safety: ({ context, event }) => (event.type === 'safety.changed' ? event.safety : context.safety),
});

/** Only a person ends a latched stop: whoever stands near is told. A protective stop passes by itself, often within a second. */
const warn = issue(({ context }) => ({ type: 'speech.warn', language: context.visit.language }));

/**
 * What the firmware last said about stops. It alone holds the wheels and the valve; this region only keeps the rest of the
 * behaviour in step. It starts latched: until the firmware reports, nothing better may be assumed.
 */
export const safety = robotSetup.createStateConfig({
  id: 'safety',
  initial: 'latchedStop',
  states: {
    clear: {
      on: {
        'safety.changed': [
          { guard: 'reportsLatched', target: 'latchedStop', actions: [noteSafety, warn] },
          { guard: 'reportsProtective', target: 'protectiveStop', actions: noteSafety },
          { actions: noteSafety },
        ],
      },
    },
    protectiveStop: {
      on: {
        'safety.changed': [
          { guard: 'reportsLatched', target: 'latchedStop', actions: [noteSafety, warn] },
          { guard: 'reportsProtective', actions: noteSafety },
          { target: 'clear', actions: noteSafety },
        ],
      },
    },
    latchedStop: {
      on: {
        'safety.changed': [
          { guard: 'reportsLatched', actions: noteSafety },
          { target: 'released', actions: noteSafety },
        ],
      },
    },
    /** A person released the stop; the robot rests until people have stepped away. */
    released: {
      after: { releaseSettle: 'clear' },
      on: {
        'safety.changed': [{ guard: 'reportsLatched', target: 'latchedStop', actions: [noteSafety, warn] }, { actions: noteSafety }],
      },
    },
  },
});
