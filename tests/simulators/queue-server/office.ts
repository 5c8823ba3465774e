import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type QueueServer, type QueueServerOptions, startQueueServer } from '../../../simulators/queue-server/queue-server.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { createIds } from '../../../src/core/ids.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import type { Outcome, RequestBody, RequestOf } from '../../../src/queue/contract.ts';
import { MemoryBroker } from '../../queue/memory-broker.ts';

export const secondMs = 1000;

/** A queue server alone, at 08:00 on a Monday in Vietnam, and requests as a robot makes them. */
export async function office(file?: string, change: Partial<QueueServerOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'letan-office-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const clock = new SimulatedClock();
  const random = new SeededRandom(3);
  const ids = createIds(clock, random);
  const files = { file: file ?? join(folder, 'q.sqlite'), keyFile: join(folder, 'key.jwk') };
  const broker = new MemoryBroker();
  const open = (transport = broker.transport('server')) =>
    startQueueServer({ ...files, ward: 'w', brokerUrls: [], clock, random, ids, logger: silentLogger, transport, ...change });
  const head = (robotId = 'r1', idempotencyKey = ids.next()) => ({
    version: 1 as const,
    ward: 'w',
    messageId: ids.next(),
    sentAt: '2026-01-05T08:00:00+07:00',
    robotId,
    replyTo: `letan/v1/w/robots/${robotId}/replies`,
    expiresAt: '2026-01-06T08:00:00+07:00',
    idempotencyKey,
  });
  return { server: await open(), open, broker, clock, ids, head, files };
}

export const wish: Pick<RequestOf<'tickets/reserve'>, 'visitId' | 'serviceId' | 'followedBy' | 'priorityClass' | 'language'> = {
  visitId: 'v',
  serviceId: 'certification',
  followedBy: [],
  priorityClass: 'none',
  language: 'vi',
};
export const numberIn = (outcome: Outcome): unknown => (outcome.ok ? Object(Object(outcome.result).ticket).number : outcome.code);

export type Office = Awaited<ReturnType<typeof office>>;
export function reserve({ server, ids, head }: Office, change: Partial<RequestBody<'tickets/reserve'>> = {}, key?: string, robotId = 'r1') {
  const request: RequestOf<'tickets/reserve'> = { ...head(robotId, key), ticketId: ids.next(), ...wish, ...change };
  return { ticketId: request.ticketId, outcome: server.decide('tickets/reserve', request) };
}
export function settle<O extends 'tickets/commit' | 'tickets/void'>(
  { server, head }: Office,
  operation: O,
  ticketId: string,
  robotId = 'r1',
): Outcome {
  const base = { ...head(robotId), ticketId, offlineTicket: null };
  return operation === 'tickets/commit'
    ? server.decide('tickets/commit', base)
    : server.decide('tickets/void', { ...base, reason: 'test' });
}
export const queueOf = (server: QueueServer, services: string[] = ['certification']) =>
  server.overview.waiting(services, null).map((row) => row.number);
