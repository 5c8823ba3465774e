import type { Language } from '../../src/core/language.ts';
import { assertNever } from '../../src/core/result.ts';

/**
 * Numbers to words, because the speech engine misreads digits (espeak-ng says "mười năm" for 15). Pure.
 * Range of quantities: integers 0-999,999,999; others come back as their digits, spelled.
 */

/** How Vietnamese numbers are said: 105 is `một trăm linh năm` in the north, `một trăm lẻ năm` in the south. */
export type Region = 'north' | 'south';

const greatest = 999_999_999;

const viDigits = ['không', 'một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín'];
const enDigits = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const enTeens = ['ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'];
const enTens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const koDigits = ['영', '일', '이', '삼', '사', '오', '육', '칠', '팔', '구'];
/** In codes zero is 공. */
const koCodeZero = '공';
const koLetters: Record<string, string> = Object.fromEntries(
  '에이 비 시 디 이 에프 지 에이치 아이 제이 케이 엘 엠 엔 오 피 큐 아르 에스 티 유 브이 더블유 엑스 와이 제트'
    .split(' ')
    .map((name, at) => [String.fromCharCode(65 + at), name]),
);

/** A quantity: 15 -> `mười lăm`, `fifteen`, `십오`. */
export function numberToWords(value: number, language: Language, region: Region = 'north'): string {
  if (!Number.isInteger(value) || value < 0 || value > greatest) return spellDigits(String(value), language);
  switch (language) {
    case 'vi':
      return vietnamese(value, region);
    case 'en':
      return english(value);
    case 'ko':
      return korean(value);
    default:
      return assertNever(language);
  }
}

/**
 * A ticket code: Vietnamese says leading zeros, then the number (`A012` -> `A không mười hai`); English and Korean go digit by
 * digit (`A zero one two`, `에이 공 일 이`).
 */
export function codeToWords(code: string, language: Language, region: Region = 'north'): string {
  return (code.match(/\d+|\D/g) ?? [])
    .map((part) => (/^\d/.test(part) ? codeDigits(part, language, region) : letterName(part, language)))
    .filter((word) => word.trim() !== '')
    .join(' ');
}

function codeDigits(digits: string, language: Language, region: Region): string {
  if (language !== 'vi' || digits.length > 4) return spellDigits(digits, language);
  const zeros = /^0*/.exec(digits)?.[0].length ?? 0;
  const words = Array.from({ length: zeros }, () => 'không');
  if (zeros < digits.length) words.push(vietnamese(Number(digits), region));
  return words.join(' ');
}

/** Digit by digit; what is no digit stays. */
export function spellDigits(text: string, language: Language): string {
  const names = { vi: viDigits, en: enDigits, ko: [koCodeZero, ...koDigits.slice(1)] }[language];
  return [...text].map((digit) => names[Number(digit)] ?? digit).join(' ');
}

function letterName(letter: string, language: Language): string {
  return language === 'ko' ? (koLetters[letter.toUpperCase()] ?? letter) : letter;
}

function vietnamese(value: number, region: Region): string {
  const words: string[] = [];
  for (const [unit, name] of [
    [1_000_000, 'triệu'],
    [1000, region === 'north' ? 'nghìn' : 'ngàn'],
    [1, ''],
  ] as const) {
    const group = Math.floor(value / unit) % 1000;
    if (group > 0 || (value === 0 && unit === 1)) words.push(belowThousand(group, region, words.length > 0), name);
  }
  return words.join(' ').trim();
}

/** `inside`: something greater comes before, so the hundreds are said even when they are none: 1005 -> "… không trăm linh năm". */
function belowThousand(value: number, region: Region, inside: boolean): string {
  const hundreds = Math.floor(value / 100);
  const rest = value % 100;
  if (hundreds === 0 && !inside) return belowHundred(rest);
  const head = `${viDigits[hundreds]} trăm`;
  if (rest === 0) return head;
  if (rest < 10) return `${head} ${region === 'north' ? 'linh' : 'lẻ'} ${viDigits[rest]}`;
  return `${head} ${belowHundred(rest)}`;
}

function belowHundred(value: number): string {
  const tens = Math.floor(value / 10);
  const units = value % 10;
  if (tens === 0) return viDigits[units] ?? '';
  const head = tens === 1 ? 'mười' : `${viDigits[tens]} mươi`;
  if (units === 0) return head;
  if (units === 5) return `${head} lăm`;
  if (units === 1 && tens > 1) return `${head} mốt`;
  if (units === 4 && tens > 1) return `${head} tư`;
  return `${head} ${viDigits[units]}`;
}

function english(value: number): string {
  if (value < 10) return enDigits[value] ?? '';
  if (value < 20) return enTeens[value - 10] ?? '';
  if (value < 100) return [enTens[Math.floor(value / 10)], value % 10 ? enDigits[value % 10] : ''].filter(Boolean).join('-');
  const [unit, name] = value < 1000 ? [100, 'hundred'] : value < 1_000_000 ? [1000, 'thousand'] : [1_000_000, 'million'];
  const head = `${english(Math.floor(value / unit))} ${name}`;
  const rest = value % unit;
  if (rest === 0) return head;
  return `${head} ${rest < 100 ? 'and ' : ''}${english(rest)}`;
}

/** By ten thousands, as Korean counts; a single 만 goes without its one, a single 억 does not. */
function korean(value: number): string {
  if (value === 0) return '영';
  const [hundredMillions, tenThousands, rest] = [Math.floor(value / 1e8), Math.floor(value / 1e4) % 1e4, value % 1e4];
  const head = hundredMillions > 0 ? `${koreanGroup(hundredMillions)}억` : '';
  const middle = tenThousands === 0 ? '' : tenThousands === 1 ? '만' : `${koreanGroup(tenThousands)}만`;
  return head + middle + koreanGroup(rest);
}

function koreanGroup(value: number): string {
  let words = '';
  for (const [unit, name] of [
    [1000, '천'],
    [100, '백'],
    [10, '십'],
  ] as const) {
    const digit = Math.floor(value / unit) % 10;
    if (digit > 0) words += `${digit > 1 ? koDigits[digit] : ''}${name}`;
  }
  return words + (value % 10 > 0 ? koDigits[value % 10] : '');
}

const koNativeOnes = ['', '한', '두', '세', '네', '다섯', '여섯', '일곱', '여덟', '아홉'];
const koNativeTens = ['', '열', '스물', '서른', '마흔', '쉰', '예순', '일흔', '여든', '아흔'];

/** Before hours, people, pieces and sheets Korean counts with its own numbers, 1-99: `세 시`, `스무 명`. Null outside. */
export function koreanCount(value: number): string | null {
  if (!Number.isInteger(value) || value < 1 || value > 99) return null;
  if (value === 20) return '스무';
  return `${koNativeTens[Math.floor(value / 10)]}${koNativeOnes[value % 10]}`;
}
