import { expect, it } from 'vitest';
import { t } from '../../../config/texts/texts.ts';
import { callUtterances } from '../../../hardware/voice/call-text.ts';

it('calls in three languages, Vietnamese first, in words only', () => {
  const utterances = callUtterances({ ticketNumber: 'A012', counter: 3, kind: 'call' }, t);
  expect(utterances).toEqual([
    { language: 'vi', text: 'Xin mời số A không mười hai đến quầy số ba.' },
    { language: 'en', text: 'Number A zero one two, please go to counter three.' },
    { language: 'ko', text: '에이 공 일 이번 고객님, 삼번 창구로 오시기 바랍니다.' },
  ]);
});

it('a recall says so', () => {
  const utterances = callUtterances({ ticketNumber: 'B105', counter: 12, kind: 'recall' }, t);
  expect(utterances.map(({ text }) => text)).toEqual([
    'Gọi lại. Xin mời số B một trăm linh năm đến quầy số mười hai.',
    'Calling again. Number B one zero five, please go to counter twelve.',
    '다시 호출. 비 일 공 오번 고객님, 십이번 창구로 오시기 바랍니다.',
  ]);
});
