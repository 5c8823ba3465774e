import type { Language } from '../../src/core/language.ts';
import { assertNever } from '../../src/core/result.ts';

/**
 * Numbers to words, because the speech engine misreads digits (espeak-ng says "mười năm" for 15). Pure.
 * Range of plain numbers: integers 0-9999; others come back as their digits, spelled.
 */

export type Region = 'north' | 'south';

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
  if (!Number.isInteger(value) || value < 0 || value > 9999) return spellDigits(String(value), language);
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

/** Replaces every ticket code and number of a text, so that no digit reaches the engine. */
export function spellOut(text: string, language: Language, region: Region = 'north'): string {
  return text
    .replace(/\b([A-Z]{1,2}-?)?(\d+)/g, (whole: string, letters: string | undefined, digits: string) =>
      letters !== undefined || digits.startsWith('0') || digits.length > 4
        ? codeToWords(whole.replace('-', ''), language, region)
        : numberToWords(Number(digits), language, region),
    )
    .replace(/\d+/g, (digits) => ` ${spellDigits(digits, language)} `);
}

function codeDigits(digits: string, language: Language, region: Region): string {
  if (language !== 'vi' || digits.length > 4) return spellDigits(digits, language);
  const zeros = /^0*/.exec(digits)?.[0].length ?? 0;
  const words = Array.from({ length: zeros }, () => 'không');
  if (zeros < digits.length) words.push(vietnamese(Number(digits), region));
  return words.join(' ');
}

function spellDigits(text: string, language: Language): string {
  const names = { vi: viDigits, en: enDigits, ko: [koCodeZero, ...koDigits.slice(1)] }[language];
  return [...text].map((digit) => names[Number(digit)] ?? digit).join(' ');
}

function letterName(letter: string, language: Language): string {
  return language === 'ko' ? (koLetters[letter.toUpperCase()] ?? letter) : letter;
}

function vietnamese(value: number, region: Region): string {
  const thousands = Math.floor(value / 1000);
  const rest = value % 1000;
  if (thousands === 0) return belowThousand(rest, region, false);
  const head = `${viDigits[thousands]} ${region === 'north' ? 'nghìn' : 'ngàn'}`;
  return rest === 0 ? head : `${head} ${belowThousand(rest, region, true)}`;
}

/** `afterThousands`: the hundreds are said even when they are none: 1005 -> "… không trăm linh năm". */
function belowThousand(value: number, region: Region, afterThousands: boolean): string {
  const hundreds = Math.floor(value / 100);
  const rest = value % 100;
  if (hundreds === 0 && !afterThousands) return belowHundred(rest);
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
  const [unit, name] = value < 1000 ? [100, 'hundred'] : [1000, 'thousand'];
  const head = `${english(Math.floor(value / unit))} ${name}`;
  const rest = value % unit;
  if (rest === 0) return head;
  return `${head} ${rest < 100 ? 'and ' : ''}${english(rest)}`;
}

function korean(value: number): string {
  if (value === 0) return '영';
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
