import { beginStep, clearError } from './actions.ts';
import type { VisitScreen } from './screens.ts';
import type { StateConfig } from './setup.ts';
import type { TimeoutName } from './timeouts.ts';

type Delayed = NonNullable<StateConfig['after']>;
type Entry = NonNullable<StateConfig['entry']>;

interface Step {
  screen: VisitScreen;
  timeout: TimeoutName;
  onTimeout: NonNullable<Delayed[TimeoutName]>;
  on: NonNullable<StateConfig['on']>;
}

function after(timeout: TimeoutName, onTimeout: Step['onTimeout']): Delayed {
  const delayed: Delayed = {};
  delayed[timeout] = onTimeout;
  return delayed;
}

/**
 * A screen that waits for the citizen: she may leave at any time, and ask for more time. It issues no command on entry, because
 * `touch.stillHere` enters the state (whose key is `key`) again.
 */
export function screen(key: string, step: Step & { always?: NonNullable<StateConfig['always']> }): StateConfig {
  return {
    meta: { screen: step.screen, timeout: step.timeout },
    entry: beginStep,
    ...(step.always ? { always: step.always } : {}),
    after: after(step.timeout, step.onTimeout),
    on: { 'touch.exit': '#thanks', 'touch.stillHere': { target: key, reenter: true }, ...step.on },
  };
}

/**
 * A step that waits for a command, issued by `entry`. Its countdown is the machine's patience with the command, so the citizen
 * cannot stretch it, and she leaves only where `on` lets her.
 */
export function waiting(step: Step & { entry: Entry }): StateConfig {
  return {
    meta: { screen: step.screen, timeout: step.timeout },
    entry: [beginStep, clearError, step.entry].flat(),
    after: after(step.timeout, step.onTimeout),
    on: step.on,
  };
}
