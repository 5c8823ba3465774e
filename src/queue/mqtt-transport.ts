import mqtt, { type IClientOptions, type IClientPublishOptions, type MqttClient } from 'mqtt';
import type { Cancel, Clock } from '../core/clock.ts';
import { type ErrorInfo, LetanError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { Signal } from '../core/signal.ts';
import { Backoff } from './backoff.ts';
import type { PublishOptions, Session, Transport, TransportMessage } from './transport.ts';

export interface MqttTransportOptions {
  /** `mqtt://host:port` or `mqtts://…`; of several each attempt takes the next. */
  brokerUrls: readonly string[];
  /** Must be its own: two clients of one id throw each other out. */
  clientId: string;
  username?: string | undefined;
  password?: string | undefined;
  /** `auto` tries MQTT 5 and goes on with 3.1.1 where a broker refuses it. */
  protocol: 'auto' | '5' | '3.1.1';
  clock: Clock;
  random: Random;
  logger: Logger;
}

const keepaliveS = 15;
const connectTimeoutMs = 5_000;
/** The broker keeps QoS 1 calls this long for a robot that is away; calls expire sooner anyway. */
const sessionExpiryS = 3_600;
const firstRetryMs = 500;
const longestRetryMs = 30_000;
/** A connection that lived this long was a good one; a broker that accepts and drops at once must not be hammered. */
const stableAfterMs = 10_000;
/** CONNACK codes for "protocol version not supported": 1 in 3.1.1, 0x84 in MQTT 5. */
const unsupportedVersionCodes: unknown[] = [1, 0x84];

type Version = 4 | 5;

/** {@link Transport} over the `mqtt` package. Every attempt uses a new client: its own reconnection and store are not used. */
export class MqttTransport implements Transport {
  readonly connected = new Signal<void>();
  readonly lost = new Signal<ErrorInfo>();
  readonly message = new Signal<TransportMessage>();
  private readonly options: MqttTransportOptions;
  private readonly backoff: Backoff;
  private version: Version;
  private session: Session | null = null;
  private client: MqttClient | null = null;
  private up = false;
  private attempts = 0;
  private cancelRetry: Cancel = () => {};
  private cancelStable: Cancel = () => {};

  constructor(options: MqttTransportOptions) {
    this.options = options;
    this.version = options.protocol === '3.1.1' ? 4 : 5;
    this.backoff = new Backoff(options.random, firstRetryMs, longestRetryMs);
  }

  /** The protocol of the present or next connection. */
  get protocol(): '5' | '3.1.1' {
    return this.version === 5 ? '5' : '3.1.1';
  }

  start(session: Session): void {
    if (this.session) return;
    this.session = session;
    this.connect(session);
  }

  async stop(): Promise<void> {
    this.session = null;
    this.up = false;
    this.cancelRetry();
    this.cancelStable();
    const client = this.client;
    this.client = null;
    if (!client) return;
    await new Promise<void>((resolve) => client.end(!client.connected, {}, () => resolve()));
  }

  publish(topic: string, payload: string, options: PublishOptions): Promise<void> {
    const client = this.client;
    if (!client || !this.up) return Promise.reject(new LetanError('QUEUE_OFFLINE', 'no connection to the broker'));
    return new Promise((resolve, reject) => {
      const gone = () => reject(new LetanError('QUEUE_OFFLINE', 'connection lost while publishing'));
      client.once('close', gone);
      client.publish(topic, payload, this.publishOptions(options), (error) => {
        client.off('close', gone);
        if (error) reject(new LetanError('QUEUE_OFFLINE', error.message));
        else resolve();
      });
    });
  }

  private publishOptions(options: PublishOptions): IClientPublishOptions {
    const basic: IClientPublishOptions = { qos: options.qos, retain: options.retain ?? false };
    if (this.version !== 5) return basic;
    const properties: NonNullable<IClientPublishOptions['properties']> = { contentType: 'application/json', payloadFormatIndicator: true };
    if (options.expiresInS !== undefined) properties.messageExpiryInterval = options.expiresInS;
    if (options.replyTo !== undefined) properties.responseTopic = options.replyTo;
    if (options.correlation !== undefined) properties.correlationData = Buffer.from(options.correlation);
    return { ...basic, properties };
  }

  private connect(session: Session): void {
    const { brokerUrls } = this.options;
    const url = brokerUrls[this.attempts++ % brokerUrls.length] ?? '';
    const client = mqtt.connect(url, this.clientOptions(session));
    this.client = client;
    // Publishing waits on `close`, and hundreds may wait at once.
    client.setMaxListeners(0);
    let failure = 'connection lost';
    client.on('error', (error) => {
      failure = error.message;
      this.noteVersion('code' in error ? error.code : undefined);
    });
    client.on('message', (topic, payload) => this.deliver({ topic, payload }));
    client.on('connect', () => this.subscribe(client, session));
    client.once('close', () => this.onClose(client, session, failure));
  }

  private clientOptions(session: Session): IClientOptions {
    const { clientId, username, password } = this.options;
    const will = session.will();
    return {
      protocolVersion: this.version,
      clientId,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      clean: false,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      connectTimeout: connectTimeoutMs,
      keepalive: keepaliveS,
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true },
      ...(this.version === 5 ? { properties: { sessionExpiryInterval: sessionExpiryS, receiveMaximum: 64 } } : {}),
    };
  }

  private noteVersion(code: unknown): void {
    if (this.options.protocol !== 'auto' || this.version !== 5 || !unsupportedVersionCodes.includes(code)) return;
    this.version = 4;
    this.backoff.reset();
    this.options.logger.info({ protocol: '3.1.1' }, 'broker refuses MQTT 5');
  }

  private subscribe(client: MqttClient, session: Session): void {
    const topics = Object.fromEntries(session.subscriptions.map((topic) => [topic, { qos: 1 as const }]));
    client.subscribe(topics, (error, granted) => {
      if (client !== this.client) return;
      const refused = granted?.filter((grant) => grant.qos >= 0x80).map((grant) => grant.topic) ?? [];
      if (error || refused.length > 0) {
        this.options.logger.error({ refused, detail: error?.message }, 'broker refused subscriptions');
        client.end(true);
        return;
      }
      this.up = true;
      this.cancelStable = this.options.clock.after(stableAfterMs, () => this.backoff.reset());
      this.connected.emit();
    });
  }

  private onClose(client: MqttClient, session: Session, failure: string): void {
    client.end(true);
    if (client !== this.client) return;
    this.client = null;
    this.cancelStable();
    const wasUp = this.up;
    this.up = false;
    if (wasUp) this.lost.emit({ code: 'QUEUE_OFFLINE', detail: failure });
    if (this.session !== session) return;
    const waitMs = this.backoff.next();
    this.options.logger.debug({ waitMs, failure }, 'broker away');
    this.cancelRetry = this.options.clock.after(waitMs, () => this.connect(session));
  }

  private deliver(message: TransportMessage): void {
    try {
      this.message.emit(message);
    } catch (error) {
      // A fault in a listener must not tear the connection down with it.
      this.options.logger.error(
        { topic: message.topic, detail: error instanceof Error ? error.message : String(error) },
        'message not handled',
      );
    }
  }
}
