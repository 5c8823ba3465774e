import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import en from '../../../config/texts/en.json' with { type: 'json' };
import ko from '../../../config/texts/ko.json' with { type: 'json' };
import viTexts from '../../../config/texts/vi.json' with { type: 'json' };
import { spellOut } from '../../../hardware/voice/spoken-text.ts';
import { type Language, languages } from '../../../src/core/language.ts';

// Typed by hand from how people say them.
const sentences: [Language, [written: string, spoken: string][]][] = [
  [
    'vi',
    [
      ['Số của Quý công dân là A012. Mời nhận phiếu.', 'Số của Quý công dân là A không mười hai. Mời nhận phiếu.'],
      ['Chờ khoảng 15 phút', 'Chờ khoảng mười lăm phút'],
      ['Chờ 15phút', 'Chờ mười lăm phút'],
      ['Quầy 4 và quầy 24', 'Quầy bốn và quầy hai mươi tư'],
      ['Nghỉ ngày 20/11', 'Nghỉ ngày hai mươi tháng mười một'],
      ['ngày 30/4/2026', 'ngày ba mươi tháng tư năm hai nghìn không trăm hai mươi sáu'],
      ['ngày 02-09-2026', 'ngày hai tháng chín năm hai nghìn không trăm hai mươi sáu'],
      ['từ 2026-01-05', 'từ năm tháng một năm hai nghìn không trăm hai mươi sáu'],
      ['lúc 8h30', 'lúc tám giờ ba mươi phút'],
      ['lúc 8h', 'lúc tám giờ'],
      ['lúc 13:05', 'lúc mười ba giờ năm phút'],
      ['Làm việc 7:30-11:30', 'Làm việc bảy giờ ba mươi phút đến mười một giờ ba mươi phút'],
      ['Lệ phí 50.000đ', 'Lệ phí năm mươi nghìn đồng'],
      ['1.500.000 đồng', 'một triệu năm trăm nghìn đồng'],
      ['giảm 25%', 'giảm hai mươi lăm phần trăm'],
      ['nặng 1,5 kg', 'nặng một phẩy năm kg'],
      ['gọi 024 3825 1234', 'gọi không hai bốn ba tám hai năm một hai ba bốn'],
      ['số 001099012345', 'số không không một không chín chín không một hai ba bốn năm'],
    ],
  ],
  [
    'en',
    [
      ['Your number is B-105; wait 15 minutes.', 'Your number is B one zero five; wait fifteen minutes.'],
      ['closed on 20/11/2026', 'closed on the twentieth of November twenty twenty-six'],
      ['on 1/2/2005', 'on the first of February two thousand and five'],
      ['since 2/9/1945', 'since the second of September nineteen forty-five'],
      ['at 8:30', 'at eight thirty'],
      ['at 8:05', 'at eight oh five'],
      ['at 8:00', "at eight o'clock"],
      ['at 13:00', 'at thirteen hundred'],
      ['7:30 – 11:30', 'seven thirty to eleven thirty'],
      ['costs 50,000 dong', 'costs fifty thousand dong'],
      ['1.5 metres', 'one point five metres'],
      ['25 %', 'twenty-five percent'],
      ['99/99', 'ninety-nine/ninety-nine'],
      ['at 25:70', 'at twenty-five:seventy'],
    ],
  ],
  [
    'ko',
    [
      ['3번 창구', '삼 번 창구'],
      ['A012번 고객님', '에이 공 일 이 번 고객님'],
      ['11월 20일', '십일월 이십 일'],
      ['6월과 10월', '유월 과 시월'],
      ['2026-06-06', '이천이십육 년 유월 육 일'],
      ['오후 3시 30분', '오후 세 시 삼십 분'],
      ['15:30', '십오 시 삼십 분'],
      ['8:30', '여덟 시 삼십 분'],
      ['2시간', '두 시간'],
      ['20명', '스무 명'],
      ['50,000동', '오만 동'],
      ['15분', '십오 분'],
    ],
  ],
];
describe.each(sentences)('%s', (language, pairs) => {
  it.each(pairs)('%s', (written, spoken) => {
    expect(spellOut(written, language)).toBe(spoken);
  });
});

describe('no digit ever reaches the engine', () => {
  const digit = /\p{N}/u;

  it('out of anything that is written with digits', () => {
    const piece = fc.constantFrom(...'0123456789', ...'A:/.,-–%đhg시월명 xỜ가', '１', '²', '½', '٣', '๕', 'Ⅳ', '③');
    fc.assert(
      fc.property(fc.constantFrom(...languages), fc.string({ unit: piece, maxLength: 20 }), (language, text) => {
        expect(spellOut(text, language)).not.toMatch(digit);
      }),
      { numRuns: 5000 },
    );
  });

  it('out of any text', () => {
    fc.assert(
      fc.property(fc.constantFrom(...languages), fc.string({ unit: 'binary' }), (language, text) => {
        expect(spellOut(text, language)).not.toMatch(digit);
      }),
    );
  });

  it('and a text without any stays as it is', () => {
    for (const [language, texts] of [
      ['vi', viTexts],
      ['en', en],
      ['ko', ko],
    ] as const) {
      for (const text of Object.values(texts.speech).filter((text) => !digit.test(text))) expect(spellOut(text, language)).toBe(text);
    }
  });
});
