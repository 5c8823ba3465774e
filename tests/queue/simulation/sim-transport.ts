import type { Cancel } from '../../../src/core/clock.ts';
import { type ErrorInfo, LetanError } from '../../../src/core/errors.ts';
import { Signal } from '../../../src/core/signal.ts';
import { Backoff } from '../../../src/queue/backoff.ts';
import type { PublishOptions, Session, Transport, TransportMessage } from '../../../src/queue/transport.ts';
import type { Broker } from './broker.ts';
import type { Process } from './machine.ts';
import { type Conditions, type End, type Packet, Wire } from './wire.ts';

export interface Taps {
  /** What this side sends, before it leaves; answers what leaves instead. */
  sending?: (topic: string, payload: string) => string;
  /** The broker has what was sent; what this answers is heard as if the broker had sent it. */
  acknowledged?: (topic: string, payload: string) => { topic: string; payload: string } | null;
  /** What arrives, before this side reads it; answers what it reads instead, or null to leave it unread. */
  receiving?: (topic: string, payload: string) => string | null;
  /** How long this side takes to get to a message, ms. */
  slownessMs?: () => number;
  /** This side takes somebody else for a second program of its own identity. */
  rivalExpected?: () => void;
}

export interface SimTransportOptions {
  process: Process;
  broker: Broker;
  clientId: string;
  conditions: () => Conditions;
  taps: Taps;
}

interface Sent {
  topic: string;
  payload: string;
  resolve: () => void;
  reject: (error: LetanError) => void;
}

const connectTimeoutMs = 5_000;
/** As the real transport has it: from a loss with a rival about until the next attempt, and how long without one he counts as gone. */
const rivalRetryMs = { least: 30_000, most: 300_000 };
const rivalForgottenAfterMs = 600_000;
const never = new Promise<never>(() => {});

/** The MQTT client of one process: it connects, subscribes, publishes at QoS 0 and 1, and comes back with back-off. */
export class SimTransport implements Transport {
  readonly connected = new Signal<void>();
  readonly lost = new Signal<ErrorInfo>();
  readonly message = new Signal<TransportMessage>();
  private readonly options: SimTransportOptions;
  private readonly backoff: Backoff;
  private readonly rivalBackoff: Backoff;
  private readonly sent = new Map<number, Sent>();
  private session: Session | null = null;
  private wire: Wire | null = null;
  private up = false;
  private nextId = 1;
  private readUntilMs = 0;
  private rival = false;
  private cancelTimeout: Cancel = () => {};
  private cancelStable: Cancel = () => {};

  constructor(options: SimTransportOptions) {
    this.options = options;
    this.backoff = new Backoff(options.process.random, 500, 30_000);
    this.rivalBackoff = new Backoff(options.process.random, rivalRetryMs.least, rivalRetryMs.most - rivalRetryMs.least);
    options.process.died.on(() => this.wire?.abandon('client'));
  }

  start(session: Session): void {
    if (this.session) return;
    this.session = session;
    this.connect(session);
  }

  async stop(): Promise<void> {
    this.session = null;
    this.up = false;
    this.cancelTimeout();
    this.wire?.send('up', { kind: 'DISCONNECT' });
    this.wire = null;
  }

  publish(topic: string, payload: string, { qos, retain = false, expiresInS }: PublishOptions): Promise<void> {
    const { wire, options } = this;
    if (!wire || !this.up) return Promise.reject(new LetanError('QUEUE_OFFLINE', 'no connection to the broker'));
    return this.surviving(() => {
      const sent = options.taps.sending?.(topic, payload) ?? payload;
      const id = qos === 1 ? this.nextId++ : null;
      const publication = { topic, payload: sent, retain };
      const acknowledged = new Promise<void>((resolve, reject) => {
        if (id === null) resolve();
        else this.sent.set(id, { topic, payload: sent, resolve, reject });
      });
      wire.send('up', { kind: 'PUBLISH', id, publication, expiresInS });
      return acknowledged;
    });
  }

  expectRival(): void {
    this.rival = true;
    this.options.taps.rivalExpected?.();
  }

  /** A process that dies on the way neither goes on nor learns how it went. */
  private surviving(send: () => Promise<void>): Promise<void> {
    const { process } = this.options;
    try {
      process.step();
      const outcome = send();
      process.step();
      return outcome;
    } catch (error) {
      if (process.alive) throw error;
      return never;
    }
  }

  private connect(session: Session): void {
    const { process, broker, clientId, conditions } = this.options;
    const { time, happenings, dice } = process.machine;
    const end: End = {
      receive: (packet) => {
        if (process.alive) process.survive(() => this.receive(wire, session, packet));
      },
      closed: () => {
        if (process.alive) process.survive(() => this.onClosed(wire, session));
      },
    };
    const wire = new Wire(end, { time, happenings, dice }, conditions);
    this.wire = wire;
    if (conditions().reachable) {
      broker.accept(wire, clientId);
      const will = session.will();
      wire.send('up', { kind: 'CONNECT', will: { ...will, retain: true } });
    }
    this.cancelTimeout = process.after(connectTimeoutMs, () => {
      wire.abandon('client');
      this.onClosed(wire, session);
    });
  }

  private receive(wire: Wire, session: Session, packet: Packet): void {
    if (wire !== this.wire) return;
    switch (packet.kind) {
      case 'CONNACK':
        wire.send('up', { kind: 'SUBSCRIBE', filters: [...session.subscriptions, ...(session.optional ?? [])] });
        return;
      case 'SUBACK':
        this.up = true;
        this.cancelTimeout();
        this.watchStability();
        this.options.process.machine.happenings.count('connected');
        this.connected.emit();
        return;
      case 'PUBACK': {
        const sent = this.sent.get(packet.id);
        this.sent.delete(packet.id);
        sent?.resolve();
        const feigned = sent ? this.options.taps.acknowledged?.(sent.topic, sent.payload) : null;
        if (feigned) this.hear(wire, null, feigned);
        return;
      }
      case 'PUBLISH':
        this.hear(wire, packet.id, packet.publication);
        return;
      case 'CONNECT':
      case 'SUBSCRIBE':
      case 'DISCONNECT':
        return;
    }
  }

  private hear(wire: Wire, id: number | null, { topic, payload }: { topic: string; payload: string }): void {
    const { process, taps } = this.options;
    const nowMs = process.monotonicMs();
    this.readUntilMs = Math.max(this.readUntilMs, nowMs + (taps.slownessMs?.() ?? 0));
    const read = () => {
      process.step();
      const heard = taps.receiving ? taps.receiving(topic, payload) : payload;
      if (heard !== null) this.message.emit({ topic, payload: Buffer.from(heard) });
      process.step();
      if (id !== null) wire.send('up', { kind: 'PUBACK', id });
    };
    if (this.readUntilMs > nowMs) process.after(this.readUntilMs - nowMs, read);
    else read();
  }

  private onClosed(wire: Wire, session: Session): void {
    if (wire !== this.wire) return;
    const { process } = this.options;
    this.wire = null;
    this.cancelTimeout();
    this.cancelStable();
    const wasUp = this.up;
    this.up = false;
    const unacknowledged = [...this.sent.values()];
    this.sent.clear();
    for (const sent of unacknowledged) sent.reject(new LetanError('QUEUE_OFFLINE', 'connection lost while publishing'));
    if (wasUp) this.lost.emit({ code: 'QUEUE_OFFLINE', detail: 'connection lost' });
    process.machine.happenings.count('disconnected');
    const waitMs = wasUp && this.rival ? rivalRetryMs.least + this.rivalBackoff.next() : this.backoff.next();
    if (this.session === session) process.after(waitMs, () => this.connect(session));
  }

  private watchStability(): void {
    const { process } = this.options;
    const cancelShort = process.after(10_000, () => this.backoff.reset());
    const cancelLong = process.after(rivalForgottenAfterMs, () => {
      this.rival = false;
      this.rivalBackoff.reset();
    });
    this.cancelStable = () => {
      cancelShort();
      cancelLong();
    };
  }
}
