import { describe, expect, it } from 'vitest';
import { type LinkInput, type LinkState, stepLink } from '../../../src/queue/link-session.ts';

const inputs: LinkInput[] = ['connected', 'lost', 'serverOnline', 'serverAway', 'answered', 'unanswered', 'silence', 'pauseOver'];

/** Every transition there is; whatever is not named leaves the state alone and does nothing. */
const transitions: Record<string, Partial<Record<LinkInput, [string, ...string[]]>>> = {
  disconnected: { connected: ['serverAway'], serverOnline: ['disconnected+server'] },
  'disconnected+server': { connected: ['greeting', 'greet'], serverAway: ['disconnected'], lost: ['disconnected'] },
  serverAway: { serverOnline: ['greeting', 'greet'], lost: ['disconnected'] },
  greeting: {
    answered: ['online'],
    unanswered: ['pausing', 'pause'],
    serverOnline: ['greeting', 'greet'],
    serverAway: ['serverAway', 'abandon'],
    lost: ['disconnected', 'abandon'],
  },
  pausing: {
    pauseOver: ['greeting', 'greet'],
    answered: ['online', 'endPause'],
    serverOnline: ['greeting', 'endPause', 'greet'],
    serverAway: ['serverAway', 'endPause', 'abandon'],
    lost: ['disconnected', 'endPause', 'abandon'],
  },
  online: {
    silence: ['greeting', 'greet'],
    serverOnline: ['greeting', 'greet'],
    serverAway: ['serverAway', 'abandon'],
    lost: ['disconnected', 'abandon'],
  },
};

const states: Record<string, LinkState> = {
  disconnected: { name: 'disconnected', serverThere: false },
  'disconnected+server': { name: 'disconnected', serverThere: true },
  serverAway: { name: 'serverAway' },
  greeting: { name: 'greeting' },
  pausing: { name: 'pausing' },
  online: { name: 'online' },
};

const nameOf = (state: LinkState) => (state.name === 'disconnected' && state.serverThere ? 'disconnected+server' : state.name);

describe.each(Object.entries(states))('in state %s', (name, state) => {
  it.each(inputs)('takes %s as the table says', (input) => {
    const [next, ...actions] = transitions[name]?.[input] ?? [name];
    const step = stepLink(state, input);
    expect({ next: nameOf(step.state), actions: step.actions }).toEqual({ next, actions });
  });
});
