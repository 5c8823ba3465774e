import type { Language } from '../../src/core/language.ts';
import { assertNever } from '../../src/core/result.ts';
import { koreanCount, numberToWords, type Region } from './numbers.ts';

/** Dates and times of day to words. Pure. */

const enMonths = 'January February March April May June July August September October November December'.split(' ');
const enOrdinals = (
  'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth ' +
  'seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth ' +
  'twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first'
).split(' ');

/** Day 1-31, month 1-12, year 1000-9999 or none. */
export interface SpokenDate {
  day: number;
  month: number;
  year: number | null;
}

/** `hai mươi tháng mười một năm …`, `the twentieth of November …`, `이천이십육 년 십일월 이십 일`. The word `ngày` is the text's own. */
export function dateToWords({ day, month, year }: SpokenDate, language: Language, region: Region): string {
  const words = (value: number) => numberToWords(value, language, region);
  switch (language) {
    case 'vi':
      // The fourth month is `tháng tư`, not `bốn`.
      return [words(day), 'tháng', month === 4 ? 'tư' : words(month), ...(year === null ? [] : ['năm', words(year)])].join(' ');
    case 'en':
      return ['the', enOrdinals[day - 1], 'of', enMonths[month - 1], ...(year === null ? [] : [englishYear(year)])].join(' ');
    case 'ko':
      return [...(year === null ? [] : [`${words(year)} 년`]), koreanMonth(month), `${words(day)} 일`].join(' ');
    default:
      return assertNever(language);
  }
}

/** June and October lose their final consonant. */
export function koreanMonth(month: number): string {
  if (month === 6) return '유월';
  return month === 10 ? '시월' : `${numberToWords(month, 'ko')}월`;
}

/** 2026 -> `twenty twenty-six`, 2005 -> `two thousand and five`, 1905 -> `nineteen oh five`. */
function englishYear(year: number): string {
  const words = (value: number) => numberToWords(value, 'en');
  const [century, rest] = [Math.floor(year / 100), year % 100];
  if (century % 10 === 0 && rest < 10) return words(year);
  if (rest === 0) return `${words(century)} hundred`;
  return `${words(century)} ${rest < 10 ? 'oh ' : ''}${words(rest)}`;
}

/** Hour 0-24, minute 0-59: `tám giờ ba mươi phút`, `eight thirty`, `여덟 시 삼십 분`. */
export function timeToWords(hour: number, minute: number, language: Language, region: Region): string {
  const words = (value: number) => numberToWords(value, language, region);
  switch (language) {
    case 'vi':
      return `${words(hour)} giờ${minute === 0 ? '' : ` ${words(minute)} phút`}`;
    case 'en':
      if (minute === 0) return `${words(hour)} ${hour >= 1 && hour <= 12 ? "o'clock" : 'hundred'}`;
      return `${words(hour)} ${minute < 10 ? 'oh ' : ''}${words(minute)}`;
    case 'ko':
      return `${koreanHour(hour)} 시${minute === 0 ? '' : ` ${words(minute)} 분`}`;
    default:
      return assertNever(language);
  }
}

/** By the twelve-hour clock Korean counts hours with its own numbers, from thirteen on with the Chinese ones. */
export const koreanHour = (hour: number): string => (hour <= 12 ? koreanCount(hour) : null) ?? numberToWords(hour, 'ko');
