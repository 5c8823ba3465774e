/** Two-set (Dubeolsik) Hangul typing: letters join into syllable blocks, U+AC00 + (initial * 21 + vowel) * 28 + final. */

const initials = [...'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'];
const vowels = [...'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ'];
/** Index 0: no final. */
const finals = ['', ...'ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ'];
/** Two letters that make one. */
const joined = new Map(
  [
    'ㅗㅏㅘ',
    'ㅗㅐㅙ',
    'ㅗㅣㅚ',
    'ㅜㅓㅝ',
    'ㅜㅔㅞ',
    'ㅜㅣㅟ',
    'ㅡㅣㅢ',
    'ㄱㅅㄳ',
    'ㄴㅈㄵ',
    'ㄴㅎㄶ',
    'ㄹㄱㄺ',
    'ㄹㅁㄻ',
    'ㄹㅂㄼ',
    'ㄹㅅㄽ',
    'ㄹㅌㄾ',
    'ㄹㅍㄿ',
    'ㄹㅎㅀ',
    'ㅂㅅㅄ',
  ].map((triple) => [triple.slice(0, 2), triple.slice(2)]),
);
const split = new Map([...joined].map(([pair, one]) => [one, pair]));

interface Syllable {
  initial: string;
  vowel: string;
  final: string;
}

const firstSyllable = 0xac00;
const lastSyllable = 0xd7a3;

function takeApart(letter: string): Syllable | null {
  const point = letter.codePointAt(0) ?? 0;
  if (point < firstSyllable || point > lastSyllable) return null;
  const offset = point - firstSyllable;
  const initial = initials[Math.floor(offset / (21 * 28))] ?? '';
  const vowel = vowels[Math.floor(offset / 28) % 21] ?? '';
  return { initial, vowel, final: finals[offset % 28] ?? '' };
}

function put({ initial, vowel, final }: Syllable): string {
  const index = (initials.indexOf(initial) * 21 + vowels.indexOf(vowel)) * 28 + finals.indexOf(final);
  return String.fromCodePoint(firstSyllable + index);
}

/** What the last letter becomes when `key` follows it; null when they do not join. */
function join(last: string, key: string): string | null {
  const isVowel = vowels.includes(key);
  const syllable = takeApart(last);
  if (syllable === null) return isVowel && initials.includes(last) ? put({ initial: last, vowel: key, final: '' }) : null;
  if (!isVowel) {
    const final = syllable.final === '' ? key : joined.get(syllable.final + key);
    return final !== undefined && finals.includes(final) ? put({ ...syllable, final }) : null;
  }
  if (syllable.final === '') {
    const vowel = joined.get(syllable.vowel + key);
    return vowel === undefined ? null : put({ ...syllable, vowel });
  }
  // The final moves over to begin the next block; of a double one only its second half.
  const pair = split.get(syllable.final) ?? syllable.final;
  const moving = pair.slice(-1);
  return put({ ...syllable, final: pair.slice(0, -1) }) + put({ initial: moving, vowel: key, final: '' });
}

/** `text` after `key` was typed at its end. */
export function typeHangul(text: string, key: string): string {
  const last = [...text].at(-1) ?? '';
  const together = last === '' ? null : join(last, key);
  return together === null ? text + key : text.slice(0, text.length - last.length) + together;
}
