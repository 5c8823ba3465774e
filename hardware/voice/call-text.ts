import { type Language, languages } from '../../src/core/language.ts';
import { codeToWords, numberToWords, type Region } from './numbers.ts';
import type { Utterance } from './voice.ts';

type CallKind = 'call' | 'recall' | 'transfer' | 'walkDirect';
const sentences = {
  call: 'call.spoken',
  recall: 'call.spoken',
  transfer: 'call.transfer',
  walkDirect: 'call.walkDirect',
} as const satisfies Record<CallKind, string>;

/** Number and counter as words in the sentence of each language; `t` of config/texts fits. */
export type CallText = (
  language: Language,
  key: (typeof sentences)[CallKind] | 'call.again',
  params?: Record<string, string | number>,
) => string;

/** What comes before a repeated call. A phrase of its own, so that the call itself sounds from memory the second time. */
export const callAgain = (language: Language, text: CallText): Utterance => ({
  language,
  text: `${text(language, 'call.again')}.`,
  keep: 'disk',
});

/** A call to a counter in every language, Vietnamese first, without a single digit. A recall says so. */
export function callUtterances(
  call: { ticketNumber: string; counter: number; kind: CallKind },
  text: CallText,
  region: Region = 'north',
): Utterance[] {
  return languages.flatMap((language) => {
    // A Korean counting word stands apart from the number: 삼 번.
    const gap = language === 'ko' ? ' ' : '';
    const number = codeToWords(call.ticketNumber, language, region) + gap;
    const counter = numberToWords(call.counter, language, region) + gap;
    const sentence: Utterance = { language, text: text(language, sentences[call.kind], { number, counter }), keep: 'memory' };
    return call.kind === 'recall' ? [callAgain(language, text), sentence] : [sentence];
  });
}
