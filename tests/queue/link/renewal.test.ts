import { copyFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { SimulatedClock } from '../../../src/core/clock.ts';
import type { ErrorInfo } from '../../../src/core/errors.ts';
import { createIds } from '../../../src/core/ids.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { Signal } from '../../../src/core/signal.ts';
import { QueueLink } from '../../../src/queue/client.ts';
import { Store } from '../../../src/store/store.ts';
import { buildHouse, program, settle, temporaryFolder, ward } from '../house.ts';
import { makePki, replace } from './pki.ts';
import { fullWait, mosquittoWith, session, watchedTransport } from './real.ts';

const soon = { timeout: 15_000, interval: 20 };
const dayMs = 86_400_000;

/** A robot connected to a broker that takes certificates of one authority alone; its clock moves when told. */
async function connected() {
  const folder = temporaryFolder();
  const pki = makePki(folder, 'ward');
  const stranger = makePki(folder, 'stranger');
  const server = pki.server('127.0.0.1');
  const lines = ['require_certificate true', 'use_identity_as_username true', `cafile ${pki.ca}`];
  const broker = await mosquittoWith([...lines, `certfile ${server.certificate}`, `keyfile ${server.key}`], 'mqtts');
  const papers = pki.client('robot-1', 20);
  const caFile = `${folder}/robot-ca.crt`;
  copyFileSync(pki.ca, caFile);
  const tls = { caFile, certificateFile: papers.certificate, keyFile: papers.key };
  const clock = new SimulatedClock(Date.now());
  const watched = watchedTransport({ brokerUrls: [broker.url], tls, clock, random: fullWait });
  const { transport, seen } = watched;
  transport.start(session);
  await vi.waitFor(() => expect(seen).toEqual(['connected']), soon);
  const daysLeft = () => {
    const own = transport.certificates.find(({ whose }) => whose === 'robot');
    return Math.round(((own?.expiresAtMs ?? 0) - clock.nowMs()) / dayMs);
  };
  /** Timers run when the clock moves. */
  const waitFor = (check: () => void) =>
    vi.waitFor(() => {
      clock.advance(100);
      check();
    }, soon);
  return { ...watched, pki, stranger, papers, caFile, clock, daysLeft, waitFor };
}

describe('a renewed certificate that the broker refuses', () => {
  it('is told, and the one before is used on; a good one is taken as soon as it is there', async () => {
    const { transport, seen, faults, pki, stranger, papers, clock, daysLeft, waitFor } = await connected();
    replace(papers, stranger.client('robot-1', 400));
    clock.advance(60_000);
    await waitFor(() => expect(seen.at(-1)).toBe('connected'));
    expect(seen).toEqual(['connected', 'QUEUE_OFFLINE', 'QUEUE_CERTIFICATE_REFUSED', 'connected']);
    expect(faults[1]?.detail).toMatch(/^the files before are in use again, good until \d{4}-\d\d-\d\d; of the new ones: /);
    expect(daysLeft()).toBe(20);
    await transport.publish('letan/v1/test/up', '{}', { qos: 1 });
    // The refused files still lie there: no connection is given up for them.
    clock.advance(30 * 60_000);
    await transport.publish('letan/v1/test/up', '{}', { qos: 1 });
    expect(seen).toHaveLength(4);
    replace(papers, pki.client('robot-1', 300));
    clock.advance(60_000);
    await waitFor(() => expect(seen.slice(4)).toEqual(['QUEUE_OFFLINE', 'connected']));
    expect(daysLeft()).toBe(300);
  });

  it('because the authority beside it is not the broker’s: the same', async () => {
    const { seen, stranger, caFile, clock, daysLeft, waitFor } = await connected();
    copyFileSync(stranger.ca, caFile);
    clock.advance(60_000);
    await waitFor(() => expect(seen).toEqual(['connected', 'QUEUE_OFFLINE', 'QUEUE_CERTIFICATE_REFUSED', 'connected']));
    expect(daysLeft()).toBe(20);
  });

  it('when the one before has ended: there is nothing to go back to', async () => {
    const { seen, stranger, papers, clock, waitFor } = await connected();
    // Before the robot looks at its files again, so that it meets them with its clock set on.
    replace(papers, stranger.client('robot-1', 400));
    const endsFirst = 20 * dayMs + 60_000;
    clock.advance(endsFirst);
    await waitFor(() => expect(seen).toContain('QUEUE_TLS'));
    expect(seen).not.toContain('QUEUE_CERTIFICATE_REFUSED');
  });
});

it('the ward is told of it when the connection is back, and the robot is not taken for refused', async () => {
  const house = await buildHouse();
  const clock = house.clock;
  const random = new SeededRandom(7);
  const ids = createIds(clock, random);
  const store = Store.open({ file: ':memory:', clock, ids, logger: silentLogger, outboxLimit: 50 });
  const failed = new Signal<ErrorInfo>();
  const wire = Object.assign(house.broker.transport('robot-1'), { failed });
  const basics = { clock, random, ids, logger: silentLogger, store, transport: wire };
  const link = new QueueLink({ ...basics, ...program, ward, robotId: 'robot-1', requestTimeoutMs: 5_000 });
  const codes: string[] = [];
  link.onlineChanged.on((status) => codes.push(status.online ? 'online' : status.error.code));
  link.start();
  await settle();
  wire.cut();
  failed.emit({ code: 'QUEUE_CERTIFICATE_REFUSED', detail: 'the files before are in use again' });
  wire.connect();
  await settle();
  expect(codes).toEqual(['online', 'QUEUE_OFFLINE', 'online']);
  expect(house.broker.sent('/errors').map(({ body }) => body.code)).toEqual(['QUEUE_CERTIFICATE_REFUSED']);
});
