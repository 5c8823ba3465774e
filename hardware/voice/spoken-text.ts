import type { Language } from '../../src/core/language.ts';
import { dateToWords, koreanHour, koreanMonth, timeToWords } from './dates.ts';
import { codeToWords, koreanCount, numberToWords, type Region, spellDigits } from './numbers.ts';

/** Whole texts without a digit, for the speech engine. Pure. */

interface Speaker {
  language: Language;
  region: Region;
}

type Groups = readonly (string | undefined)[];

/** One way numbers are written. `say` gives words, or null where the match is something else after all. */
interface Rule {
  pattern: RegExp;
  say: (groups: Groups, speaker: Speaker) => string | null;
  /** Where only one language writes so. */
  only?: Language;
}

const time = String.raw`(\d{1,2})(?::|h|g)(\d{2})(?!\d)`;
const between = { vi: ' đến ', en: ' to ', ko: '부터 ' } as const;
const percent = { vi: 'phần trăm', en: 'percent', ko: '퍼센트' } as const;
const decimalMark = { vi: 'phẩy', en: 'point', ko: '점' } as const;

const sayTime = (hour: string | undefined, minute: string | undefined, { language, region }: Speaker): string | null =>
  Number(hour) <= 24 && Number(minute) <= 59 ? timeToWords(Number(hour), Number(minute), language, region) : null;

function sayDate(day: string | undefined, month: string | undefined, year: string | undefined, { language, region }: Speaker) {
  const date = { day: Number(day), month: Number(month), year: year === undefined ? null : Number(year) };
  const real = date.day >= 1 && date.day <= 31 && date.month >= 1 && date.month <= 12 && (date.year === null || date.year >= 1000);
  return real ? dateToWords(date, language, region) : null;
}

function saySpan([hour, minute, toHour, toMinute]: Groups, speaker: Speaker): string | null {
  const [from, to] = [sayTime(hour, minute, speaker), sayTime(toHour, toMinute, speaker)];
  return from !== null && to !== null ? from + between[speaker.language] + to : null;
}

function sayGrouped([digits = '']: Groups, { language, region }: Speaker): string | null {
  const mark = language === 'vi' ? '.' : ',';
  const other = language === 'vi' ? ',' : '.';
  if (digits.includes(other)) return null;
  const plain = digits.replaceAll(mark, '');
  return plain.startsWith('0') ? null : numberToWords(Number(plain), language, region);
}

/** Vietnamese writes 1,5; English and Korean 1.5. */
function sayDecimal([whole = '', mark, fraction = '']: Groups, { language, region }: Speaker): string | null {
  if (mark !== (language === 'vi' ? ',' : '.') || whole.length > 9) return null;
  return `${numberToWords(Number(whole), language, region)} ${decimalMark[language]} ${spellDigits(fraction, language)}`;
}

/** `A012`, `B-105`, numbers with a leading zero and long ones are codes; the rest are quantities. */
function sayInteger([letters, digits = '']: Groups, { language, region }: Speaker): string {
  const code = letters !== undefined || digits.length > 4 || /^0\d/.test(digits);
  return code
    ? codeToWords(`${letters ?? ''}${digits}`.replace('-', ''), language, region)
    : numberToWords(Number(digits), language, region);
}

/** In the order they are tried: longer ways of writing come first. */
const rules: readonly Rule[] = [
  { pattern: new RegExp(String.raw`(?<!\d)${time}\s*[-–—]\s*${time}`, 'g'), say: saySpan },
  { pattern: /(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])/g, say: ([year, month, day], speaker) => sayDate(day, month, year, speaker) },
  {
    pattern: /(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?!\d)/g,
    say: ([day, , month, year], speaker) => sayDate(day, month, year, speaker),
  },
  {
    pattern: /(?<![\d/])(\d{1,2})\/(\d{1,2})(?![\d/])/g,
    say: ([day, month], speaker) => sayDate(day, month, undefined, speaker),
  },
  { pattern: new RegExp(String.raw`(?<!\d)${time}`, 'g'), say: ([hour, minute], speaker) => sayTime(hour, minute, speaker) },
  { only: 'vi', pattern: /(?<![\p{L}\d])(\d{1,2}) ?h(?![\p{L}\d])/gu, say: ([hour], speaker) => sayTime(hour, '0', speaker) },
  // A telephone number in groups.
  {
    pattern: /(?<!\d)(0\d{1,3}(?:[ .-]\d{2,4}){2,3})(?!\d)/g,
    say: ([phone = ''], { language }) => spellDigits(phone.replace(/\D/g, ''), language),
  },
  { pattern: /(?<![\d.,])(\d{1,3}(?:[.,]\d{3}){1,2})(?![\d.,]\d)/g, say: sayGrouped },
  { pattern: /(?<![\d.,])(\d+)([.,])(\d+)(?![\d.,]\d)/g, say: sayDecimal },
  {
    only: 'ko',
    pattern: /(?<!\d)(\d{1,2})월/g,
    say: ([month]) => (Number(month) >= 1 && Number(month) <= 12 ? koreanMonth(Number(month)) : null),
  },
  { only: 'ko', pattern: /(?<!\d)(\d{1,2}) ?시(?!간)/g, say: ([hour]) => (Number(hour) <= 24 ? `${koreanHour(Number(hour))} 시` : null) },
  {
    only: 'ko',
    pattern: /(?<!\d)(\d{1,2}) ?(시간|명|개|장|번째)/g,
    say: ([count, what]) => {
      const words = koreanCount(Number(count));
      return words === null ? null : `${words} ${what}`;
    },
  },
  { pattern: /\b([A-Z]{1,2}-?)?(\d+)/g, say: sayInteger },
  { pattern: /(\d+)/g, say: ([digits = ''], { language }) => ` ${spellDigits(digits, language)} ` },
];

/** Replaces every number, ticket code, date, time and percentage of a text: no digit of any script reaches the engine. */
export function spellOut(text: string, language: Language, region: Region = 'north'): string {
  const speaker = { language, region };
  let spoken = plainDigits(text).replace(/(\d) ?%/g, `$1 ${percent[language]}`);
  if (language === 'vi') spoken = spoken.replace(/(\d) ?(?:đ|₫)(?!\p{L})/gu, '$1 đồng');
  for (const { pattern, say, only } of rules) {
    if (only === undefined || only === language) spoken = replaceEach(spoken, pattern, (groups) => say(groups, speaker));
  }
  return spoken;
}

/** Words take the place of numbers and stand apart from the letters around them: `3번` is `삼 번`, `15phút` is `mười lăm phút`. */
function replaceEach(text: string, pattern: RegExp, say: (groups: Groups) => string | null): string {
  let done = '';
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    const words = say(match.slice(1));
    if (words === null) continue;
    const end = match.index + match[0].length;
    done += text.slice(at, match.index);
    done += (/\p{L}$/u.test(done) ? ' ' : '') + words + (/^\p{L}/u.test(text.slice(end, end + 1)) ? ' ' : '');
    at = end;
  }
  return done + text.slice(at);
}

/** Full-width and superscript digits as plain ones; digits of other scripts, which the engine would read in its own way, are left out. */
function plainDigits(text: string): string {
  return text.replace(/\p{N}+/gu, (number) => number.normalize('NFKC').replace(/(?![0-9])\p{N}/gu, ' '));
}
