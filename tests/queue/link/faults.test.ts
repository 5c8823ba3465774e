import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../../simulators/broker/process.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { temporaryFolder } from '../house.ts';
import { makePki, replace } from './pki.ts';
import { fullWait, mosquittoWith, session, tcpServer, watchedTransport } from './real.ts';

const soon = { timeout: 15_000, interval: 20 };

/** The first fault that a transport with these options meets. */
async function firstFault(options: Parameters<typeof watchedTransport>[0]) {
  const { transport, faults } = watchedTransport(options);
  transport.start(session);
  await vi.waitFor(() => expect(faults.length).toBeGreaterThan(0), soon);
  await transport.stop();
  return faults[0];
}

const tlsLines = (pki: ReturnType<typeof makePki>, server: { certificate: string; key: string }) => [
  `cafile ${pki.ca}`,
  `certfile ${server.certificate}`,
  `keyfile ${server.key}`,
];

describe('a TLS connection that cannot be made', () => {
  const folder = mkdtempSync(join(tmpdir(), 'letan-pki-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const pki = makePki(folder, 'ward');
  const stranger = makePki(folder, 'stranger');

  it('for a wrong host name, which serverName mends', async () => {
    const broker = await mosquittoWith(['allow_anonymous true', ...tlsLines(pki, pki.server('broker.ward.example'))], 'mqtts');
    const fault = await firstFault({ brokerUrls: [broker.url], tls: { caFile: pki.ca } });
    expect(fault).toMatchObject({ code: 'QUEUE_TLS', detail: expect.stringMatching(/another host name.*serverName/s) });
    const right = watchedTransport({ brokerUrls: [broker.url], tls: { caFile: pki.ca, serverName: 'broker.ward.example' } });
    right.transport.start(session);
    await vi.waitFor(() => expect(right.seen).toEqual(['connected']), soon);
    expect(right.transport.certificates.map(({ whose }) => whose)).toEqual(['authority', 'broker']);
  });

  it('for an unknown authority, and an expired certificate', async () => {
    const broker = await mosquittoWith(['allow_anonymous true', ...tlsLines(pki, pki.server('127.0.0.1'))], 'mqtts');
    const foreign = await firstFault({ brokerUrls: [broker.url], tls: { caFile: stranger.ca } });
    expect(foreign).toMatchObject({ code: 'QUEUE_TLS', detail: expect.stringContaining('not from the authority in caFile') });
    const old = await mosquittoWith(['allow_anonymous true', ...tlsLines(pki, pki.server('127.0.0.1', -1))], 'mqtts');
    const expired = await firstFault({ brokerUrls: [old.url], tls: { caFile: pki.ca } });
    expect(expired).toMatchObject({ code: 'QUEUE_TLS', detail: expect.stringMatching(/expired; the robot's clock says \d{4}-/) });
  });

  it('for want of a client certificate, or for one of a stranger', async () => {
    const lines = ['require_certificate true', 'use_identity_as_username true', ...tlsLines(pki, pki.server('127.0.0.1'))];
    const broker = await mosquittoWith(lines, 'mqtts');
    const none = await firstFault({ brokerUrls: [broker.url], tls: { caFile: pki.ca } });
    expect(none).toMatchObject({ code: 'QUEUE_TLS' });
    const other = stranger.client('robot-1');
    const files = { caFile: pki.ca, certificateFile: other.certificate, keyFile: other.key };
    expect(await firstFault({ brokerUrls: [broker.url], tls: files })).toMatchObject({ code: 'QUEUE_TLS' });
  });

  it('for a port without TLS', async () => {
    const broker = await mosquittoWith(['allow_anonymous true']);
    const fault = await firstFault({ brokerUrls: [broker.url.replace('mqtt:', 'mqtts:')], tls: { caFile: pki.ca } });
    expect(fault?.code).toMatch(/^QUEUE_(TLS|OFFLINE)$/);
  });

  it('for files: missing, no PEM, not a pair, expired', async () => {
    const brokerUrls = [`mqtts://127.0.0.1:${await freePort()}`];
    const [one, two, old] = [pki.client('robot-1'), pki.client('robot-1'), pki.client('robot-1', -1)];
    const text = join(folder, 'text.pem');
    writeFileSync(text, 'no certificate');
    const own = { caFile: pki.ca, certificateFile: one.certificate, keyFile: one.key };
    const cases: [object, RegExp][] = [
      [{ ...own, caFile: join(folder, 'none.crt') }, /^caFile .*none\.crt: no such file$/],
      [{ ...own, caFile: text }, /^caFile .*: no certificate in PEM form$/],
      [{ ...own, keyFile: text }, /^keyFile .*: no private key in PEM form/],
      [{ ...own, keyFile: two.key }, /^keyFile .* is not the key of certificateFile/],
      [
        { caFile: pki.ca, certificateFile: old.certificate, keyFile: old.key },
        /^certificateFile .*: expired on .*; the robot's clock says/,
      ],
      [{ caFile: pki.ca, certificateFile: one.certificate }, /^certificateFile and keyFile go together/],
    ];
    for (const [tls, detail] of cases)
      expect(await firstFault({ brokerUrls, tls })).toMatchObject({ code: 'QUEUE_TLS', detail: expect.stringMatching(detail) });
  });

  it('renews a certificate without a restart, and keeps the old one while the new files are bad', async () => {
    const lines = ['require_certificate true', 'use_identity_as_username true', ...tlsLines(pki, pki.server('127.0.0.1'))];
    const broker = await mosquittoWith(lines, 'mqtts');
    const papers = pki.client('robot-1', 20);
    const tls = { caFile: pki.ca, certificateFile: papers.certificate, keyFile: papers.key };
    const clock = new SimulatedClock(Date.now());
    const { transport, seen, faults } = watchedTransport({ brokerUrls: [broker.url], tls, clock });
    transport.start(session);
    await vi.waitFor(() => expect(seen).toEqual(['connected']), soon);
    const expiry = () => transport.certificates.find(({ whose }) => whose === 'robot')?.expiresAtMs ?? 0;
    const before = expiry();
    clock.advance(60_000);
    expect(seen).toEqual(['connected']);
    // Half a renewal: the key is another's. Told when it stays so; the connection is kept.
    copyFileSync(pki.client('robot-1', 400).certificate, papers.certificate);
    clock.advance(60_000);
    expect(faults).toEqual([]);
    clock.advance(180_000);
    expect(faults).toMatchObject([
      { code: 'QUEUE_TLS', detail: expect.stringMatching(/^new files are not used: keyFile .* is not the key/) },
    ]);
    await transport.publish('letan/v1/test/up', '{}', { qos: 1 });
    replace(papers, pki.client('robot-1', 400));
    clock.advance(60_000);
    await vi.waitFor(() => expect(seen.slice(2)).toEqual(['QUEUE_OFFLINE', 'connected']), soon);
    expect(expiry() - before).toBeGreaterThan(300 * 86_400_000);
  });
});

describe('a broker that does not let the robot in', () => {
  it.each(['5', '3.1.1'] as const)('over MQTT %s is named, and a right password is taken up without a restart', async (protocol) => {
    const folder = temporaryFolder();
    const passwords = join(folder, 'passwords');
    execFileSync('mosquitto_passwd', ['-b', '-c', passwords, 'robot-1', 'right']);
    chmodSync(passwords, 0o644);
    const broker = await mosquittoWith(['allow_anonymous false', `password_file ${passwords}`]);
    const passwordFile = join(folder, 'password');
    const clock = new SimulatedClock(Date.now());
    const { transport, seen, faults } = watchedTransport({
      brokerUrls: [broker.url],
      protocol,
      username: 'robot-1',
      passwordFile,
      clock,
      random: fullWait,
    });
    transport.start(session);
    await vi.waitFor(() => expect(faults).toHaveLength(1), soon);
    expect(faults[0]).toMatchObject({ code: 'QUEUE_NOT_AUTHORISED', detail: expect.stringMatching(/^passwordFile .*: no such file$/) });
    writeFileSync(passwordFile, 'wrong\n');
    clock.advance(2_000);
    await vi.waitFor(() => expect(faults).toHaveLength(2), soon);
    expect(faults[1]?.code).toBe('QUEUE_NOT_AUTHORISED');
    writeFileSync(passwordFile, 'right\n');
    clock.advance(4_000);
    await vi.waitFor(() => expect(seen.at(-1)).toBe('connected'), soon);
  });
});

describe('a broker that is not there', () => {
  it('is named, and of several the next is tried', async () => {
    const nobody = `mqtt://127.0.0.1:${await freePort()}`;
    const broker = await mosquittoWith(['allow_anonymous true']);
    const { transport, seen, faults } = watchedTransport({ brokerUrls: [nobody, 'mqtt://nowhere.invalid', broker.url] });
    transport.start(session);
    await vi.waitFor(() => expect(seen).toEqual(['QUEUE_OFFLINE', 'QUEUE_OFFLINE', 'connected']), soon);
    expect(faults.map(({ detail }) => detail)).toEqual([expect.stringContaining('ECONNREFUSED'), expect.stringMatching(/DNS/)]);
  });

  it('says nothing at all: given up after ten seconds', async () => {
    const silent = await tcpServer(() => {});
    const clock = new SimulatedClock();
    const { transport, faults } = watchedTransport({ brokerUrls: [silent.url], clock });
    transport.start(session);
    await vi.waitFor(() => expect(silent.connections()).toBe(1), soon);
    clock.advance(9_999);
    expect(faults).toEqual([]);
    clock.advance(1);
    await vi.waitFor(() => expect(faults).toMatchObject([{ code: 'QUEUE_OFFLINE', detail: expect.stringContaining('10000 ms') }]), soon);
  });

  it('greets and never answers again: a message that is not acknowledged ends the connection', async () => {
    // CONNACK, then a SUBACK for packet 1 with one code, both of MQTT 3.1.1; then nothing.
    const half = await tcpServer((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.from([0x20, 2, 0, 0]));
        socket.once('data', (data) => socket.write(Buffer.from([0x90, 3, data[2] ?? 0, data[3] ?? 1, 1])));
      });
    });
    const clock = new SimulatedClock();
    const { transport, seen } = watchedTransport({ brokerUrls: [half.url], protocol: '3.1.1', clock });
    transport.start(session);
    await vi.waitFor(() => expect(seen).toEqual(['connected']), soon);
    const outcome = transport.publish('letan/v1/test/up', '{}', { qos: 1 }).then(
      () => 'acknowledged',
      (error: { code: string }) => error.code,
    );
    clock.advance(15_000);
    expect(await outcome).toBe('QUEUE_OFFLINE');
    await vi.waitFor(() => expect(seen).toEqual(['connected', 'QUEUE_OFFLINE']), soon);
  });

  it('greets and hangs up: the waits grow all the same', async () => {
    const dropping = await tcpServer((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.from([0x20, 2, 0, 0]));
        socket.once('data', (data) => socket.end(Buffer.from([0x90, 3, data[2] ?? 0, data[3] ?? 1, 1])));
      });
    });
    const clock = new SimulatedClock();
    const { transport, seen } = watchedTransport({ brokerUrls: [dropping.url], protocol: '3.1.1', clock, random: fullWait });
    transport.start(session);
    for (const [n, waitMs] of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000].entries()) {
      await vi.waitFor(() => expect(seen.filter((event) => event === 'QUEUE_OFFLINE')).toHaveLength(n + 1), soon);
      clock.advance(waitMs - 2);
      expect(dropping.connections()).toBe(n + 1);
      clock.advance(2);
      await vi.waitFor(() => expect(dropping.connections()).toBe(n + 2), soon);
    }
  });
});

describe('a broker of MQTT 3.1.1', () => {
  it('that hangs up on an MQTT 5 greeting without a word is asked with 3.1.1', async () => {
    const old = await tcpServer((socket) => {
      socket.once('data', (data) => {
        // Fixed header 2 bytes, "MQTT" with its length 6, then the version.
        if (data[8] === 5) socket.end();
        else socket.write(Buffer.from([0x20, 2, 0, 0]));
        socket.once('data', (more) => socket.write(Buffer.from([0x90, 3, more[2] ?? 0, more[3] ?? 1, 1])));
      });
    });
    const { transport, seen } = watchedTransport({ brokerUrls: [old.url] });
    transport.start(session);
    await vi.waitFor(() => expect(seen.at(-1)).toBe('connected'), soon);
    expect(transport.protocol).toBe('3.1.1');
  });

  it('that sends a message without end is cut off before it fills the memory', async () => {
    let sent = 0;
    const flooding = await tcpServer((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.from([0x20, 2, 0, 0]));
        socket.once('data', (data) => {
          socket.write(Buffer.from([0x90, 3, data[2] ?? 0, data[3] ?? 1, 1]));
          // PUBLISH with a remaining length of 268,435,455, the largest there is.
          socket.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 0x61]));
          const more = () => {
            while (!socket.destroyed && sent < 50_000_000 && socket.write(Buffer.alloc(65_536))) sent += 65_536;
          };
          socket.on('drain', more);
          more();
        });
      });
    });
    const { transport, faults } = watchedTransport({ brokerUrls: [flooding.url], protocol: '3.1.1' });
    transport.start(session);
    await vi.waitFor(() => expect(faults[0]?.code).toBe('QUEUE_BAD_MESSAGE'), soon);
    await transport.stop();
    expect(sent).toBeLessThan(50_000_000);
  });
});
