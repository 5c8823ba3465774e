import { onTestFinished } from 'vitest';
import { startBroker } from '../../../simulators/broker/broker.ts';
import { startMosquitto } from '../../../simulators/broker/mosquitto.ts';
import { startNatsCluster } from '../../../simulators/broker/nats-cluster.ts';
import { freePort } from '../../../simulators/broker/process.ts';
import type { MqttTransportOptions } from '../../../src/queue/mqtt-transport.ts';
import { temporaryFolder } from '../house.ts';
import { startWardMosquitto } from './ward-mosquitto.ts';

/** How a user of the broker reaches it. */
export type Access = Pick<MqttTransportOptions, 'brokerUrls' | 'protocol' | 'tls'>;

/** A broker of some kind, running; it ends with the test. */
export interface RealBroker {
  access(user: string): Access;
  /** It is gone as after a power cut. */
  vanish(): Promise<void>;
  /** At the same address. */
  comeBack(): Promise<void>;
}

async function embedded(): Promise<RealBroker> {
  const port = await freePort();
  let broker = await startBroker({ host: '127.0.0.1', port });
  onTestFinished(() => broker.close());
  return {
    access: () => ({ brokerUrls: [broker.url], protocol: 'auto' }),
    vanish: () => broker.close(),
    async comeBack() {
      broker = await startBroker({ host: '127.0.0.1', port });
    },
  };
}

const openMosquitto = (protocol: 'auto' | '3.1.1') => async (): Promise<RealBroker> => {
  const folder = temporaryFolder();
  const port = await freePort();
  let broker = await startMosquitto(folder, port);
  onTestFinished(() => broker.kill());
  return {
    access: () => ({ brokerUrls: [broker.url], protocol }),
    vanish: () => broker.kill(),
    async comeBack() {
      broker = await startMosquitto(folder, port);
    },
  };
};

const wardMosquitto = (protocol: 'auto' | '3.1.1') => async (): Promise<RealBroker> => {
  const broker = await startWardMosquitto({ robots: ['robot-1', 'robot-2'], operators: [] });
  onTestFinished(() => broker.remove());
  return {
    access: (user) => ({ brokerUrls: [broker.url], protocol, tls: broker.files(user) }),
    vanish: () => broker.kill(),
    comeBack: () => broker.start(),
  };
};

async function cluster(): Promise<RealBroker> {
  const brokers = await startNatsCluster(temporaryFolder());
  onTestFinished(() => brokers.kill());
  return {
    access: () => ({ brokerUrls: brokers.urls, protocol: 'auto' }),
    vanish: () => brokers.kill(),
    comeBack: async () => void (await Promise.all(brokers.nodes.map((node) => node.start()))),
  };
}

/** Every kind of broker a ward may have, and the version of MQTT that the robot speaks with it. */
export const kinds: [name: string, start: () => Promise<RealBroker>, protocol: '5' | '3.1.1'][] = [
  ['the embedded broker', embedded, '3.1.1'],
  ['mosquitto, MQTT 5', openMosquitto('auto'), '5'],
  ['mosquitto, MQTT 3.1.1', openMosquitto('3.1.1'), '3.1.1'],
  ["a ward's mosquitto with TLS, certificates and access list, MQTT 5", wardMosquitto('auto'), '5'],
  ["a ward's mosquitto with TLS, certificates and access list, MQTT 3.1.1", wardMosquitto('3.1.1'), '3.1.1'],
  ['a NATS cluster of three', cluster, '3.1.1'],
];
