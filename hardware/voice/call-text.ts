import { type Language, languages } from '../../src/core/language.ts';
import { codeToWords, numberToWords, type Region } from './numbers.ts';

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

/** A call to a counter in every language, Vietnamese first, without a single digit. A recall says so. */
export function callUtterances(
  call: { ticketNumber: string; counter: number; kind: CallKind },
  text: CallText,
  region: Region = 'north',
): { language: Language; text: string }[] {
  return languages.map((language) => {
    const number = codeToWords(call.ticketNumber, language, region);
    const counter = numberToWords(call.counter, language, region);
    const sentence = text(language, sentences[call.kind], { number, counter });
    return { language, text: call.kind === 'recall' ? `${text(language, 'call.again')}. ${sentence}` : sentence };
  });
}
