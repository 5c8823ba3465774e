import { assertNever } from '../core/result.ts';

/**
 * Where the link stands. `online` alone means that a citizen's request is sent to the queue server; in every other state it is answered
 * from the lease at once.
 */
export type LinkState =
  /** No broker. `serverThere`: the retained announcement may come before the transport says that it is connected. */
  | { name: 'disconnected'; serverThere: boolean }
  /** The broker is there, and the queue server is not, says its retained announcement; or there is none. */
  | { name: 'serverAway' }
  /** `hello` is on its way. */
  | { name: 'greeting' }
  /** `hello` was not answered in time; the next follows after a pause, unless the answer comes after all. */
  | { name: 'pausing' }
  | { name: 'online' };

export type LinkInput =
  | 'connected'
  | 'lost'
  /** The queue server announced itself, or announced itself as another instance. */
  | 'serverOnline'
  | 'serverAway'
  | 'answered'
  | 'unanswered'
  /** A request timed out and nothing was heard from the queue server since it was sent. */
  | 'silence'
  | 'pauseOver';

/** `greet`: send hello. `pause`: begin the pause. `endPause`: forget it. `abandon`: nobody waiting will get an answer. */
export type LinkAction = 'greet' | 'pause' | 'endPause' | 'abandon';

export interface LinkStep {
  state: LinkState;
  actions: readonly LinkAction[];
}

const disconnected: LinkState = { name: 'disconnected', serverThere: false };
const serverAway: LinkState = { name: 'serverAway' };
const greeting: LinkState = { name: 'greeting' };
const pausing: LinkState = { name: 'pausing' };
const online: LinkState = { name: 'online' };

/** The link's next state, and what to do on the way there. Pure; whatever does not matter in a state leaves it as it is. */
export function stepLink(state: LinkState, input: LinkInput): LinkStep {
  const stay: LinkStep = { state, actions: [] };
  switch (state.name) {
    case 'disconnected':
      if (input === 'connected') return state.serverThere ? to(greeting, 'greet') : to(serverAway);
      if (input === 'serverOnline') return to({ name: 'disconnected', serverThere: true });
      if (input === 'serverAway' || input === 'lost') return to(disconnected);
      return stay;
    case 'serverAway':
      if (input === 'serverOnline') return to(greeting, 'greet');
      return input === 'lost' ? to(disconnected) : stay;
    case 'greeting':
      if (input === 'answered') return to(online);
      if (input === 'unanswered') return to(pausing, 'pause');
      if (input === 'serverOnline') return to(greeting, 'greet');
      return gone(input, stay, 'abandon');
    case 'pausing':
      if (input === 'pauseOver') return to(greeting, 'greet');
      if (input === 'answered') return to(online, 'endPause');
      if (input === 'serverOnline') return to(greeting, 'endPause', 'greet');
      return gone(input, stay, 'endPause', 'abandon');
    case 'online':
      if (input === 'silence' || input === 'serverOnline') return to(greeting, 'greet');
      return gone(input, stay, 'abandon');
    default:
      return assertNever(state);
  }
}

const to = (state: LinkState, ...actions: LinkAction[]): LinkStep => ({ state, actions });

function gone(input: LinkInput, stay: LinkStep, ...actions: LinkAction[]): LinkStep {
  if (input === 'lost') return to(disconnected, ...actions);
  return input === 'serverAway' ? to(serverAway, ...actions) : stay;
}
