import { issue, note, noteError, noteFailure } from './actions.ts';
import type { StateConfig } from './setup.ts';
import { screen, waiting } from './step.ts';

/** The last person leaves the registration; her record stays in the vault until the visit ends. */
export const dropPerson = note(({ context }) => ({ recordIds: context.visit.recordIds.slice(0, -1), numberTyped: false, error: null }));

const noteStage = note(({ event }) => (event.type === 'chip.progress' ? { chipStage: event.stage } : {}));
const forgetStage = note(() => ({ chipStage: null }));
const stopReading = [issue(() => ({ type: 'chip.stop' })), note(() => ({ chipStage: null, awaitedId: null }))];
/** Her card's code says who she is, or only its number is known and the card must be read anew. */
const goOn = [
  { guard: 'knowsPerson' as const, target: 'registrationConfirm' },
  { target: 'registrationScan', actions: dropPerson },
];
const leaveForScan = { target: 'registrationScan', actions: dropPerson };
const forged = noteError('CHIP_FORGED', "a check of the card's chip failed");

/** The chip of the card: laid on the reader, read and checked. She may go on without it wherever its code was scanned. */
export const chipStates: Record<string, StateConfig> = {
  registrationChip: {
    ...waiting({
      screen: 'registrationChip',
      timeout: 'longScreen',
      entry: [
        forgetStage,
        issue(({ context }) => {
          const recordId = context.visit.recordIds.at(-1);
          return recordId === undefined ? null : { type: 'chip.seek', recordId };
        }, 'visit'),
      ].flat(),
      onTimeout: { target: 'registrationChipFailed', actions: noteError('REQUEST_TIMEOUT', 'no card was laid on the reader') },
      on: {
        'chip.progress': { guard: 'isAwaited', actions: noteStage },
        'chip.read': [
          { guard: { type: 'isAwaitedVerdict', params: 'forged' }, target: 'serviceFailed', actions: [dropPerson, forged] },
          { guard: 'isAwaited', target: 'registrationConfirm' },
        ],
        'command.failed': { guard: 'isAwaited', target: 'registrationChipFailed', actions: noteFailure },
        'touch.decline': goOn,
        'touch.back': leaveForScan,
        'touch.exit': '#thanks',
      },
    }),
    exit: stopReading,
  },
  registrationChipFailed: screen('registrationChipFailed', {
    screen: 'registrationChipFailed',
    timeout: 'longScreen',
    onTimeout: '#attract',
    on: { 'touch.accept': 'registrationChip', 'touch.decline': goOn, 'touch.back': leaveForScan },
  }),
};
