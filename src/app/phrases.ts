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

/** Every phrase that is worth making ready before it is needed. */
export function fixedPhrases(): Utterance[] {
  return languages.flatMap((language) => [...fixedKeys.map((key) => guidance({ language, key, params: {} })), callAgain(language, t)]);
}
