import { issue } from './actions.ts';
import { heardCallsLimit, waitingCallsLimit } from './context.ts';
import { robotSetup } from './setup.ts';

const enqueueCall = robotSetup.assign(({ context, event }) => {
  if (event.type !== 'call.received') return {};
  const waiting = [...context.waitingCalls, event.call];
  const dropped = Math.max(0, waiting.length - waitingCallsLimit);
  return {
    waitingCalls: waiting.slice(dropped),
    droppedCallCount: context.droppedCallCount + dropped,
    heardCalls: [...context.heardCalls, `${event.call.callId}#${event.call.sequence}`].slice(-heardCallsLimit),
  };
});

const showNextCall = robotSetup.assign(({ context }) => ({
  call: context.waitingCalls[0] ?? null,
  waitingCalls: context.waitingCalls.slice(1),
}));
const speakCall = issue(({ context }) => (context.call ? { type: 'speech.call', call: context.call } : null));

const noteServing = robotSetup.assign({
  serving: ({ context, event }) =>
    event.type === 'serving.changed' ? event.serving.slice(0, context.settings.servingListLength) : context.serving,
});

/** Calls, one after the other: each is spoken once and stays large for its time. */
export const calling = robotSetup.createStateConfig({
  initial: 'quiet',
  on: {
    'call.received': { guard: 'isNewCall', actions: enqueueCall },
    'serving.changed': { actions: noteServing },
  },
  states: {
    quiet: { always: { guard: 'hasWaitingCall', target: 'showing' } },
    showing: {
      id: 'callShowing',
      entry: [showNextCall, speakCall],
      exit: robotSetup.assign({ call: null }),
      after: { callDisplay: 'quiet' },
    },
  },
});
