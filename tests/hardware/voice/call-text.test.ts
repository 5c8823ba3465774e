import { expect, it } from 'vitest';
import { t } from '../../../config/texts/texts.ts';
import { callUtterances } from '../../../hardware/voice/call-text.ts';

it('calls in three languages, Vietnamese first, in words only', () => {
  const utterances = callUtterances({ ticketNumber: 'A012', counter: 3, kind: 'call' }, t);
  expect(utterances).toEqual([
    { language: 'vi', text: 'Xin mời số A không mười hai đến quầy số ba.', keep: 'memory' },
    { language: 'en', text: 'Number A zero one two, please go to counter three.', keep: 'memory' },
    { language: 'ko', text: '에이 공 일 이 번 고객님, 삼 번 창구로 오시기 바랍니다.', keep: 'memory' },
  ]);
});

it.each([
  [
    'transfer',
    [
      'Xin mời số C không không bảy sang quầy số ba.',
      'Number C zero zero seven, please go on to counter three.',
      '시 공 공 칠 번 고객님, 삼 번 창구로 이동해 주시기 바랍니다.',
    ],
  ],
  [
    'walkDirect',
    [
      'Số C không không bảy không phải chờ, xin mời đến thẳng quầy số ba.',
      'Number C zero zero seven, no need to wait: please walk straight to counter three.',
      '시 공 공 칠 번 고객님, 기다리지 않으셔도 됩니다. 바로 삼 번 창구로 오시기 바랍니다.',
    ],
  ],
] as const)('%s has a sentence of its own', (kind, sentences) => {
  expect(callUtterances({ ticketNumber: 'C007', counter: 3, kind }, t).map(({ text }) => text)).toEqual(sentences);
});

it('a recall says so, in a phrase of its own: the call itself is the same as the first time', () => {
  const call = { ticketNumber: 'B105', counter: 12 };
  const utterances = callUtterances({ ...call, kind: 'recall' }, t);
  expect(utterances.map(({ text }) => text)).toEqual([
    'Gọi lại.',
    'Xin mời số B một trăm linh năm đến quầy số mười hai.',
    'Calling again.',
    'Number B one zero five, please go to counter twelve.',
    '다시 호출.',
    '비 일 공 오 번 고객님, 십이 번 창구로 오시기 바랍니다.',
  ]);
  expect(utterances.filter(({ keep }) => keep === 'memory')).toEqual(callUtterances({ ...call, kind: 'call' }, t));
});
