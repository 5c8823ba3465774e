import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Mosquitto, runMosquitto } from '../../../simulators/broker/mosquitto.ts';
import { freePort } from '../../../simulators/broker/process.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import type { ErrorInfo } from '../../../src/core/errors.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SystemRandom } from '../../../src/core/random.ts';
import { MqttTransport, type MqttTransportOptions } from '../../../src/queue/mqtt-transport.ts';
import { temporaryFolder } from '../house.ts';

/** mosquitto with these lines of configuration; ends with the test. */
export async function mosquittoWith(lines: string[], scheme: 'mqtt' | 'mqtts' = 'mqtt', port?: number): Promise<Mosquitto> {
  const folder = temporaryFolder();
  const at = port ?? (await freePort());
  mkdirSync(folder, { recursive: true });
  const configFile = join(folder, 'mosquitto.conf');
  writeFileSync(configFile, ['user root', `listener ${at} 127.0.0.1`, 'persistence false', ...lines, ''].join('\n'));
  const broker = await runMosquitto({ folder, configFile, port: at, scheme });
  onTestFinished(() => broker.kill());
  return broker;
}

/** A server that does with each connection what the test wants; answers its port and how many came. */
export async function tcpServer(onSocket: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    count++;
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `mqtt://127.0.0.1:${port}`, port, connections: () => count };
}

export interface Watched {
  transport: MqttTransport;
  /** `connected`, or the code of what went wrong. */
  seen: string[];
  faults: ErrorInfo[];
}

/** A transport that ends with the test, and what it says. */
export function watchedTransport(options: Partial<MqttTransportOptions> & { brokerUrls: string[] }): Watched {
  const basics = { clock: new SystemClock(), random: new SystemRandom(), logger: silentLogger };
  const transport = new MqttTransport({ ...basics, clientId: 'letan-robot-test', protocol: 'auto', ...options });
  const seen: string[] = [];
  const faults: ErrorInfo[] = [];
  const note = (fault: ErrorInfo) => {
    seen.push(fault.code);
    faults.push(fault);
  };
  transport.connected.on(() => seen.push('connected'));
  transport.lost.on(note);
  transport.failed.on(note);
  onTestFinished(() => transport.stop());
  return { transport, seen, faults };
}

/** Full jitter always draws the whole wait. */
export const fullWait = { next: () => 1 - Number.EPSILON };

export const session = {
  subscriptions: ['letan/v1/test/down'],
  will: () => ({ topic: 'letan/v1/test/up', payload: '{}' }),
};
