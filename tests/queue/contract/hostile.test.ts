import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { topicOf } from '../../../src/queue/topics.ts';
import { dropCauses } from '../../../src/queue/wire.ts';
import { settle, wish } from '../house.ts';
import { bytes, channelNames, hostilePayloads, marker, place, strangeTopics, topics, valid } from './hostile.ts';
import { type Listening, startListening } from './listening.ts';

const dropLines = ({ lines }: Listening) => lines.filter((line) => line.includes('"message dropped"'));
const baseOf = (name: string) => valid.find(({ channel }) => channel === name)?.payload ?? {};

/** Both sides serve: two citizens get two numbers in a row, from the queue server. */
async function expectService({ link }: Listening): Promise<void> {
  await settle();
  expect(link.online).toBe(true);
  const first = await link.reserveTicket(wish);
  const second = await link.reserveTicket(wish);
  expect([first.offline, second.offline]).toEqual([false, false]);
  expect(Number(second.number.slice(1))).toBe(Number(first.number.slice(1)) + 1);
}

describe('hostile payloads on every topic', () => {
  it('throw nothing, log nothing of their content, and stop nobody', async () => {
    const listening = await startListening();
    for (const name of channelNames) {
      const topic = topicOf(name, place);
      for (const [what, payload] of Object.entries(hostilePayloads(baseOf(name))))
        expect(() => listening.deliver(topic, payload), `${what} on ${topic}`).not.toThrow();
      await settle();
    }
    for (const topic of strangeTopics) {
      expect(() => listening.deliver(topic, bytes(JSON.stringify(baseOf('calls')))), topic).not.toThrow();
      expect(() => listening.deliver(topic, bytes(marker)), topic).not.toThrow();
    }
    await settle();
    expect(listening.lines.filter((line) => line.includes(marker))).toEqual([]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    await expectService(listening);
  });

  it('are counted by cause at the robot', async () => {
    const listening = await startListening();
    const hostile = hostilePayloads(baseOf('calls'));
    const causes: [string, string][] = [
      ['10 MB', 'tooLarge'],
      ['broken UTF-8', 'notUtf8'],
      ['half a message', 'notJson'],
      ['another version', 'wrongVersion'],
      ['another ward', 'wrongWard'],
      ['a deep field', 'badShape'],
      ['__proto__', 'badShape'],
      ['NUL', 'badShape'],
      ['half a surrogate pair', 'badShape'],
    ];
    for (const [what, cause] of causes) {
      const before = listening.link.health.droppedMessages[cause] ?? 0;
      listening.deliver(topicOf('calls', place), hostile[what] ?? new Uint8Array());
      expect(listening.link.health.droppedMessages[cause], what).toBe(before + 1);
    }
    const late = JSON.stringify({ ...baseOf('calls'), expiresAt: '2026-01-05T07:59:59+07:00' });
    listening.deliver(topicOf('calls', place), bytes(late));
    expect(listening.link.health.droppedMessages.expired).toBe(1);
  });

  it('are answered by code where somebody can be answered', async () => {
    const listening = await startListening();
    const request = { ...baseOf('tickets/reserve'), messageId: '01KE6E3G000000000000009999' };
    const codes: [string, string][] = [
      ['another version', 'WRONG_VERSION'],
      ['another ward', 'WRONG_WARD'],
      ['another robot', 'WRONG_ROBOT'],
      ['replies wanted elsewhere', 'WRONG_ROBOT'],
      ['a huge number', 'BAD_MESSAGE'],
    ];
    for (const [what, code] of codes) {
      const before = listening.broker.log.length;
      listening.deliver(topicOf('tickets/reserve', place), hostilePayloads(request)[what] ?? new Uint8Array());
      const said = listening.broker.log.slice(before);
      expect(said, what).toMatchObject([{ topic: topicOf('replies', place), body: { ok: false, code, inReplyTo: request.messageId } }]);
    }
  });

  it('sent again and again take effect once', async () => {
    const listening = await startListening();
    const reserve = bytes(JSON.stringify(baseOf('tickets/reserve')));
    const call = bytes(JSON.stringify({ ...baseOf('calls'), expiresAt: '2026-01-05T08:10:00Z' }));
    const heard: string[] = [];
    listening.link.callReceived.on(({ callId }) => heard.push(callId));
    for (let n = 0; n < 50; n++) {
      listening.deliver(topicOf('tickets/reserve', place), reserve);
      listening.deliver(topicOf('calls', place), call);
    }
    expect(heard).toHaveLength(1);
    expect(listening.server.overview.figures().find(({ serviceId }) => serviceId === 'certification')?.voided).toBe(0);
    expect((await listening.link.reserveTicket(wish)).number).toBe('A002');
  });
});

describe('a flood of bad messages', () => {
  it('fills no log: five lines a minute and cause, and the count tells the rest', async () => {
    const listening = await startListening();
    const flood = () => {
      for (let n = 0; n < 500; n++) for (const topic of topics) listening.deliver(topic, bytes('{'));
    };
    flood();
    const sides = 2;
    expect(dropLines(listening)).toHaveLength(5 * sides);
    const counted = listening.link.health.droppedMessages.notJson ?? 0;
    expect(counted).toBeGreaterThanOrEqual(500 * 10);
    listening.clock.advance(60_000);
    listening.deliver(topicOf('calls', place), bytes('{'));
    const [line] = dropLines(listening).slice(-1);
    expect(JSON.parse(line ?? '{}')).toMatchObject({ cause: 'notJson', channel: 'calls', count: counted + 1 });
    expect(Object.keys(listening.link.health.droppedMessages).every((cause) => dropCauses.some((known) => known === cause))).toBe(true);
    await settle();
    await expectService(listening);
  });

  it.each([
    ['online', true],
    ['before the queue server’s time is known, when calls are held', false],
  ])('leaves nothing in memory, %s', async (_when, greeted) => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const usedBytes = () => {
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const listening = await startListening({ greeted });
    expect(listening.link.online).toBe(greeted);
    const storm = () => {
      for (const name of channelNames)
        for (const [what, payload] of Object.entries(hostilePayloads(baseOf(name))))
          if (what !== '10 MB') listening.deliver(topicOf(name, place), payload);
      for (let n = 0; n < 50; n++) listening.deliver(topicOf('calls', place), new Uint8Array(1_000_000));
      listening.broker.log.length = 0;
      listening.lines.length = 0;
    };
    storm();
    await settle();
    const before = usedBytes();
    for (let n = 0; n < 3; n++) {
      storm();
      await settle();
    }
    expect(usedBytes() - before).toBeLessThan(4_000_000);
  });

  it('of one robot leaves the others served', async () => {
    const listening = await startListening();
    const base = baseOf('feedback');
    const other = { ...base, robotId: 'robot-2', replyTo: topicOf('replies', { ...place, robot: 'robot-2' }) };
    const flood = (n: number) => bytes(JSON.stringify({ ...other, expiresAt: '2026-01-05T09:00:00Z', idempotencyKey: `flood:${n}` }));
    for (let n = 0; n < 4_000; n++) listening.deliver(topicOf('feedback', { ...place, robot: 'robot-2' }), flood(n));
    await settle();
    const refused = listening.broker.sent('robot-2/replies').filter(({ body }) => body.code === 'TRY_LATER');
    expect(refused.length).toBeGreaterThan(500);
    await expectService(listening);
  });
});
