import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeToWords, koreanCount, numberToWords } from '../../../hardware/voice/numbers.ts';
import { languages } from '../../../src/core/language.ts';

describe('quantities', () => {
  // Typed by hand from how people say them.
  it.each([
    [0, 'không', 'zero', '영'],
    [1, 'một', 'one', '일'],
    [4, 'bốn', 'four', '사'],
    [5, 'năm', 'five', '오'],
    [10, 'mười', 'ten', '십'],
    [11, 'mười một', 'eleven', '십일'],
    [14, 'mười bốn', 'fourteen', '십사'],
    [15, 'mười lăm', 'fifteen', '십오'],
    [20, 'hai mươi', 'twenty', '이십'],
    [21, 'hai mươi mốt', 'twenty-one', '이십일'],
    [24, 'hai mươi tư', 'twenty-four', '이십사'],
    [25, 'hai mươi lăm', 'twenty-five', '이십오'],
    [55, 'năm mươi lăm', 'fifty-five', '오십오'],
    [91, 'chín mươi mốt', 'ninety-one', '구십일'],
    [100, 'một trăm', 'one hundred', '백'],
    [101, 'một trăm linh một', 'one hundred and one', '백일'],
    [104, 'một trăm linh bốn', 'one hundred and four', '백사'],
    [105, 'một trăm linh năm', 'one hundred and five', '백오'],
    [110, 'một trăm mười', 'one hundred and ten', '백십'],
    [115, 'một trăm mười lăm', 'one hundred and fifteen', '백십오'],
    [121, 'một trăm hai mươi mốt', 'one hundred and twenty-one', '백이십일'],
    [200, 'hai trăm', 'two hundred', '이백'],
    [999, 'chín trăm chín mươi chín', 'nine hundred and ninety-nine', '구백구십구'],
    [1000, 'một nghìn', 'one thousand', '천'],
    [1005, 'một nghìn không trăm linh năm', 'one thousand and five', '천오'],
    [1050, 'một nghìn không trăm năm mươi', 'one thousand and fifty', '천오십'],
    [2024, 'hai nghìn không trăm hai mươi tư', 'two thousand and twenty-four', '이천이십사'],
    [3500, 'ba nghìn năm trăm', 'three thousand five hundred', '삼천오백'],
    [10_000, 'mười nghìn', 'ten thousand', '만'],
    [15_000, 'mười lăm nghìn', 'fifteen thousand', '만오천'],
    [250_000, 'hai trăm năm mươi nghìn', 'two hundred and fifty thousand', '이십오만'],
    [1_000_005, 'một triệu không trăm linh năm', 'one million and five', '백만오'],
    [1_005_000, 'một triệu không trăm linh năm nghìn', 'one million five thousand', '백만오천'],
    [100_010_000, 'một trăm triệu không trăm mười nghìn', 'one hundred million ten thousand', '일억만'],
    [9999, 'chín nghìn chín trăm chín mươi chín', 'nine thousand nine hundred and ninety-nine', '구천구백구십구'],
  ])('%i', (value, vi, en, ko) => {
    expect([numberToWords(value, 'vi'), numberToWords(value, 'en'), numberToWords(value, 'ko')]).toEqual([vi, en, ko]);
  });

  it('the south says lẻ and ngàn', () => {
    expect(numberToWords(1005, 'vi', 'south')).toBe('một ngàn không trăm lẻ năm');
  });

  it('every number 0-9999 can be understood again, in each language', () => {
    const wrong: number[] = [];
    for (let value = 0; value <= 9999; value += 1) {
      const understood = [
        readVietnamese(numberToWords(value, 'vi')),
        readVietnamese(numberToWords(value, 'vi', 'south')),
        readEnglish(numberToWords(value, 'en')),
        readKorean(numberToWords(value, 'ko')),
      ];
      if (understood.some((other) => other !== value)) wrong.push(value);
    }
    expect(wrong).toEqual([]);
  });

  it('so can numbers up to 999,999,999', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), fc.constantFrom(1, 1000, 1_000_000), (any, round) => {
        const value = any - (any % round);
        expect(readVietnamese(numberToWords(value, 'vi'))).toBe(value);
        expect(readVietnamese(numberToWords(value, 'vi', 'south'))).toBe(value);
        expect(readEnglish(numberToWords(value, 'en'))).toBe(value);
        expect(readKorean(numberToWords(value, 'ko'))).toBe(value);
      }),
    );
  });

  it('Korean counts hours, people and sheets with its own numbers', () => {
    const said = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 20, 21, 35, 48, 50, 62, 77, 80, 99].map(koreanCount).join(' ');
    expect(said).toBe('한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 열한 스무 스물한 서른다섯 마흔여덟 쉰 예순두 일흔일곱 여든 아흔아홉');
    expect([0, 100, 1.5].map(koreanCount)).toEqual([null, null, null]);
  });

  it.each([-1, 1.5, 1e9, Number.NaN])('%d is no quantity that is counted: no digit is left all the same', (value) => {
    for (const language of languages) expect(numberToWords(value, language)).not.toMatch(/\d/);
  });

  it('Vietnamese never says the forms that people do not', () => {
    for (let value = 0; value <= 9999; value += 1) {
      expect(numberToWords(value, 'vi')).not.toMatch(
        /mươi (một|bốn|năm)( |$)|mười năm( |$)|mười mốt|mười tư|một mươi|(linh|lẻ) (mốt|tư|lăm)/,
      );
    }
  });
});

describe('ticket codes', () => {
  it.each([
    ['A012', 'A không mười hai', 'A zero one two', '에이 공 일 이'],
    ['A007', 'A không không bảy', 'A zero zero seven', '에이 공 공 칠'],
    ['B120', 'B một trăm hai mươi', 'B one two zero', '비 일 이 공'],
    ['C105', 'C một trăm linh năm', 'C one zero five', '시 일 공 오'],
    ['D015', 'D không mười lăm', 'D zero one five', '디 공 일 오'],
    ['Z000', 'Z không không không', 'Z zero zero zero', '제트 공 공 공'],
  ])('%s', (code, vi, en, ko) => {
    expect([codeToWords(code, 'vi'), codeToWords(code, 'en'), codeToWords(code, 'ko')]).toEqual([vi, en, ko]);
  });

  it('every code of a day can be understood again, in each language', () => {
    const wrong: string[] = [];
    for (let n = 0; n <= 9999; n += 1) {
      for (const digits of new Set([String(n), String(n).padStart(3, '0'), String(n).padStart(4, '0')])) {
        const said = { vi: codeToWords(`A${digits}`, 'vi'), en: codeToWords(`A${digits}`, 'en'), ko: codeToWords(`A${digits}`, 'ko') };
        const understood = [
          readVietnameseCode(said.vi.replace(/^A /, '')),
          said.en
            .replace(/^A /, '')
            .split(' ')
            .map((word) => 'zero one two three four five six seven eight nine'.split(' ').indexOf(word))
            .join(''),
          said.ko
            .replace(/^에이 /, '')
            .split(' ')
            .map((word) => '공일이삼사오육칠팔구'.indexOf(word))
            .join(''),
        ];
        if (understood.some((other) => other !== digits)) wrong.push(`${digits}: ${understood}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('no two codes of a day sound alike', () => {
    for (const language of languages) {
      const heard = new Set(Array.from({ length: 1000 }, (_, n) => codeToWords(`A${String(n).padStart(3, '0')}`, language)));
      expect(heard.size).toBe(1000);
    }
  });
});

/** Readers written apart from the code above: they add up what each word is worth. */
function readVietnamese(words: string): number {
  const digits: Record<string, number> = {
    không: 0,
    một: 1,
    mốt: 1,
    hai: 2,
    ba: 3,
    bốn: 4,
    tư: 4,
    năm: 5,
    lăm: 5,
    sáu: 6,
    bảy: 7,
    tám: 8,
    chín: 9,
  };
  const units: Record<string, number> = { mươi: 10, trăm: 100 };
  const groups: Record<string, number> = { nghìn: 1000, ngàn: 1000, triệu: 1_000_000 };
  let whole = 0;
  let sum = 0;
  let digit = 0;
  for (const word of words.split(' ')) {
    if (word === 'linh' || word === 'lẻ') continue;
    if (word === 'mười') sum += 10;
    else if (word in groups) {
      whole += (sum + digit) * (groups[word] ?? 0);
      sum = 0;
      digit = 0;
    } else if (word in units) {
      sum += digit * (units[word] ?? 0);
      digit = 0;
    } else digit = digits[word] ?? Number.NaN;
    if (word === 'mười') digit = 0;
  }
  return whole + sum + digit;
}

/** Leading zeros are said one by one; `không trăm` is no leading zero. */
function readVietnameseCode(words: string): string {
  const zeros = /^(?:không(?: (?!trăm)|$))*/.exec(words)?.[0] ?? '';
  const rest = words.slice(zeros.length);
  return '0'.repeat(zeros.split(' ').filter(Boolean).length) + (rest === '' ? '' : String(readVietnamese(rest)));
}

function readEnglish(words: string): number {
  const small =
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
      ' ',
    );
  const tens = 'zero ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
  let total = 0;
  let part = 0;
  for (const word of words.split(/[ -]/)) {
    if (word === 'and') continue;
    if (word === 'hundred') part *= 100;
    else if (word === 'thousand' || word === 'million') {
      total += part * (word === 'million' ? 1_000_000 : 1000);
      part = 0;
    } else part += small.includes(word) ? small.indexOf(word) : tens.indexOf(word) * 10;
  }
  return total + part;
}

function readKorean(words: string): number {
  let whole = 0;
  let sum = 0;
  let digit = 0;
  for (const syllable of words) {
    const unit = { 십: 10, 백: 100, 천: 1000 }[syllable];
    const group = { 만: 10_000, 억: 100_000_000 }[syllable];
    if (group) {
      whole += (sum + digit || 1) * group;
      sum = 0;
      digit = 0;
    } else if (unit) {
      sum += (digit || 1) * unit;
      digit = 0;
    } else digit = '영일이삼사오육칠팔구'.indexOf(syllable);
  }
  return whole + sum + digit;
}
