import i18next, { type i18n } from 'i18next';
import type { Language } from '../../src/core/language.ts';
import en from './en.json';
import ko from './ko.json';
import vi from './vi.json';

type Leaves<Tree, Prefix extends string = ''> = {
  [Key in keyof Tree & string]: Tree[Key] extends string ? `${Prefix}${Key}` : Leaves<Tree[Key], `${Prefix}${Key}.`>;
}[keyof Tree & string];
type WithoutPlural<Key extends string> = Key extends `${infer Stem}_${'one' | 'other'}` ? Stem : Key;

/** Every key of the text files, dotted. A key with plural forms stands here without its `_one` / `_other` ending. */
export type TextKey = WithoutPlural<Leaves<typeof vi>>;
/** Values for the `{{name}}` places of a text; `count` also chooses the plural form. */
export type TextParams = Record<string, string | number>;

const resources = { vi: { translation: vi }, en: { translation: en }, ko: { translation: ko } } satisfies Record<Language, unknown>;

function load(): i18n {
  const instance = i18next.createInstance();
  // All texts are in memory, so `initAsync: false` finishes the set-up before `init` returns. Nothing is escaped here: every
  // user of a text (preact, paper, speech) escapes for its own medium.
  void instance.init({ resources, lng: 'vi', fallbackLng: false, initAsync: false, interpolation: { escapeValue: false } }).catch(() => {});
  return instance;
}

const instance = load();

/** The text under `key` in `language`. */
export function t(language: Language, key: TextKey, params: TextParams = {}): string {
  return instance.t(key, { ...params, lng: language });
}

function* leafKeys(tree: object, prefix = ''): Generator<string> {
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') yield `${prefix}${key}`.replace(/_(one|other)$/, '');
    else yield* leafKeys(value, `${prefix}${key}.`);
  }
}
const known = new Set(leafKeys(vi));

/** Whether `key`, for instance an error's `textKey`, has a text; narrows it to {@link TextKey}. */
export function isTextKey(key: string): key is TextKey {
  return known.has(key);
}
