import { issue, note, noteError, noteFailure } from './actions.ts';
import type { StateConfig } from './setup.ts';
import { screen, waiting } from './step.ts';

const isAwaited = 'isAwaited' as const;
const onRefused = { guard: isAwaited, target: 'serviceFailed', actions: noteFailure };
const timedOut = (what: string) => ({ target: 'serviceFailed', actions: noteError('REQUEST_TIMEOUT', `no answer to the ${what}`) });
const noteReceipt = note(({ event }) =>
  event.type === 'petition.stored' ? { receiptNumber: event.receiptNumber, receiptPrinted: false } : {},
);

/** Feedback and petitions. Both are stored durably before the citizen is told so. */
export const opinionStates: Record<string, StateConfig> = {
  feedback: screen('feedback', {
    screen: 'feedback',
    timeout: 'screen',
    onTimeout: '#attract',
    on: { 'touch.rating': 'feedbackStoring', 'touch.back': 'menu' },
  }),
  feedbackStoring: waiting({
    screen: 'feedback',
    timeout: 'command',
    entry: issue(({ context, event }) => {
      const { visitId } = context.visit;
      return event.type === 'touch.rating' && visitId !== null ? { type: 'feedback.submit', visitId, score: event.score } : null;
    }, 'visit'),
    onTimeout: timedOut('feedback'),
    on: { 'feedback.stored': { guard: isAwaited, target: 'feedbackDone' }, 'command.failed': onRefused },
  }),
  feedbackDone: screen('feedbackDone', {
    screen: 'feedbackDone',
    timeout: 'shortScreen',
    onTimeout: '#thanks',
    on: { 'touch.accept': '#thanks', 'touch.back': 'menu' },
  }),
  petition: screen('petition', {
    screen: 'petition',
    timeout: 'longScreen',
    onTimeout: '#attract',
    on: { 'touch.petition': 'petitionSending', 'touch.back': 'menu' },
  }),
  petitionSending: waiting({
    screen: 'petitionSending',
    timeout: 'command',
    entry: issue(({ context, event }) => {
      const { visitId } = context.visit;
      return event.type === 'touch.petition' && visitId !== null ? { type: 'petition.submit', visitId, recordId: event.recordId } : null;
    }, 'visit'),
    onTimeout: timedOut('petition'),
    on: {
      'petition.stored': [
        { guard: 'awaitedWithPrinter', target: 'petitionPrinting', actions: noteReceipt },
        { guard: isAwaited, target: 'petitionDone', actions: noteReceipt },
      ],
      'command.failed': onRefused,
    },
  }),
  petitionPrinting: waiting({
    screen: 'petitionSending',
    timeout: 'print',
    entry: issue(({ context }) => {
      const { receiptNumber, language } = context.visit;
      return receiptNumber === null ? null : { type: 'receipt.print', receiptNumber, language };
    }, 'visit'),
    // The petition is stored; without paper the screen still shows its number.
    onTimeout: 'petitionDone',
    on: {
      'receipt.printed': { guard: isAwaited, target: 'petitionDone', actions: note(() => ({ receiptPrinted: true })) },
      'command.failed': { guard: isAwaited, target: 'petitionDone' },
    },
  }),
  petitionDone: screen('petitionDone', {
    screen: 'petitionDone',
    timeout: 'screen',
    onTimeout: '#thanks',
    on: { 'touch.accept': '#thanks', 'touch.back': 'menu' },
  }),
  serviceFailed: screen('serviceFailed', {
    screen: 'serviceFailed',
    timeout: 'shortScreen',
    onTimeout: '#thanks',
    on: { 'touch.accept': 'menu', 'touch.back': 'menu' },
  }),
};
