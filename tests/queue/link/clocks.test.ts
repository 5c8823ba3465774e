import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { Backoff } from '../../../src/queue/backoff.ts';
import { CertificateWatch } from '../../../src/queue/certificate-watch.ts';
import { ServerClock } from '../../../src/queue/server-clock.ts';
import { SkewWatch } from '../../../src/queue/skew-watch.ts';
import { SettableClock } from './settable-clock.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe('the queue server’s clock', () => {
  it('is the robot’s own until an answer came', () => {
    const clock = new SimulatedClock();
    const server = new ServerClock(clock);
    expect([server.known, server.skewMs, server.nowMs()]).toEqual([false, null, clock.nowMs()]);
  });

  it('is right to within half a round trip', () => {
    const clock = new SimulatedClock(1_000_000);
    const server = new ServerClock(clock);
    clock.advance(100);
    // Asked at 0, answered at 100; the server's clock said 5,000,000 in between, so 50 ms ago at best.
    server.learn(5_000_000, 0);
    expect(server.nowMs()).toBe(5_000_050);
    expect(server.skewMs).toBe(5_000_050 - 1_000_100);
  });

  it('keeps the surer of two estimates', () => {
    const clock = new SimulatedClock();
    const server = new ServerClock(clock);
    server.learn(1_000_000, clock.monotonicMs());
    clock.advance(4_000);
    // A slow answer: made right at the start of four seconds, so its middle says 2 s too little.
    server.learn(1_000_000, clock.monotonicMs() - 4_000);
    expect(server.nowMs()).toBe(1_004_000);
  });

  it('believes an answer that contradicts: the server’s clock was set', () => {
    const clock = new SimulatedClock();
    const server = new ServerClock(clock);
    server.learn(1_000_000, 0);
    clock.advance(10_000);
    server.learn(1_010_000 + hourMs, clock.monotonicMs() - 200);
    expect(server.nowMs()).toBe(1_010_100 + hourMs);
  });

  it('ends nothing later than it may: the less sure it is, the earlier', () => {
    const clock = new SimulatedClock();
    const server = new ServerClock(clock);
    const at = (ms: number) => new Date(ms).toISOString();
    const trueMs = () => clock.nowMs() + hourMs;
    // The answer was made at once and took twenty seconds: the estimate is ten seconds late.
    const madeMs = trueMs();
    clock.advance(20_000);
    server.learn(madeMs, 0);
    expect(trueMs() - server.nowMs()).toBe(10_000);
    const head = { sentAt: at(trueMs()), expiresAt: at(trueMs() + 60_000) };
    expect(server.expiryMs(head) - server.nowMs()).toBe(60_000);
    // A day of drift at 200 parts in a million.
    clock.advance(dayMs);
    const later = { sentAt: at(trueMs()), expiresAt: at(trueMs() + 60_000) };
    expect(server.expiryMs(later) - server.nowMs()).toBe(60_000 - 17_280);
  });

  it('does not move when the robot’s own clock is set by hours', () => {
    const clock = new SettableClock(new SimulatedClock());
    const server = new ServerClock(clock);
    const trueMs = clock.nowMs();
    clock.offMs = -3 * hourMs;
    server.learn(trueMs, clock.monotonicMs());
    expect(server.skewMs).toBe(3 * hourMs);
    clock.offMs = 0;
    expect([server.nowMs(), server.skewMs]).toEqual([trueMs, 0]);
  });
});

describe('a skew', () => {
  it('is told once over 30 s, and again only after it was good', () => {
    const watch = new SkewWatch();
    const told = [null, 30_000, 30_001, 90_000, 20_000, 31_000, 10_000, -31_000].map((skewMs) => watch.check(skewMs)?.code ?? null);
    expect(told).toEqual([null, null, 'QUEUE_CLOCK_SKEW', null, null, null, null, 'QUEUE_CLOCK_SKEW']);
  });

  it('says which way', () => {
    expect(new SkewWatch().check(3 * hourMs)?.detail).toBe("the robot's clock is 3 h behind the queue server's");
    expect(new SkewWatch().check(-45_000)?.detail).toBe("the robot's clock is 45 s ahead of the queue server's");
  });
});

describe('a certificate', () => {
  it('is warned of once a day from 30 days ahead, and not after its renewal', () => {
    const clock = new SimulatedClock();
    const watch = new CertificateWatch(clock);
    let expiresAtMs = clock.nowMs() + 30 * dayMs + 1;
    const check = () => watch.check([{ whose: 'robot', expiresAtMs }]).map(({ code }) => code);
    expect(check()).toEqual([]);
    clock.advance(1);
    expect(check()).toEqual(['QUEUE_CERTIFICATE_EXPIRES']);
    clock.advance(dayMs - 1);
    expect(check()).toEqual([]);
    clock.advance(1);
    expect(check()).toEqual(['QUEUE_CERTIFICATE_EXPIRES']);
    expiresAtMs += 365 * dayMs;
    clock.advance(dayMs);
    expect(check()).toEqual([]);
  });

  it('is named with its date and the days left', () => {
    const clock = new SimulatedClock(Date.UTC(2026, 0, 1));
    const expiresAtMs = Date.UTC(2026, 0, 11, 12);
    expect(new CertificateWatch(clock).check([{ whose: 'authority', expiresAtMs }])[0]?.detail).toBe(
      "the authority's certificate (caFile) expires on 2026-01-11, in 10 days",
    );
  });
});

describe('a back-off', () => {
  it('is uniform between nothing and a ceiling that doubles up to its cap', () => {
    for (const [attempt, ceilingMs] of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000].entries()) {
      const waits = Array.from({ length: 400 }, (_, seed) => {
        const backoff = new Backoff(new SeededRandom(seed * 7919 + 1), 500, 30_000);
        for (let n = 0; n < attempt; n++) backoff.next();
        return backoff.next();
      });
      expect(Math.max(...waits)).toBeLessThanOrEqual(ceilingMs);
      expect(Math.min(...waits)).toBeLessThan(ceilingMs * 0.05);
      const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
      expect(Math.abs(mean / ceilingMs - 0.5)).toBeLessThan(0.08);
    }
  });
});
