import { Socket } from 'node:net';
import mqtt, { type IClientOptions, type IClientPublishOptions, type IConnackPacket, type MqttClient } from 'mqtt';
import type { Cancel, Clock } from '../core/clock.ts';
import { withDeadline } from '../core/deadline.ts';
import { type ErrorInfo, LetanError } from '../core/errors.ts';
import type { BrokerAccess } from './broker-access.ts';
import { type FaultPlace, faultOfError, faultOfReason, refusesVersion } from './connection-fault.ts';
import { maxPayloadBytes } from './contract.ts';
import { PublishWindow } from './publish-window.ts';
import type { CertificateDates, PublishOptions, TransportMessage } from './transport.ts';

export interface MqttConnectionOptions {
  url: string;
  version: 4 | 5;
  clientId: string;
  /** Forget what the broker kept for this client id. */
  clean: boolean;
  access: BrokerAccess;
  subscriptions: readonly string[];
  optional: readonly string[];
  will: { topic: string; payload: string } | null;
  clock: Clock;
  onReady: () => void;
  onMessage: (message: TransportMessage) => void;
  /** Once, last of all. */
  onEnd: (end: ConnectionEnd) => void;
}

export interface ConnectionEnd {
  fault: ErrorInfo;
  /** It was connected and subscribed. */
  wasReady: boolean;
  /** The broker speaks another version of MQTT: it said so, or it hung up on the greeting without a word. */
  versionRefused: 'said' | 'perhaps' | 'no';
  /** A message was too large; a broker of MQTT 3.1.1 would send it again. */
  oversized: boolean;
}

const keepaliveS = 15;
/** TCP, TLS, CONNACK and SUBACK together; a broker that answers later than this would not answer a citizen in time either. */
const readyWithinMs = 10_000;
/** A broker that does not acknowledge for so long is as good as gone. Longer than a cluster needs to choose a new leader. */
const publishWithinMs = 15_000;
const goodbyeWithinMs = 1_000;
/** The broker keeps QoS 1 calls this long for a robot that is away; calls expire sooner anyway. */
const sessionExpiryS = 3_600;
const atOnce = 64;
const mayWait = 512;
/** The contract's largest payload, and topic and properties beside it. */
const maxPacketBytes = maxPayloadBytes + 4 * 1024;
/** Bytes read without a whole packet among them: more than one largest packet, and what a socket hands over at a time. */
const longestWithoutPacketBytes = 2 * maxPacketBytes + 128 * 1024;

/** One connection to one broker, from the first byte to the last. Uses no reconnection and no store of the `mqtt` package. */
export class MqttConnection {
  private readonly options: MqttConnectionOptions;
  private readonly client: MqttClient;
  private readonly place: FaultPlace;
  private readonly cancelReadyDeadline: Cancel;
  private window: PublishWindow | null = null;
  private fault: ErrorInfo | null = null;
  private versionRefused: ConnectionEnd['versionRefused'] = 'no';
  private greeted = false;
  private wasReady = false;
  private oversized = false;
  private ended = false;
  private brokerMaxBytes = Number.POSITIVE_INFINITY;
  private brokerExpiresAtMs: number | null = null;

  /** Throws `QUEUE_TLS` or `QUEUE_NOT_AUTHORISED` where a file that is needed cannot be used. */
  constructor(options: MqttConnectionOptions) {
    this.options = options;
    const { url, access, clock } = options;
    this.place = { url, nowMs: clock.nowMs(), ownCertificate: access.ownCertificate };
    this.client = this.open();
    this.cancelReadyDeadline = clock.after(readyWithinMs, () =>
      this.fail({ code: 'QUEUE_OFFLINE', detail: `${new URL(url).host}: not ready after ${readyWithinMs} ms` }),
    );
  }

  get url(): string {
    return this.options.url;
  }

  get ready(): boolean {
    return this.window !== null && !this.ended;
  }

  get certificates(): CertificateDates[] {
    const own = this.options.access.material?.dates ?? [];
    return this.brokerExpiresAtMs === null ? own : [...own, { whose: 'broker', expiresAtMs: this.brokerExpiresAtMs }];
  }

  async publish(topic: string, payload: string, options: PublishOptions): Promise<void> {
    if (!this.window || this.ended) throw new LetanError('QUEUE_OFFLINE', 'no connection to the broker');
    if (Buffer.byteLength(payload) + topic.length > this.brokerMaxBytes)
      throw new LetanError('QUEUE_REFUSED', `the broker takes no message larger than ${this.brokerMaxBytes} bytes`);
    await this.window.run(() => this.send(topic, payload, options));
  }

  /** Leaves politely: the will is not published. Resolves when closed, at the latest after a second. */
  async close(): Promise<void> {
    if (this.ended) return;
    this.fault ??= { code: 'QUEUE_OFFLINE', detail: 'closed by this side' };
    const { client } = this;
    const closed = new Promise<void>((resolve) => client.end(!client.connected, {}, () => resolve()));
    await withDeadline(this.options.clock, goodbyeWithinMs, 'goodbye', closed).catch(() => client.end(true));
    this.end();
  }

  private open(): MqttClient {
    const client = mqtt.connect(this.options.url, this.clientOptions());
    client.on('error', (error) => this.onError(error));
    client.on('disconnect', ({ reasonCode }) => {
      if (reasonCode !== undefined && reasonCode !== 0) this.fault ??= faultOfReason(reasonCode, this.place);
    });
    client.on('connect', (packet) => this.onGreeted(packet));
    client.on('message', (topic, payload) => this.options.onMessage({ topic, payload }));
    client.once('close', () => this.end());
    // An acknowledgement and a request right after it: Nagle's algorithm would hold the second for the other side's delayed ACK, 40 ms.
    if (client.stream instanceof Socket) client.stream.setNoDelay(true);
    this.guardSize(client);
    return client;
  }

  private clientOptions(): IClientOptions {
    const { url, version, clientId, clean, access, will } = this.options;
    return {
      protocolVersion: version,
      clientId,
      ...access.credentials(),
      ...(url.startsWith('mqtts:') ? tlsOptions(access) : {}),
      clean,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      connectTimeout: readyWithinMs,
      keepalive: keepaliveS,
      ...(will ? { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true } } : {}),
      ...(version === 5
        ? { properties: { sessionExpiryInterval: sessionExpiryS, receiveMaximum: atOnce, maximumPacketSize: maxPacketBytes } }
        : {}),
    };
  }

  /** MQTT 3.1.1 cannot tell a broker how large a message may be, and the parser would collect 256 MB of one. */
  private guardSize(client: MqttClient): void {
    let bytes = 0;
    client.on('packetreceive', () => {
      bytes = 0;
    });
    client.stream.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes <= longestWithoutPacketBytes) return;
      this.oversized = true;
      this.fail({ code: 'QUEUE_BAD_MESSAGE', detail: `a message of more than ${maxPacketBytes} bytes` });
    });
  }

  private onError(error: Error): void {
    if (!this.greeted && 'code' in error && refusesVersion(error.code)) this.versionRefused = 'said';
    this.fault ??= faultOfError(error, this.place);
  }

  private onGreeted({ properties }: IConnackPacket): void {
    this.greeted = true;
    this.brokerMaxBytes = properties?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
    const { stream } = this.client;
    if ('getPeerCertificate' in stream && typeof stream.getPeerCertificate === 'function') {
      const expiresAtMs = Date.parse(String(stream.getPeerCertificate().valid_to));
      if (Number.isFinite(expiresAtMs)) this.brokerExpiresAtMs = expiresAtMs;
    }
    const window = new PublishWindow(Math.min(atOnce, properties?.receiveMaximum ?? atOnce), mayWait);
    const { subscriptions, optional } = this.options;
    // The package takes an empty list for a fault.
    if (subscriptions.length + optional.length === 0) this.becomeReady(window);
    else this.subscribe(window);
  }

  private becomeReady(window: PublishWindow): void {
    this.cancelReadyDeadline();
    this.window = window;
    this.wasReady = true;
    this.options.onReady();
  }

  private subscribe(window: PublishWindow): void {
    const { subscriptions, optional } = this.options;
    const topics = Object.fromEntries([...subscriptions, ...optional].map((topic) => [topic, { qos: 1 as const }]));
    this.client.subscribe(topics, (error, granted) => {
      if (this.ended) return;
      // MQTT.js reports a refused subscription as an error and with codes from 0x80 up.
      const refused = granted?.filter(({ topic, qos }) => qos >= 0x80 && subscriptions.includes(topic)).map(({ topic }) => topic) ?? [];
      const allRefusable = granted?.every(({ qos }) => Number.isInteger(qos)) ?? false;
      if (refused.length > 0)
        return this.fail({ code: 'QUEUE_NOT_AUTHORISED', detail: `the broker refuses to deliver ${refused.join(', ')}` });
      if (error && !allRefusable) return this.fail(faultOfError(error, this.place));
      this.becomeReady(window);
    });
  }

  private async send(topic: string, payload: string, options: PublishOptions): Promise<void> {
    const { client } = this;
    const sent = new Promise<void>((resolve, reject) => {
      client.publish(topic, payload, this.publishOptions(options), (error) => {
        if (!error) resolve();
        else if ('code' in error && error.code === 0x87)
          reject(new LetanError('QUEUE_NOT_AUTHORISED', `the broker does not let this robot publish ${topic}`));
        else reject(new LetanError('QUEUE_OFFLINE', error.message));
      });
    });
    try {
      await withDeadline(this.options.clock, publishWithinMs, 'the broker', sent);
    } catch (error) {
      if (!(error instanceof LetanError) || error.code !== 'REQUEST_TIMEOUT') throw error;
      const detail = `${new URL(this.options.url).host}: nothing acknowledged for ${publishWithinMs} ms`;
      this.fail({ code: 'QUEUE_OFFLINE', detail });
      throw new LetanError('QUEUE_OFFLINE', detail);
    }
  }

  private publishOptions(options: PublishOptions): IClientPublishOptions {
    const basic: IClientPublishOptions = { qos: options.qos, retain: options.retain ?? false };
    if (this.options.version !== 5) return basic;
    const properties: NonNullable<IClientPublishOptions['properties']> = { contentType: 'application/json', payloadFormatIndicator: true };
    if (options.expiresInS !== undefined) properties.messageExpiryInterval = options.expiresInS;
    if (options.replyTo !== undefined) properties.responseTopic = options.replyTo;
    if (options.correlation !== undefined) properties.correlationData = Buffer.from(options.correlation);
    return { ...basic, properties };
  }

  private fail(fault: ErrorInfo): void {
    this.fault ??= fault;
    this.client.end(true);
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    this.cancelReadyDeadline();
    this.client.end(true);
    // A broker that hangs up on an MQTT 5 greeting without a word is most likely an old one.
    if (this.fault === null && !this.greeted) this.versionRefused = 'perhaps';
    const fault = this.fault ?? {
      code: 'QUEUE_OFFLINE' as const,
      detail: `${new URL(this.options.url).host}: the broker hung up${this.greeted ? '' : ' on the greeting'}`,
    };
    this.window?.close(new LetanError('QUEUE_OFFLINE', 'connection lost while publishing'));
    const { wasReady, versionRefused, oversized } = this;
    this.options.onEnd({ fault, wasReady, versionRefused, oversized });
  }
}

/** The server is always checked; nobody can switch that off. Node itself speaks nothing older than TLS 1.2. */
function tlsOptions(access: BrokerAccess): IClientOptions {
  const { material, serverName } = access.tls();
  const { ca, cert, key } = material;
  return {
    rejectUnauthorized: true,
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}
