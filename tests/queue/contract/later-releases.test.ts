import { describe, expect, it } from 'vitest';
import { topicOf } from '../../../src/queue/topics.ts';
import { buildHouse, type House, settle, wish } from '../house.ts';

const place = { ward: 'cua-nam', robot: 'robot-1' };

/** Answers the last request of `operation` as a queue server of a later release, whose refusals have codes nobody knows yet. */
function refuseStrangely({ broker, clock }: House, operation: 'tickets/reserve' | 'feedback', code: unknown): void {
  const body = broker.sent(topicOf(operation, place)).at(-1)?.body;
  const sentAt = new Date(clock.nowMs()).toISOString();
  const head = { version: 1, ward: 'cua-nam', messageId: '01KE6E3G000000000000000999', sentAt };
  const reply = { ...head, inReplyTo: body?.messageId, idempotencyKey: body?.idempotencyKey, ok: false, code, detail: 'new', extra: [1] };
  broker.publish('server', topicOf('replies', place), JSON.stringify(reply), false);
}

describe('a refusal with a code of a later release', () => {
  it('is final for a reservation', async () => {
    const house = await buildHouse();
    const { link } = await house.robot('robot-1');
    house.server.faults.set({ deaf: ['tickets/reserve'] });
    const asked = link.reserveTicket(wish).catch((error: unknown) => error);
    await settle();
    refuseStrangely(house, 'tickets/reserve', 'LUNCH_BREAK');
    expect(await asked).toMatchObject({ code: 'QUEUE_REFUSED' });
  });

  it('is final for a stored request, which is kept for a technician', async () => {
    const house = await buildHouse();
    const { link, store } = await house.robot('robot-1');
    house.server.faults.set({ deaf: ['feedback'] });
    await link.submitFeedback({ visitId: 'visit-1', score: 5 });
    await settle();
    refuseStrangely(house, 'feedback', 'SCORE_NOT_WANTED');
    await settle();
    expect([store.outbox.length, store.outbox.refusedCount]).toEqual([0, 1]);
  });

  it('is no code where it is no word', async () => {
    const house = await buildHouse();
    const { link, store } = await house.robot('robot-1');
    house.server.faults.set({ deaf: ['feedback'] });
    await link.submitFeedback({ visitId: 'visit-1', score: 5 });
    await settle();
    for (const code of ['lunch', '', 7, null, 'A'.repeat(41)]) refuseStrangely(house, 'feedback', code);
    await settle();
    expect([store.outbox.length, store.outbox.refusedCount, link.health.droppedMessages.badShape]).toEqual([1, 0, 5]);
  });
});
