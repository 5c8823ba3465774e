import { expect, it } from 'vitest';
import { robotSchema } from '../../../config/schema.ts';
import { freePort } from '../../../simulators/broker/process.ts';
import { examineQueue } from '../../../src/app/examine-queue.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { temporaryFolder } from '../house.ts';
import { makePki } from './pki.ts';
import { mosquittoWith, session, tcpServer, watchedTransport } from './real.ts';

const queueOf = (queue: object) => robotSchema.shape.queue.parse({ publicKeyFile: 'key.jwk', ...queue });
const examine = (queue: object) => examineQueue(queueOf(queue), 'letan-robot-test-doctor', new SystemClock());

it('the doctor says of every broker whether it lets the robot in, and how long each certificate is good', async () => {
  const pki = makePki(temporaryFolder());
  const server = pki.server('127.0.0.1', 20);
  const client = pki.client('robot-1', 300);
  const lines = ['require_certificate true', 'use_identity_as_username true'];
  const files = [`cafile ${pki.ca}`, `certfile ${server.certificate}`, `keyfile ${server.key}`];
  const broker = await mosquittoWith([...lines, ...files], 'mqtts');
  const nobody = `mqtts://127.0.0.1:${await freePort()}`;
  const tls = { caFile: pki.ca, certificateFile: client.certificate, keyFile: client.key };
  const seen = await examine({ brokerUrls: [broker.url, nobody], tls });
  expect(seen.map(({ device, state, code }) => [device, state, code])).toEqual([
    ['queue', 'ready', null],
    ['queue', 'offline', 'QUEUE_OFFLINE'],
    ['certificate', 'ready', null],
    ['certificate', 'ready', null],
    ['certificate', 'degraded', 'QUEUE_CERTIFICATE_EXPIRES'],
  ]);
  expect(seen[0]?.detail).toMatch(/lets this robot in \(MQTT 5, TLS/);
  expect(seen[4]?.detail).toMatch(/^the broker's certificate expires on .* in (19|20) days$/);
  expect((await examine({ brokerUrls: [broker.url], tls: { ...tls, keyFile: server.key } }))[0]).toMatchObject({
    code: 'QUEUE_TLS',
    hint: expect.stringContaining('certificate files'),
  });
});

it('the doctor disturbs no robot that is connected, and asks an old broker with MQTT 3.1.1', async () => {
  const broker = await mosquittoWith(['allow_anonymous true']);
  const robot = watchedTransport({ brokerUrls: [broker.url] });
  const connected = new Promise<void>((resolve) => robot.transport.connected.on(() => resolve()));
  robot.transport.start(session);
  await connected;
  expect(await examine({ brokerUrls: [broker.url] })).toMatchObject([{ state: 'ready' }]);
  await robot.transport.publish('letan/v1/test/up', '{}', { qos: 1 });
  expect(robot.seen).toEqual(['connected']);
  const old = await tcpServer((socket) => {
    // Byte 8 is the version; code 1 refuses it.
    socket.once('data', (data) => socket.write(Buffer.from([0x20, 2, 0, data[8] === 4 ? 0 : 1])));
  });
  expect(await examine({ brokerUrls: [old.url] })).toMatchObject([{ state: 'ready', detail: expect.stringContaining('MQTT 3.1.1') }]);
});
