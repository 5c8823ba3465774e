import { issue } from './actions.ts';
import { heardCallsLimit, missedLimit, type RobotContext, waitingCallsLimit } from './context.ts';
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

const dropExpired = robotSetup.assign({
  waitingCalls: ({ context, event }) =>
    event.type === 'call.expired'
      ? context.waitingCalls.filter(({ callId, sequence }) => callId !== event.callId || sequence !== event.sequence)
      : context.waitingCalls,
});

const without = ({ missed }: RobotContext, ticketNumber: string) => missed.filter((one) => one.ticketNumber !== ticketNumber);
/** Who is called again, served, or back in the queue has missed nothing any more. */
const noteMissed = robotSetup.assign({
  missed: ({ context, event }) => {
    if (event.type === 'call.received') return without(context, event.call.ticketNumber);
    if (event.type !== 'ticket.updated') return context.missed;
    const { ticketNumber, change, counter } = event.update;
    const others = without(context, ticketNumber);
    return change === 'noShow' ? [...others, { ticketNumber, counter }].slice(-missedLimit) : others;
  },
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

/** Calls, one after the other: each is spoken once and stays large for its time. Those who did not come can read their number later. */
export const calling = robotSetup.createStateConfig({
  initial: 'quiet',
  on: {
    'call.received': { guard: 'isNewCall', actions: [enqueueCall, noteMissed] },
    'call.expired': { actions: dropExpired },
    'ticket.updated': { actions: noteMissed },
    'day.began': { actions: robotSetup.assign({ missed: [] }) },
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
