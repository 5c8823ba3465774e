import { commandExchanges, requestExchanges, statements } from '../../../src/queue/contract/examples.ts';
import { type ChannelName, channels } from '../../../src/queue/contract.ts';
import { topicOf } from '../../../src/queue/topics.ts';

export type Json = Record<string, unknown>;
/** Stands for a citizen's data: must appear in no log line, neither as a value nor as a key or topic. */
export const marker = 'NGUYENVANMAU001090012345';
export const place = { ward: 'cua-nam', robot: 'robot-1', counter: '1' };
// Object.keys forgets the key type.
export const channelNames = Object.keys(channels) as ChannelName[];
export const topics = channelNames.map((name) => topicOf(name, place));
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A valid message of every channel. */
export const valid: { channel: ChannelName; payload: Json }[] = [
  ...statements,
  ...[...requestExchanges, ...commandExchanges].flatMap(({ channel, payload, reply }): { channel: ChannelName; payload: Json }[] => [
    { channel, payload },
    { channel: channels[channel].answer?.on ?? channel, payload: reply },
  ]),
];

const deep = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels);
/** Raw text with one field of a valid message replaced by raw text. */
const withRaw = (payload: Json, key: string, raw: string) => JSON.stringify({ ...payload, [key]: '\u0001' }).replace('"\\u0001"', raw);

/** Payloads a stranger could send on any topic, as bytes; `payload` is a valid message of that topic. */
export function hostilePayloads(payload: Json): Record<string, Uint8Array> {
  const text = JSON.stringify(payload);
  const keys = Object.keys(payload);
  const last = keys.at(-1) ?? 'x';
  return {
    nothing: new Uint8Array(),
    '10 MB': bytes(`{"x":"${marker.repeat(400_000)}"}`),
    'just too large': bytes(text.replace(/\}$/, `,"x":"${'x'.repeat(65_536)}"}`)),
    'broken UTF-8': Uint8Array.of(0x7b, 0x22, 0xff, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d),
    'a byte-order mark and nothing': Uint8Array.of(0xef, 0xbb, 0xbf),
    'half a message': bytes(text.slice(0, text.length / 2)),
    '30,000 brackets': bytes(deep(30_000, '[', ']')),
    'a deep field': bytes(withRaw(payload, last, deep(5_000, '{"x":', '}').replace('}', '1}'))),
    'deep lists in a field': bytes(withRaw(payload, last, deep(10_000, '[', ']'))),
    __proto__: bytes(text.replace(/\}$/, ',"__proto__":{"polluted":true,"ok":true}}')),
    'constructor.prototype': bytes(text.replace(/\}$/, ',"constructor":{"prototype":{"polluted":true}}}')),
    'a huge number': bytes(withRaw(payload, last, '1e999')),
    'a number too precise': bytes(withRaw(payload, last, '123456789012345678901234567890')),
    'half a surrogate pair': bytes(withRaw(payload, last, `"\\ud800${marker}"`)),
    NUL: bytes(withRaw(payload, last, `"${marker}\\u0000"`)),
    'the same key twice': bytes(text.replace('{', `{"version":9,"${last}":"${marker}",`)),
    'text instead of everything': bytes(JSON.stringify(Object.fromEntries(keys.map((key) => [key, marker])))),
    'a name as a key': bytes(text.replace(/\}$/, `,"${marker}":"${marker}"}`)),
    'another version': bytes(JSON.stringify({ ...payload, version: 2, note: marker })),
    'another ward': bytes(JSON.stringify({ ...payload, ward: 'hoan-kiem', note: marker })),
    'a marker as ward': bytes(JSON.stringify({ ...payload, ward: marker })),
    'another robot': bytes(JSON.stringify({ ...payload, robotId: 'robot-2', inReplyTo: '01KE6E3G000000000000000000' })),
    'replies wanted elsewhere': bytes(JSON.stringify({ ...payload, replyTo: `letan/v1/cua-nam/robots/${marker}/replies` })),
    list: bytes(`[${text}]`),
    null: bytes('null'),
    number: bytes('1e400'),
  };
}

/** Topics nobody speaks on, or speaks wrongly. */
export const strangeTopics = [
  '',
  '/',
  'letan',
  `letan/v1/cua-nam/queue/tickets/reserve/${marker}`,
  'letan/v1/cua-nam/queue/tickets/reserve/',
  'letan/v1/cua-nam/queue/tickets/reserve/__proto__',
  'letan/v2/cua-nam/queue/connection',
  'letan/v1/hoan-kiem/queue/calls',
  'letan/v1/cua-nam/robots/constructor/state',
  `letan/v1/cua-nam/robots/${marker}/state`,
  'letan/v1/cua-nam/robots/robot-1/commands/selfDestruct',
  'letan/v1/cua-nam/robots/robot-1/commands/__proto__',
  'letan/v1/cua-nam/queue/counters/NaN/serving',
  'letan/v1/cua-nam/queue/counters/99999999999999999999/serving',
  '$SYS/broker/uptime',
  'a/'.repeat(5_000),
];
