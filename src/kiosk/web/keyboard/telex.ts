/** Vietnamese Telex typing, the way most people here type: `aa` gives `â`, `dd` gives `đ`, a final `s f r x j` sets the tone. */

/** Vowel with its five tones in the order of {@link toneKeys}; the first is the plain one. */
const vowelRows = ['aáàảãạ', 'ăắằẳẵặ', 'âấầẩẫậ', 'eéèẻẽẹ', 'êếềểễệ', 'iíìỉĩị', 'oóòỏõọ', 'ôốồổỗộ', 'ơớờởỡợ', 'uúùủũụ', 'ưứừửữự', 'yýỳỷỹỵ'];
const toneKeys = 'zsfrxj';
const shapes: Record<string, Record<string, string>> = {
  a: { a: 'â', ă: 'â' },
  e: { e: 'ê' },
  o: { o: 'ô', ơ: 'ô' },
  w: { a: 'ă', â: 'ă', o: 'ơ', ô: 'ơ', u: 'ư' },
  d: { d: 'đ' },
};

interface Vowel {
  base: string;
  tone: number;
}

function vowelOf(letter: string): Vowel | null {
  for (const row of vowelRows) {
    const tone = row.indexOf(letter);
    if (tone >= 0) return { base: row.charAt(0), tone };
  }
  return null;
}

const withTone = (base: string, tone: number): string => vowelRows.find((row) => row.startsWith(base))?.charAt(tone) ?? base;
const sameCase = (letter: string, like: string): string => (like === like.toLowerCase() ? letter : letter.toUpperCase());

/** Index of the vowel that carries the tone by the modern rule, or -1. */
function tonePlace(word: string[]): number {
  const places = word.flatMap((letter, index) => (vowelOf(letter.toLowerCase()) ? [index] : []));
  const start = word.join('').toLowerCase();
  // `qu` and `gi` before another vowel belong to the consonant.
  if ((start.startsWith('qu') || start.startsWith('gi')) && places.length > 1) places.shift();
  const shaped = places.filter((place) => 'ăâêôơư'.includes(vowelOf((word[place] ?? '').toLowerCase())?.base ?? '-'));
  const lastShaped = shaped.at(-1);
  if (lastShaped !== undefined) return lastShaped;
  const last = places.at(-1);
  if (last === undefined) return -1;
  const closed = last < word.length - 1;
  const pair = places
    .slice(-2)
    .map((place) => vowelOf((word[place] ?? '').toLowerCase())?.base)
    .join('');
  if (places.length >= 3) return places.at(-2) ?? last;
  return places.length === 2 && !closed && !['oa', 'oe', 'uy'].includes(pair) ? (places[0] ?? last) : last;
}

function setTone(word: string[], tone: number): string[] | null {
  const target = tonePlace(word);
  if (target < 0) return null;
  return word.map((letter, index) => {
    const vowel = vowelOf(letter.toLowerCase());
    return vowel ? sameCase(withTone(vowel.base, index === target ? tone : 0), letter) : letter;
  });
}

const toneOf = (word: string[]): number => Math.max(0, ...word.map((letter) => vowelOf(letter.toLowerCase())?.tone ?? 0));

/** `uo` typed whole becomes `ươ` with one `w`. */
function shape(word: string[], key: string): string[] | null {
  const rules = shapes[key] ?? {};
  for (let index = word.length - 1; index >= 0; index--) {
    const letter = word[index] ?? '';
    const base = vowelOf(letter.toLowerCase())?.base ?? letter.toLowerCase();
    const shaped = rules[base];
    if (shaped === undefined) continue;
    const next = [...word];
    next[index] = sameCase(shaped, letter);
    const before = word[index - 1] ?? '';
    if (key === 'w' && shaped === 'ơ' && vowelOf(before.toLowerCase())?.base === 'u') next[index - 1] = sameCase('ư', before);
    const tone = toneOf(word);
    return tone > 0 ? setTone(next, tone) : next;
  }
  return null;
}

/** `text` after the key `key` was typed at its end; a key that shapes nothing is simply appended. */
export function typeTelex(text: string, key: string): string {
  const match = /[\p{L}]*$/u.exec(text);
  const start = match?.index ?? text.length;
  const word = [...text.slice(start)];
  const lower = key.toLowerCase();
  const tone = toneKeys.indexOf(lower);
  // `z` only takes a tone away; without one it is a letter like any other.
  const toned = tone > 0 && toneOf(word) !== tone ? setTone(word, tone) : lower === 'z' && toneOf(word) > 0 ? setTone(word, 0) : null;
  const next = toned ?? shape(word, lower);
  if (next === null) return settle(text.slice(0, start), word, key);
  return text.slice(0, start) + next.join('');
}

/** Appends a plain letter; a tone already set moves to where the longer word carries it (`hóa` + `n` -> `hoán`). */
function settle(before: string, word: string[], key: string): string {
  const longer = [...word, key];
  const tone = toneOf(word);
  return before + (tone > 0 ? (setTone(longer, tone) ?? longer) : longer).join('');
}
