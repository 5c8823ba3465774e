import { announcementExamples } from './announcements.ts';
import { type InvalidExample, ulid } from './parts.ts';
import { commandExchanges } from './robot.ts';
import { ticketExchanges } from './tickets.ts';

function payloadOf(list: readonly { channel: string; payload: Record<string, unknown> }[], channel: string): Record<string, unknown> {
  return list.find((example) => example.channel === channel)?.payload ?? {};
}
const call = payloadOf(announcementExamples, 'calls');
const reserve = payloadOf(ticketExchanges, 'tickets/reserve');
const announce = payloadOf(commandExchanges, 'commands/announce');
const deepest = 12;
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
const texts = { vi: 'Xin chào', en: 'Hello', ko: '안녕하세요' };

/** Mistakes worth knowing. Each differs from a valid example in one thing. */
export const invalidExamples: InvalidExample[] = [
  { channel: 'calls', says: 'a time without offset', payload: { ...call, expiresAt: '2026-01-05T08:06:00' }, code: null },
  { channel: 'calls', says: 'a number of two digits', payload: { ...call, ticketNumber: 'A01' }, code: null },
  { channel: 'calls', says: 'an id that is no ULID', payload: { ...call, callId: '42' }, code: null },
  { channel: 'calls', says: 'the counter as a text', payload: { ...call, counter: '1' }, code: null },
  { channel: 'calls', says: 'no kind', payload: { ...call, kind: undefined }, code: null },
  {
    channel: 'serving',
    says: 'an empty payload, which clears a retained message: say `open: false` instead',
    payload: undefined,
    code: null,
  },
  { channel: 'tickets/reserve', says: '`followedBy` left out', payload: { ...reserve, followedBy: undefined }, code: 'BAD_MESSAGE' },
  {
    channel: 'tickets/reserve',
    says: 'answers wanted at another robot',
    payload: { ...reserve, replyTo: 'letan/v1/cua-nam/robots/robot-2/replies' },
    code: 'WRONG_ROBOT',
  },
  {
    channel: 'tickets/reserve',
    says: 'an `expiresAt` on a day that does not exist',
    payload: { ...reserve, expiresAt: '2026-02-30T08:01:00.000+07:00' },
    code: 'BAD_MESSAGE',
  },
  { channel: 'tickets/reserve', says: 'NUL in a text, also in a field nobody knows', payload: { ...reserve, note: '\0' }, code: null },
  { channel: 'tickets/reserve', says: 'half a surrogate pair', payload: { ...reserve, note: '\ud800' }, code: null },
  { channel: 'tickets/reserve', says: 'a key `__proto__`', payload: { ...reserve, ['__proto__']: {} }, code: null },
  {
    channel: 'tickets/reserve',
    says: '13 levels, the message being the first',
    payload: { ...reserve, note: nested(deepest) },
    code: null,
  },
  { channel: 'tickets/reserve', says: 'no key', payload: { ...reserve, idempotencyKey: undefined }, code: null },
  {
    channel: 'commands/announce',
    says: 'a text with a line break',
    payload: { ...announce, text: { ...texts, vi: 'Xin\nchào' } },
    code: 'BAD_MESSAGE',
  },
  {
    channel: 'commands/announce',
    says: 'a text that turns the direction of writing',
    payload: { ...announce, text: { ...texts, en: 'Hello \u202e olleh' } },
    code: 'BAD_MESSAGE',
  },
  {
    channel: 'commands/announce',
    says: 'another command than the topic’s',
    payload: { ...announce, command: 'stop' },
    code: 'BAD_MESSAGE',
  },
  {
    channel: 'commands/announce',
    says: 'a version to come',
    payload: { ...announce, version: 2, messageId: ulid(599) },
    code: 'WRONG_VERSION',
  },
];
