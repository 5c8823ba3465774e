import { issue, note, noteDeviceFault, noteError, noteFailure, say } from './actions.ts';
import type { StateConfig } from './setup.ts';
import { screen, waiting } from './step.ts';

const isAwaited = 'isAwaited' as const;
const abortWater = issue(() => ({ type: 'water.abort' }));
const stopPouring = { target: '#thanks', actions: abortWater };

/** Water and snacks. The wheels rest meanwhile, and until the outcome is known (see `mayDrive`). */
export const refreshmentStates: Record<string, StateConfig> = {
  waterOffer: screen('waterOffer', {
    screen: 'waterOffer',
    timeout: 'screen',
    onTimeout: '#thanks',
    on: {
      'touch.accept': [
        { guard: 'waterWorks', target: 'waterDispensing' },
        { target: 'waterFailed', actions: noteDeviceFault('water') },
      ],
      'touch.decline': '#thanks',
      'touch.back': { guard: 'noTicket', target: 'menu' },
    },
  }),
  waterDispensing: waiting({
    screen: 'waterDispensing',
    timeout: 'dispense',
    entry: [
      note(() => ({ dispensedMl: 0 })),
      say('speech.water'),
      issue(({ context }) => ({ type: 'water.dispense', volumeMl: context.settings.waterVolumeMl }), 'dispense'),
    ],
    onTimeout: { target: 'waterFailed', actions: [abortWater, noteError('DISPENSE_TIMEOUT', 'no outcome of the portion')] },
    on: {
      'water.progress': {
        guard: isAwaited,
        actions: note(({ event }) => (event.type === 'water.progress' ? { dispensedMl: event.dispensedMl } : {})),
      },
      'water.dispensed': { guard: isAwaited, target: '#thanks' },
      'command.failed': { guard: isAwaited, target: 'waterFailed', actions: noteFailure },
      'touch.decline': stopPouring,
      'touch.exit': stopPouring,
    },
  }),
  waterFailed: screen('waterFailed', {
    screen: 'waterFailed',
    timeout: 'shortScreen',
    onTimeout: '#thanks',
    on: { 'touch.accept': { guard: 'waterWorks', target: 'waterOffer' }, 'touch.back': 'menu' },
  }),
  snackDispensing: waiting({
    screen: 'snackDispensing',
    timeout: 'dispense',
    entry: issue(() => ({ type: 'snack.dispense' }), 'dispense'),
    onTimeout: {
      target: 'snackFailed',
      actions: [issue(() => ({ type: 'stop' })), noteError('DISPENSE_TIMEOUT', 'no outcome of the snack')],
    },
    on: {
      'snack.dispensed': { guard: isAwaited, target: '#thanks' },
      'command.failed': { guard: isAwaited, target: 'snackFailed', actions: noteFailure },
    },
  }),
  snackFailed: screen('snackFailed', {
    screen: 'snackFailed',
    timeout: 'shortScreen',
    onTimeout: '#thanks',
    on: { 'touch.accept': { guard: 'snackWorks', target: 'snackDispensing' }, 'touch.back': 'menu' },
  }),
};
