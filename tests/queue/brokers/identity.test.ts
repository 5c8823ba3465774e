import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { forClients, type Identity, issue, makeAuthority, readIdentity } from './certificates.ts';
import { connect, type Protocol } from './client.ts';
import { control, startWardMosquitto, type WardMosquitto } from './ward-mosquitto.ts';

const ward = 'letan/v1/cua-nam';
let broker: WardMosquitto;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'letan-identity-'));
  broker = await startWardMosquitto({ robots: ['robot-1', 'robot-2'], operators: [] });
});
afterAll(async () => {
  await broker.remove();
  rmSync(folder, { recursive: true, force: true });
});

const ca = () => broker.files('robot-1').caFile;
/** A certificate of the ward's own authority that `letan broker` would not make. */
const issued = (name: string, days?: number) =>
  readIdentity(ca(), issue(folder, { name, authority: broker.authority, extensions: forClients, ...(days === undefined ? {} : { days }) }));

describe.each<[string, Protocol]>([
  ['MQTT 5', 5],
  ['MQTT 3.1.1', 4],
])('over %s the broker lets nobody in', (_name, version) => {
  // The reasons are those of the TLS alerts (RFC 8446, section 6.2).
  it.each<[string, () => Partial<Identity>, RegExp]>([
    ['without a certificate', () => ({ ca: broker.identity('robot-1').ca }), /certificate required/],
    [
      'with a certificate of another authority for the same name',
      () =>
        readIdentity(ca(), issue(folder, { name: 'robot-1', authority: makeAuthority(join(folder, 'foreign')), extensions: forClients })),
      /unknown ca/,
    ],
    ['with an expired certificate', () => issued('robot-1', -1), /certificate expired/],
    ["with the broker's own certificate, which is for servers alone", () => broker.identity('broker'), /unsupported certificate/],
  ])('%s', async (_how, identity, alert) => {
    await expect(connect(broker.url, { version, identity: identity() })).rejects.toThrow(alert);
    const good = await connect(broker.url, { version, identity: issued('robot-1') });
    expect(good.connected).toBe(true);
  });

  it('with another certificate than the one whose key it has', async () => {
    const { cert } = broker.identity('robot-2');
    await expect(connect(broker.url, { version, identity: { ...broker.identity('robot-1'), cert } })).rejects.toThrow();
  });

  it('without TLS, whatever it says', async () => {
    await expect(connect(broker.url.replace('mqtts', 'mqtt'), { version, username: 'robot-1', password: 'x' })).rejects.toThrow();
  });
});

describe.each(['+', '#', 'robot-+', 'robot-1/state', '../robot-1', 'robot-1 ', 'ROBOT-1', 'robot-9', '$SYS', 'queue-server/x'])(
  'a certificate of the ward for the name "%s", which is on no list',
  (name) => {
    it('reads nothing and says nothing', async () => {
      const watcher = await connect(broker.url, { identity: broker.identity(control) });
      await watcher.subscribe('#');
      const intruder = await connect(broker.url, { identity: issued(name) }).catch(() => null);
      for (const filter of ['#', `${ward}/#`, `${ward}/robots/robot-1/replies`, `${ward}/robots/+/replies`])
        await intruder?.subscribe(filter);
      const topics = ['robots/robot-1/state', 'queue/feedback/robot-1', 'queue/calls', `robots/${name}/state`, `queue/feedback/${name}`];
      for (const topic of topics) await intruder?.publishRaw(`${ward}/${topic}`, 'forged').catch(() => {});
      const next = await connect(broker.url, { identity: broker.identity('robot-1') });
      await next.publish(`${ward}/robots/robot-1/state`, 'fence');
      await watcher.publish(`${ward}/robots/robot-1/replies`, 'secret');
      await watcher.barrier();
      if (intruder?.connected) await Promise.race([intruder.barrier(), intruder.closed]);
      expect(watcher.received.map(({ payload }) => payload)).toEqual(['fence', 'secret']);
      expect(intruder?.received ?? []).toEqual([]);
    });
  },
);

describe('without a restart', () => {
  it('a robot taken off the list loses its rights, even the one that is connected', async () => {
    const [robot, other, watcher] = await Promise.all(
      ['robot-2', 'robot-1', control].map((user) => connect(broker.url, { identity: broker.identity(user) })),
    );
    if (!robot || !other || !watcher) throw new Error('three clients');
    await robot.subscribe(`${ward}/queue/calls`);
    await watcher.subscribe('#');
    await robot.publish(`${ward}/robots/robot-2/state`, 'before');
    await watcher.barrier();
    expect(watcher.received.map(({ payload }) => payload)).toEqual(['before']);
    onTestFinished(() => broker.rewrite({ robots: ['robot-1', 'robot-2'] }));
    broker.rewrite({ robots: ['robot-1'] });
    // The signal has no answer: tried until it took effect.
    await vi.waitFor(async () => {
      const before = watcher.received.length;
      await robot.publish(`${ward}/robots/robot-2/state`, 'after');
      await watcher.barrier();
      expect(watcher.received.length).toBe(before);
    }, 10_000);
    const heard = robot.received.length;
    await watcher.publish(`${ward}/queue/calls`, 'call');
    await other.publish(`${ward}/robots/robot-1/state`, 'still here');
    await Promise.all([watcher.barrier(), robot.barrier()]);
    expect(robot.received.length).toBe(heard);
    expect(watcher.received.at(-1)?.payload).toBe('still here');
  });

  it("the broker's renewed certificate is shown to whoever connects next", async () => {
    const serial = () =>
      new Promise<string>((resolve, reject) => {
        const options = { ...broker.identity('robot-1'), port: broker.port, host: '127.0.0.1' };
        const socket: TLSSocket = tlsConnect(options, () => {
          resolve(socket.getPeerCertificate().serialNumber);
          socket.destroy();
        });
        socket.once('error', reject);
      });
    const before = await serial();
    expect(await serial()).toBe(before);
    broker.renew('broker');
    broker.reload();
    await vi.waitFor(async () => expect(await serial()).not.toBe(before), 10_000);
  });
});
