import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Intake } from '../../../src/queue/intake.ts';
import { topicOf } from '../../../src/queue/topics.ts';
import { settle, wish } from '../house.ts';
import { bytes, type Json, marker, place, strangeTopics, topics, valid } from './hostile.ts';
import { type Listening, startListening } from './listening.ts';

interface Sent {
  topic: string;
  payload: Uint8Array;
}

/** Valid messages to begin from; what truthfully says that the queue server is gone would end the service it is to be judged by. */
const seeds = valid.filter(({ channel, payload }) => channel !== 'queueConnection' || payload.state === 'online');

const scalars = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  2 ** 53,
  '',
  ' ',
  '\u202e',
  '\u200b',
  '0',
  'A001',
  '2026-01-05T08:00:00Z',
  [],
  {},
];
const anyValue = fc.oneof(fc.constantFrom(...scalars), fc.constant(marker), fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: 'binary' }));
const keys = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', 'version', 'ward', 'result', 'command', marker), fc.string());
type Mutation = { kind: 'drop' } | { kind: 'replace'; value: unknown } | { kind: 'wrap' } | { kind: 'insert'; key: string; value: unknown };
const mutation: fc.Arbitrary<{ at: number; how: Mutation }> = fc.record({
  at: fc.nat(1_000),
  how: fc.oneof(
    fc.constant<Mutation>({ kind: 'drop' }),
    fc.constant<Mutation>({ kind: 'wrap' }),
    anyValue.map((value): Mutation => ({ kind: 'replace', value })),
    fc.tuple(keys, anyValue).map(([key, value]): Mutation => ({ kind: 'insert', key, value })),
  ),
});

interface Spot {
  parent: object;
  key: string;
}
/** Every place of a message, inner ones included. */
function spotsIn(value: unknown): Spot[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [{ parent: value, key }, ...spotsIn(inner)]);
}

function mutate(message: Json, { at, how }: { at: number; how: Mutation }): void {
  const spots = spotsIn(message);
  const spot = spots[at % Math.max(1, spots.length)];
  if (!spot) return;
  const { parent, key } = spot;
  if (how.kind === 'drop') Reflect.deleteProperty(parent, key);
  else if (how.kind === 'replace') Reflect.set(parent, key, how.value);
  else if (how.kind === 'wrap') Reflect.set(parent, key, [Reflect.get(parent, key)]);
  else Object.defineProperty(parent, how.key, { value: how.value, enumerable: true, configurable: true, writable: true });
}

const mutated = fc
  .tuple(fc.constantFrom(...seeds), fc.array(mutation, { minLength: 1, maxLength: 3 }))
  .map(([{ channel, payload }, changes]): Sent => {
    const message: Json = JSON.parse(JSON.stringify(payload));
    for (const change of changes) mutate(message, change);
    return { topic: topicOf(channel, place), payload: bytes(JSON.stringify(message)) };
  });
const anyTopic = fc.oneof(fc.constantFrom(...topics, ...strangeTopics), fc.string());
const anyBytes = fc.record({ topic: fc.constantFrom(...topics), payload: fc.uint8Array({ maxLength: 300 }) });
const misdirected = fc.record({ topic: anyTopic, payload: fc.constantFrom(...seeds).map(({ payload }) => bytes(JSON.stringify(payload))) });
const flipped = fc.tuple(fc.constantFrom(...seeds), fc.nat(), fc.nat(255)).map(([{ channel, payload }, at, value]): Sent => {
  const text = bytes(JSON.stringify(payload));
  text[at % text.length] = value;
  return { topic: topicOf(channel, place), payload: text };
});
const storms = fc.array(fc.oneof({ weight: 4, arbitrary: mutated }, anyBytes, misdirected, flipped), { minLength: 1, maxLength: 25 });

/** What went wrong when these arrived at both sides; empty when nothing did. */
async function faultsOf(listening: Listening, storm: readonly Sent[]): Promise<string[]> {
  const faults: string[] = [];
  for (const { topic, payload } of storm) {
    try {
      listening.deliver(topic, payload);
    } catch (error) {
      faults.push(`thrown on ${topic}: ${error}`);
    }
  }
  await settle();
  if (listening.lines.some((line) => line.includes(marker))) faults.push('a value of a message is in the log');
  listening.lines.length = 0;
  listening.broker.log.length = 0;
  if (!listening.link.online) return [...faults, 'the robot is offline'];
  const first = await listening.link.reserveTicket(wish);
  const second = await listening.link.reserveTicket(wish);
  if (first.offline || Number(second.number.slice(1)) !== Number(first.number.slice(1)) + 1)
    faults.push(`${first.number}, then ${second.number}`);
  return faults;
}

/** A storm after which something was wrong, or null; each against the same two sides, which get ever older. */
async function search(seed: number, numRuns: number): Promise<string[] | null> {
  const listening = await startListening();
  let found: string[] | null = null;
  const property = fc.asyncProperty(storms, async (storm) => {
    const faults = await faultsOf(listening, storm);
    if (faults.length > 0) found ??= faults;
    expect(faults).toEqual([]);
  });
  await fc.check(property, { seed, numRuns, endOnFailure: true });
  return found;
}

describe('whatever arrives on whatever topic', () => {
  it('leaves robot and queue server serving', async () => {
    expect(await search(20260105, 120)).toBeNull();
  }, 60_000);
});

describe('the search finds', () => {
  afterEach(() => vi.restoreAllMocks());
  const parsed = (payload: Uint8Array) => JSON.parse(new TextDecoder().decode(payload));

  it('a reader that throws', async () => {
    vi.spyOn(Intake.prototype, 'read').mockImplementation((schema, { payload }) => schema.parse(parsed(payload)));
    expect(await search(1, 40)).toEqual(expect.arrayContaining([expect.stringContaining('thrown on')]));
  });

  it('a reader that believes everything', async () => {
    vi.spyOn(Intake.prototype, 'read').mockImplementation((_schema, { payload }) => parsed(payload));
    expect(await search(2, 40)).not.toBeNull();
  });

  it('a reader that logs what it drops', async () => {
    const { drop } = Intake.prototype;
    const read = Intake.prototype.read;
    vi.spyOn(Intake.prototype, 'read').mockImplementation(function (this: Intake, schema, message) {
      const value = read.call(this, schema, message);
      if (value === null) drop.call(this, 'badShape', { text: new TextDecoder().decode(message.payload) });
      return value;
    });
    expect(await search(3, 40)).toContain('a value of a message is in the log');
  });
});
