import type { Cancel, Clock } from '../core/clock.ts';
import { type ErrorInfo, LetanError, toErrorInfo } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { Signal } from '../core/signal.ts';
import { Backoff } from './backoff.ts';
import { BrokerAccess } from './broker-access.ts';
import type { TlsFiles } from './certificates.ts';
import { type ConnectionEnd, MqttConnection } from './mqtt-connection.ts';
import type { CertificateDates, PublishOptions, Session, Transport, TransportMessage } from './transport.ts';

export interface MqttTransportOptions {
  /** `mqtt://host:port` or `mqtts://…`; of several each attempt takes the next. */
  brokerUrls: readonly string[];
  /** Must be its own: two clients of one id throw each other out. */
  clientId: string;
  username?: string | undefined;
  password?: string | undefined;
  passwordFile?: string | undefined;
  /** Files for `mqtts`; without `caFile` the system's authorities are trusted. */
  tls?: TlsFiles | undefined;
  /** `auto` tries MQTT 5 and goes on with 3.1.1 where a broker refuses it. */
  protocol: 'auto' | '5' | '3.1.1';
  clock: Clock;
  random: Random;
  logger: Logger;
}

const firstRetryMs = 500;
const longestRetryMs = 30_000;
/** Somebody must mend something first; a minute at most after that it goes on. */
const firstRefusedRetryMs = 2_000;
const longestRefusedRetryMs = 60_000;
/** With a rival of the same identity: at least so long, so that each of the two has the line for a while. */
const rivalRetryMs = { least: 30_000, most: 300_000 };
/** A connection that lived this long was a good one; a broker that accepts and drops at once must not be hammered. */
const stableAfterMs = 10_000;
/** Longer than the longest wait of a rival: he is gone. */
const rivalForgottenAfterMs = 600_000;
/** A broker that refused MQTT 5 may have been upgraded since. */
const refusalForgottenAfterMs = 3_600_000;
/** A broker that hangs up on the greeting so often in a row without a word is taken for an old one; a broker that restarts does it too. */
const hangUpsMeaningOld = 2;
const lookAtFilesEveryMs = 60_000;

/** The broker, or the robot's own check of it, does not let the two together. */
const refuses = ({ code }: ErrorInfo) => code === 'QUEUE_TLS' || code === 'QUEUE_NOT_AUTHORISED';

/** {@link Transport} over the `mqtt` package: which broker, which version of MQTT, how long to wait. */
export class MqttTransport implements Transport {
  readonly connected = new Signal<void>();
  readonly lost = new Signal<ErrorInfo>();
  readonly failed = new Signal<ErrorInfo>();
  readonly message = new Signal<TransportMessage>();
  private readonly options: MqttTransportOptions;
  private readonly access: BrokerAccess;
  private readonly backoff: Backoff;
  private readonly refusedBackoff: Backoff;
  private readonly rivalBackoff: Backoff;
  /** By URL: until when (monotonic ms) MQTT 5 is not tried. */
  private readonly refuses5UntilMs = new Map<string, number>();
  private readonly hangUps = new Map<string, number>();
  private version: 4 | 5;
  private session: Session | null = null;
  private connection: MqttConnection | null = null;
  private attempts = 0;
  private rival = false;
  private cleanNext = false;
  private cancelRetry: Cancel = () => {};
  private cancelStable: Cancel = () => {};
  private cancelLook: Cancel = () => {};

  constructor(options: MqttTransportOptions) {
    const { random, protocol } = options;
    this.options = options;
    this.version = protocol === '3.1.1' ? 4 : 5;
    this.access = new BrokerAccess(options);
    this.backoff = new Backoff(random, firstRetryMs, longestRetryMs);
    this.refusedBackoff = new Backoff(random, firstRefusedRetryMs, longestRefusedRetryMs);
    this.rivalBackoff = new Backoff(random, rivalRetryMs.least, rivalRetryMs.most - rivalRetryMs.least);
  }

  get protocol(): '5' | '3.1.1' {
    return this.version === 5 ? '5' : '3.1.1';
  }

  get certificates(): readonly CertificateDates[] {
    return this.connection?.certificates ?? this.access.material?.dates ?? [];
  }

  get brokerHost(): string | null {
    return this.connection ? new URL(this.connection.url).host : null;
  }

  start(session: Session): void {
    if (this.session) return;
    this.session = session;
    if (this.options.tls) this.cancelLook = this.options.clock.every(lookAtFilesEveryMs, () => this.lookAtFiles());
    this.connect(session);
  }

  async stop(): Promise<void> {
    this.session = null;
    this.cancelRetry();
    this.cancelStable();
    this.cancelLook();
    const { connection } = this;
    this.connection = null;
    await connection?.close();
  }

  async publish(topic: string, payload: string, options: PublishOptions): Promise<void> {
    if (!this.connection?.ready) throw new LetanError('QUEUE_OFFLINE', 'no connection to the broker');
    await this.connection.publish(topic, payload, options);
  }

  expectRival(): void {
    this.rival = true;
  }

  private connect(session: Session): void {
    const { brokerUrls, clientId, clock } = this.options;
    const url = brokerUrls[this.attempts++ % brokerUrls.length] ?? '';
    this.version = this.versionFor(url);
    try {
      const connection: MqttConnection = new MqttConnection({
        url,
        version: this.version,
        clientId,
        clean: this.cleanNext,
        access: this.access,
        subscriptions: session.subscriptions,
        optional: session.optional ?? [],
        will: session.will(),
        clock,
        onReady: () => connection === this.connection && this.onReady(url),
        onMessage: (message) => connection === this.connection && this.deliver(message),
        onEnd: (end) => connection === this.connection && this.onEnd(session, url, end),
      });
      this.connection = connection;
    } catch (error) {
      // A file that cannot be used, or a URL of no broker.
      this.onFailed(session, toErrorInfo(error, 'QUEUE_TLS'));
    }
  }

  private versionFor(url: string): 4 | 5 {
    const { protocol, clock } = this.options;
    if (protocol !== 'auto') return protocol === '5' ? 5 : 4;
    return clock.monotonicMs() < (this.refuses5UntilMs.get(url) ?? 0) ? 4 : 5;
  }

  private onReady(url: string): void {
    const { clock } = this.options;
    this.access.onAccepted();
    this.cleanNext = false;
    this.hangUps.delete(url);
    const cancelShort = clock.after(stableAfterMs, () => {
      this.backoff.reset();
      this.refusedBackoff.reset();
    });
    const cancelLong = clock.after(rivalForgottenAfterMs, () => {
      this.rival = false;
      this.rivalBackoff.reset();
    });
    this.cancelStable = () => {
      cancelShort();
      cancelLong();
    };
    this.connected.emit();
  }

  private onEnd(session: Session, url: string, end: ConnectionEnd): void {
    this.connection = null;
    this.cancelStable();
    if (end.oversized) this.cleanNext = true;
    if (end.fault.code === 'QUEUE_DUPLICATE_CLIENT') this.rival = true;
    if (this.noteVersion(url, end)) {
      this.options.logger.info({ url, protocol: '3.1.1' }, 'broker refuses MQTT 5');
      this.askAgain(session);
      return;
    }
    const back = refuses(end.fault) && !end.wasReady ? this.access.onRefused(end.fault) : null;
    if (back) {
      this.askAgain(session);
      this.failed.emit(back);
      return;
    }
    if (!end.wasReady) {
      this.onFailed(session, end.fault);
      return;
    }
    this.retry(session, this.rival ? this.waitForRival() : this.waitAfter(end.fault), end.fault);
    this.lost.emit(end.fault);
  }

  /** The same broker, at once, in another way. */
  private askAgain(session: Session): void {
    this.attempts--;
    this.cancelRetry = this.options.clock.after(0, () => this.connect(session));
  }

  /** True when the same broker should be asked again with 3.1.1. */
  private noteVersion(url: string, { versionRefused }: ConnectionEnd): boolean {
    const { protocol, clock } = this.options;
    if (protocol !== 'auto' || this.version !== 5 || versionRefused === 'no') return false;
    const hangUps = (this.hangUps.get(url) ?? 0) + 1;
    this.hangUps.set(url, hangUps);
    if (versionRefused === 'perhaps' && hangUps < hangUpsMeaningOld) return false;
    this.refuses5UntilMs.set(url, clock.monotonicMs() + refusalForgottenAfterMs);
    return true;
  }

  private onFailed(session: Session, fault: ErrorInfo): void {
    this.retry(session, this.waitAfter(fault), fault);
    this.failed.emit(fault);
  }

  private retry(session: Session, waitMs: number, fault: ErrorInfo): void {
    if (this.session !== session) return;
    this.options.logger.debug({ waitMs, ...fault }, 'broker away');
    this.cancelRetry = this.options.clock.after(waitMs, () => this.connect(session));
  }

  private waitAfter(fault: ErrorInfo): number {
    return (refuses(fault) ? this.refusedBackoff : this.backoff).next();
  }

  private waitForRival(): number {
    return rivalRetryMs.least + this.rivalBackoff.next();
  }

  private lookAtFiles(): void {
    const seen = this.access.look();
    if (seen === 'same') return;
    if (seen === 'renewed') this.renew();
    else this.failed.emit(seen);
  }

  /** New files are in place: over to them at once, without the will. */
  private renew(): void {
    const { session, connection, options } = this;
    if (!session) return;
    options.logger.info({}, 'certificate files were renewed');
    this.cancelRetry();
    this.cancelStable();
    this.connection = null;
    const wasReady = connection?.ready ?? false;
    if (wasReady) this.lost.emit({ code: 'QUEUE_OFFLINE', detail: 'connecting anew with renewed certificate files' });
    const again = () => this.session === session && !this.connection && this.connect(session);
    if (connection) void connection.close().then(again, again);
    else again();
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
