/** Words that people type instead of the official ones; all folded. */
const abbreviations: Readonly<Record<string, string>> = {
  dk: 'dang ky',
  dky: 'dang ky',
  cccd: 'can cuoc',
  hk: 'ho khau',
  kd: 'kinh doanh',
  ks: 'khai sinh',
  kh: 'ket hon',
};
/** Filler of spoken questions, folded; they match everything and mean nothing. */
const fillers = new Set([
  'can',
  'gi',
  'j',
  'the',
  'nao',
  'lam',
  'toi',
  'muon',
  'cho',
  'xin',
  'hoi',
  'o',
  'dau',
  'duoc',
  'dc',
  'ko',
  'khong',
  'a',
  'an',
  'how',
  'to',
  'i',
  'my',
]);

/** Lower case without diacritics: `Đăng ký` -> `dang ky`. Hangul stays as it is. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/đ/gi, 'd')
    .toLowerCase()
    .normalize('NFC');
}

/** The words of a casual question, abbreviations written out, fillers dropped (unless nothing else is left). */
export function queryWords(query: string): string[] {
  const words = fold(query)
    .split(/[^\p{L}\p{N}.]+/u)
    .filter(Boolean)
    .flatMap((word) => (abbreviations[word] ?? word).split(' '));
  const telling = words.filter((word) => !fillers.has(word));
  return telling.length > 0 ? telling : words;
}
