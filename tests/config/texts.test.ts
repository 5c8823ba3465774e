import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import en from '../../config/texts/en.json';
import ko from '../../config/texts/ko.json';
import { isTextKey, t } from '../../config/texts/texts.ts';
import vi from '../../config/texts/vi.json';
import { stopCauses } from '../../src/core/device.ts';
import { errorKinds } from '../../src/core/errors.ts';

const project = new URL('../..', import.meta.url).pathname;

/** Dotted key -> text; plural forms under one key, joined. */
function flat(tree: object, prefix = '', into = new Map<string, string>()): Map<string, string> {
  for (const [name, value] of Object.entries(tree)) {
    const key = `${prefix}${name}`.replace(/_(one|other)$/, '');
    if (typeof value === 'string') into.set(key, `${into.get(key) ?? ''} ${value}`);
    else flat(value, `${key}.`, into);
  }
  return into;
}
const all = { vi: flat(vi), en: flat(en), ko: flat(ko) };
const placesIn = (text: string) => [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1]))].sort();

function sources(folder: string): string[] {
  return readdirSync(join(project, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

describe('texts', () => {
  test('every language has the same keys and the same places', () => {
    for (const language of ['en', 'ko'] as const) {
      expect([...all[language].keys()].sort()).toEqual([...all.vi.keys()].sort());
      for (const [key, text] of all.vi) expect(placesIn(all[language].get(key) ?? ''), `${language} ${key}`).toEqual(placesIn(text));
    }
  });

  test('nothing is empty and no text is left in another script', () => {
    for (const [key, text] of all.en) if (!key.startsWith('language.')) expect(text, key).toMatch(/^[\x20-\x7e‘’“”–…]+$/);
    for (const [key, text] of all.ko) {
      if (!['language.vi', 'language.en'].includes(key) && !/^ \{\{.*\}\} \/ \{\{.*\}\}ml$/.test(text))
        expect(text, key).toMatch(/[가-힣]/);
    }
  });

  test('every error a citizen may see has a text, and every stop its cause', () => {
    const keys = Object.values(errorKinds).flatMap(({ textKey }) => (textKey === null ? [] : [textKey]));
    expect(keys.filter((key) => !isTextKey(key))).toEqual([]);
    expect(stopCauses.filter((cause) => !isTextKey(`stop.cause.${cause}`))).toEqual([]);
  });

  test('counts choose the plural form', () => {
    expect(t('en', 'services.waiting', { count: 1 })).toBe('1 person waiting');
    expect(t('en', 'services.waiting', { count: 2 })).toBe('2 people waiting');
    expect(t('vi', 'services.waiting', { count: 1 })).toBe('1 người đang chờ');
    expect(t('ko', 'services.waiting', { count: 2 })).toBe('2명 대기 중');
  });

  test('values are put in as they are', () => {
    expect(t('vi', 'call.spoken', { number: 'A<1>', counter: 3 })).toBe('Xin mời số A<1> đến quầy số 3.');
  });

  test('no key is unused', () => {
    const code = [...sources('src'), ...sources('hardware')].join('\n');
    // Keys put together from a value: their stem stands in a template.
    const built = [...code.matchAll(/`([a-z][\w.]*)\$\{[^}]*\}([\w.]*)`/g)].map(([, stem = '', end = '']) => ({ stem, end }));
    const isUsed = (key: string) =>
      code.includes(`'${key}'`) || built.some(({ stem, end }) => stem.includes('.') && key.startsWith(stem) && key.endsWith(end));
    expect([...all.vi.keys()].filter((key) => !isUsed(key))).toEqual([]);
  });
});
