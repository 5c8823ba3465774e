import { expect, it } from 'vitest';
import type { z } from 'zod';
import { type LinkReport, linkLines, linkReportSchema } from '../../src/app/link-lines.ts';
import { SimulatedClock } from '../../src/core/clock.ts';
import type { QueueReport } from '../../src/technician/status-report.ts';

/** The compiler's word that the doctor takes what a robot says at `/health`. */
type Fits = QueueReport extends z.input<typeof linkReportSchema> ? true : never;
const fits: Fits = true;

const clock = new SimulatedClock(Date.UTC(2026, 0, 5));
const good: LinkReport = {
  online: true,
  outboxLength: 3,
  error: null,
  broker: 'broker.ward.example:8883',
  certificates: [
    { whose: 'robot', expiresAt: '2026-01-25T00:00:00.000Z' },
    { whose: 'broker', expiresAt: '2026-04-15T00:00:00.000Z' },
  ],
  health: { protocol: '5', stuckCount: 0, refusedCount: 1, leasedNumbers: 58, clockSkewMs: -420 },
};
const linesOf = (report: LinkReport) => linkLines(report, clock).map(({ device, state, code, detail }) => [device, state, code, detail]);

it('a running robot’s link is told line by line', () => {
  expect(fits).toBe(true);
  expect(linesOf(good)).toEqual([
    ['queue', 'ready', null, 'online, broker broker.ward.example:8883, MQTT 5'],
    ['outbox', 'ready', null, '3 messages wait, 0 of them stuck; 1 were refused'],
    ['lease', 'ready', null, '58 numbers in hand for an outage'],
    ['clock', 'ready', null, "queue server's minus the robot's: -420 ms"],
    ['certificate', 'degraded', 'QUEUE_CERTIFICATE_EXPIRES', "the robot's certificate expires on 2026-01-25, in 20 days"],
    ['certificate', 'ready', null, 'broker: good until 2026-04-15, 100 days'],
  ]);
});

it('and what is wrong with it by code', () => {
  const health = { ...good.health, stuckCount: 2, leasedNumbers: 0, clockSkewMs: 90_000 };
  const error = { code: 'QUEUE_NO_ANSWER', detail: 'hello gave no answer within 5000 ms' };
  expect(linesOf({ ...good, online: false, error, certificates: [], health })).toEqual([
    ['queue', 'offline', 'QUEUE_NO_ANSWER', 'hello gave no answer within 5000 ms; broker broker.ward.example:8883, MQTT 5'],
    ['outbox', 'degraded', 'OUTBOX_STUCK', '3 messages wait, 2 of them stuck; 1 were refused'],
    ['lease', 'degraded', 'LEASE_EMPTY', '0 numbers in hand for an outage'],
    ['clock', 'degraded', 'QUEUE_CLOCK_SKEW', "the robot's clock is 90 s behind the queue server's"],
  ]);
});

it('a robot that is not connected, or says a code of another release, is offline all the same', () => {
  const cut = {
    ...good,
    online: false,
    broker: null,
    error: { code: 'toString', detail: 'odd' },
    health: { ...good.health, clockSkewMs: null },
  };
  const [link, , , time] = linesOf(linkReportSchema.parse(JSON.parse(JSON.stringify(cut))));
  expect(link).toEqual(['queue', 'offline', 'QUEUE_OFFLINE', 'odd; no broker']);
  expect(time?.slice(0, 3)).toEqual(['clock', 'ready', null]);
});
