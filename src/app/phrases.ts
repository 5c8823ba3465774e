import { t } from '../../config/texts/texts.ts';
import { callAgain } from '../../hardware/voice/call-text.ts';
import type { Utterance } from '../../hardware/voice/voice.ts';
import type { SpeechKey } from '../behaviour/commands.ts';
import { type Language, languages } from '../core/language.ts';

/** Texts without a place for a value: the same for everybody, every day. */
const fixedKeys: readonly SpeechKey[] = ['speech.greeting', 'speech.ticketFailed', 'speech.water', 'speech.thanks'];

/** What the robot says in `language` under `key`. A text with values in it is kept nowhere. */
export function guidance({ language, key, params }: { language: Language; key: SpeechKey; params: Record<string, string> }): Utterance {
  const text = t(language, key, params);
  return fixedKeys.includes(key) ? { language, text, keep: 'disk' } : { language, text };
}

/** Why the robot stands still, and what to do. */
export const keepClear = (language: Language): Utterance[] =>
  (['stop.title', 'stop.keepClear'] as const).map((key) => ({ language, text: t(language, key), keep: 'disk' }));

/** Every phrase that is worth making ready before it is needed. */
export function fixedPhrases(): Utterance[] {
  return languages.flatMap((language) => [
    ...keepClear(language),
    ...fixedKeys.map((key) => guidance({ language, key, params: {} })),
    callAgain(language, t),
  ]);
}
