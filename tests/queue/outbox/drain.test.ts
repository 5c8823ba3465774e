import { describe, expect, it } from 'vitest';
import { no, openDesk, yes } from './desk.ts';

const keys = (first: number, count: number) => Array.from({ length: count }, (_, index) => `k${first + index}`);

describe('the drain', () => {
  it('has sixteen under way, in their order, and the next as one is answered', async () => {
    const { store, drain, log, add, request, settle } = openDesk();
    for (const key of keys(0, 20)) add(key);
    drain.kick();
    expect(log).toEqual(keys(0, 16));
    request('k7').answer(yes);
    await settle();
    expect(log).toEqual(keys(0, 17));
    request('k0').answer(yes);
    request('k1').answer(yes);
    await settle();
    expect(log).toEqual(keys(0, 19));
    for (const key of keys(0, 20)) if (!['k0', 'k1', 'k7', 'k19'].includes(key)) request(key).answer(yes);
    await settle();
    request('k19').answer(yes);
    await settle();
    expect(store.outbox.length).toBe(0);
    expect(log).toEqual(keys(0, 20));
  });

  it('sends what is about one ticket strictly one after the other', async () => {
    const { drain, log, add, request, settle } = openDesk();
    add('a1', 'ticket-a');
    add('a2', 'ticket-a');
    add('b1', 'ticket-b');
    add('a3', 'ticket-a');
    drain.kick();
    expect(log).toEqual(['a1', 'b1']);
    request('b1').answer(yes);
    await settle();
    expect(log).toEqual(['a1', 'b1']);
    request('a1').answer(yes);
    await settle();
    expect(log).toEqual(['a1', 'b1', 'a2']);
    request('a2').answer(yes);
    await settle();
    expect(log.at(-1)).toBe('a3');
  });

  it('takes in what is added meanwhile', async () => {
    const { drain, log, add } = openDesk();
    add('k0');
    drain.kick();
    add('k1');
    drain.kick();
    expect(log).toEqual(['k0', 'k1']);
  });

  it('is stuck after five times unanswered while others are answered; told once, tried for ever, never dropped', async () => {
    const { clock, store, drain, log, add, request, settle, link, stuck } = openDesk();
    add('bad');
    const pauses: number[] = [];
    drain.kick();
    for (let time = 1; time <= 8; time++) {
      link.heard++;
      request('bad').lose('REQUEST_TIMEOUT');
      await settle();
      expect([store.outbox.stuckCount, stuck.length]).toEqual(time < 5 ? [0, 0] : [1, 1]);
      let waited = 0;
      while (log.length === time && waited < 7_200_000) {
        clock.advance(500);
        waited += 500;
      }
      pauses.push(waited / 1000);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 60, 120, 240, 480]);
    expect(stuck[0]?.code).toBe('OUTBOX_STUCK');
    // What comes after it is not held up.
    add('good');
    drain.kick();
    request('good').answer(yes);
    request('bad').answer(yes);
    await settle();
    expect([store.outbox.length, store.outbox.stuckCount]).toEqual([0, 0]);
  });

  it('counts no attempt while nobody is answered, and comes back after a pause', async () => {
    const { clock, store, drain, log, add, request, settle } = openDesk();
    add('k0');
    drain.kick();
    for (let time = 1; time < 10; time++) {
      request('k0').lose('REQUEST_TIMEOUT');
      await settle();
      expect(log).toHaveLength(time);
      clock.advance(30_000);
      expect(log).toHaveLength(time + 1);
    }
    expect(store.outbox.stuckCount).toBe(0);
    expect(store.outbox.first()?.attempts).toBe(0);
  });

  it('keeps its back-off when the link doubts the queue server and its hello is answered at once', async () => {
    const { clock, store, drain, log, add, request, settle, link } = openDesk();
    add('k0');
    drain.kick();
    const waits: number[] = [];
    for (let time = 1; time <= 8; time++) {
      link.online = false;
      request('k0').lose('REQUEST_TIMEOUT');
      await settle();
      link.online = true;
      let waitedMs = 0;
      for (drain.kick(); log.length === time && waitedMs < 60_000; waitedMs += 50) {
        clock.advance(50);
        // A citizen's next wish does not shorten it either.
        drain.kick();
      }
      waits.push(waitedMs);
    }
    expect(waits.every((waitMs) => waitMs > 0)).toBe(true);
    // Full jitter up to 1, 2, 4 … 30 s.
    for (const [n, waitMs] of waits.entries()) expect(waitMs).toBeLessThanOrEqual(Math.min(30_000, 1_000 * 2 ** n) + 50);
    expect(Math.max(...waits)).toBeGreaterThan(8_000);
    expect(store.outbox.first()?.attempts).toBe(0);
  });

  it('goes no further than sixteen when nobody is heard', async () => {
    const { clock, drain, log, add, request, settle } = openDesk();
    for (const key of keys(0, 40)) add(key);
    drain.kick();
    for (const key of keys(0, 16)) request(key).lose('REQUEST_TIMEOUT');
    await settle();
    expect(log).toEqual(keys(0, 16));
    clock.advance(1_000);
    expect(log).toEqual([...keys(0, 16), ...keys(0, 16)]);
  });

  it('begins at once with another connection or another queue server', async () => {
    const { clock, drain, log, add, request, settle, link } = openDesk();
    add('k0');
    drain.kick();
    for (let time = 1; time < 7; time++) {
      request('k0').lose('REQUEST_TIMEOUT');
      await settle();
      clock.advance(30_000);
    }
    request('k0').lose('REQUEST_TIMEOUT');
    await settle();
    link.online = false;
    drain.startOver();
    link.online = true;
    expect(log).toHaveLength(7);
    drain.kick();
    expect(log).toHaveLength(8);
  });

  it('stops when the link is gone, and begins with the oldest when it is back', async () => {
    const { clock, drain, log, add, request, settle, link } = openDesk();
    for (const key of keys(0, 3)) add(key);
    drain.kick();
    request('k1').answer(yes);
    link.online = false;
    for (const key of ['k0', 'k2']) request(key).lose('QUEUE_OFFLINE');
    await settle();
    clock.advance(3_600_000);
    expect(log).toHaveLength(3);
    link.online = true;
    drain.kick();
    expect(log.slice(3)).toEqual(['k0', 'k2']);
  });

  it('keeps aside what is refused for good, and sends it again when the cause is mended', async () => {
    const { store, drain, log, add, request, settle } = openDesk();
    add('k0');
    drain.kick();
    request('k0').answer(no('BAD_MESSAGE'));
    await settle();
    expect([store.outbox.length, store.outbox.refusedCount]).toEqual([0, 1]);
    expect([store.outbox.putBack('KEY_REUSED'), store.outbox.putBack('BAD_MESSAGE')]).toEqual([0, 1]);
    drain.kick();
    request('k0').answer(yes);
    await settle();
    expect([log, store.outbox.length, store.outbox.refusedCount]).toEqual([['k0', 'k0'], 0, 0]);
  });

  it.each(['TRY_LATER', 'EXPIRED', 'WRONG_VERSION', 'WRONG_WARD', 'WRONG_ROBOT', 'NOT_SUPPORTED'] as const)(
    'does not lose a promise to %s',
    async (code) => {
      const { clock, store, drain, add, request, settle } = openDesk();
      add('k0');
      drain.kick();
      request('k0').answer(no(code));
      await settle();
      expect([store.outbox.length, store.outbox.refusedCount]).toEqual([1, 0]);
      clock.advance(30_000);
      request('k0').answer(yes);
      await settle();
      expect(store.outbox.length).toBe(0);
    },
  );

  it('sends the same key again when it crashed between the answer and the removal', async () => {
    const { store, drain, log, add, request, settle } = openDesk();
    for (const key of ['k0', 'k1']) add(key);
    drain.kick();
    request('k0').answer(yes);
    await settle();
    drain.stop();
    expect(store.outbox.length).toBe(2);
    expect(log).toEqual(['k0', 'k1']);
  });

  it('removes what was acknowledged though another is never answered', async () => {
    const { clock, store, drain, add, request, settle } = openDesk();
    for (const key of ['k0', 'k1']) add(key);
    drain.kick();
    request('k0').answer(yes);
    await settle();
    clock.advance(50);
    expect(store.outbox.first()?.idempotencyKey).toBe('k1');
    expect(store.outbox.length).toBe(1);
  });

  it('has a pause over at once when it reaches too far, since the clock was set back', () => {
    const { clock, store, drain, log, add } = openDesk();
    add('k0');
    const entry = store.outbox.first();
    if (!entry) throw new Error('nothing there');
    clock.advance(10 * 3_600_000);
    store.outbox.postpone(entry, 1, 1_000);
    expect(store.outbox.due(0, 1)).toEqual([]);
    Object.defineProperty(clock, 'nowMs', { value: () => Date.UTC(2026, 0, 5, 1) });
    drain.kick();
    expect(log).toEqual(['k0']);
  });
});
