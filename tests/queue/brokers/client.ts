import mqtt, { type IClientOptions, type IClientPublishOptions, type MqttClient } from 'mqtt';
import { onTestFinished } from 'vitest';
import type { Identity } from './certificates.ts';

export interface Received {
  topic: string;
  payload: string;
  retained: boolean;
}

/** A client that anybody could write: no code of the robot's. */
export interface Client {
  readonly received: Received[];
  readonly connected: boolean;
  /** Granted or not: a broker may say yes and deliver nothing. */
  subscribe(filter: string): Promise<void>;
  /** Resolves when the broker has dealt with it, whether it took it or refused. */
  publish(topic: string, payload: string, options?: IClientPublishOptions): Promise<void>;
  /** A QoS 0 message in bytes, so that no care of a client library's stands between it and the broker. */
  publishRaw(topic: string, payload: string): Promise<void>;
  /** When it resolves, everything that the broker had sent to this client before has arrived. */
  barrier(): Promise<void>;
  /** The cable is pulled. */
  drop(): void;
  readonly closed: Promise<void>;
}

/** MQTT 5 or 3.1.1. */
export type Protocol = 5 | 4;

let barriers = 0;
const connectTimeoutMs = 5_000;

/** Connects once; rejects when the broker refuses or the handshake fails. Ends with the test. */
export async function connect(
  url: string,
  { identity, version = 5, ...rest }: { identity?: Partial<Identity>; version?: Protocol } & IClientOptions,
): Promise<Client> {
  const client = await new Promise<MqttClient>((resolve, reject) => {
    const options = { clientId: 'somebody', connectTimeout: connectTimeoutMs, ...identity, ...rest };
    const attempt = mqtt.connect(url, { ...options, protocolVersion: version, reconnectPeriod: 0 });
    let fault = new Error('closed without a word');
    attempt.on('error', (error) => {
      fault = error;
    });
    attempt.once('connect', () => resolve(attempt));
    attempt.once('close', () => {
      attempt.end(true);
      reject(fault);
    });
  });
  const received: Received[] = [];
  client.on('message', (topic, payload, packet) => received.push({ topic, payload: payload.toString(), retained: packet.retain }));
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  onTestFinished(() => void client.end(true));
  const subscribe = (filter: string) => new Promise<void>((resolve) => client.subscribe(filter, { qos: 1 }, () => resolve()));
  return {
    received,
    closed,
    get connected() {
      return client.connected;
    },
    subscribe,
    publish: (topic, payload, options = { qos: 1 }) =>
      Promise.race([new Promise<void>((resolve) => client.publish(topic, payload, options, () => resolve())), closed]),
    publishRaw: (topic, payload) =>
      Promise.race([new Promise<void>((resolve) => client.stream.write(publishBytes(topic, payload, version), () => resolve())), closed]),
    // A broker answers in order, so what was routed to this client before stands in the stream before this answer.
    barrier: () => subscribe(`barrier/${++barriers}`),
    drop: () => void client.stream.destroy(),
  };
}

/** A PUBLISH packet of QoS 0; MQTT 5 has a length of properties (none) before the payload. */
function publishBytes(topic: string, payload: string, version: Protocol): Buffer {
  const name = Buffer.from(topic);
  const rest = Buffer.concat([
    Buffer.from([name.length >> 8, name.length & 0xff]),
    name,
    Buffer.from(version === 5 ? [0] : []),
    Buffer.from(payload),
  ]);
  const length: number[] = [];
  for (let left = rest.length; left > 0; left >>= 7) length.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
  return Buffer.concat([Buffer.from([0x30, ...length]), rest]);
}
