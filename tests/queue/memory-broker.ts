import { type ErrorInfo, LetanError } from '../../src/core/errors.ts';
import { Signal } from '../../src/core/signal.ts';
import type { PublishOptions, Session, Transport, TransportMessage } from '../../src/queue/transport.ts';

export interface Published {
  from: string;
  topic: string;
  body: Record<string, unknown>;
  retain: boolean;
}

/** A broker in memory, without time of its own: connections, retained messages and wills, and hands to cut, hold and repeat. */
export class MemoryBroker {
  readonly log: Published[] = [];
  private readonly retained = new Map<string, string>();
  private readonly clients = new Map<string, MemoryTransport>();
  /** Answers how often a message is delivered: 0 loses it, 2 doubles it. */
  deliveries: (message: Published) => number = () => 1;

  transport(name: string): MemoryTransport {
    const client = new MemoryTransport(this, name);
    this.clients.set(name, client);
    return client;
  }

  publish(from: string, topic: string, payload: string, retain: boolean): void {
    const message = { from, topic, body: JSON.parse(payload), retain };
    this.log.push(message);
    const times = this.deliveries(message);
    if (times === 0) return;
    if (retain) this.retained.set(topic, payload);
    for (let n = 0; n < times; n++) for (const client of this.clients.values()) client.offer(topic, payload);
  }

  /** Messages whose topic holds `part`, in order of publishing. */
  sent(part: string): Published[] {
    return this.log.filter((message) => message.topic.includes(part));
  }

  replay(client: MemoryTransport): void {
    for (const [topic, payload] of this.retained) client.offer(topic, payload);
  }
}

export class MemoryTransport implements Transport {
  readonly connected = new Signal<void>();
  readonly lost = new Signal<ErrorInfo>();
  readonly message = new Signal<TransportMessage>();
  private readonly broker: MemoryBroker;
  private readonly name: string;
  private session: Session | null = null;
  private up = false;

  constructor(broker: MemoryBroker, name: string) {
    this.broker = broker;
    this.name = name;
  }

  start(session: Session): void {
    this.session = session;
    this.connect();
  }

  async stop(): Promise<void> {
    this.up = false;
    this.session = null;
  }

  async publish(topic: string, payload: string, options: PublishOptions): Promise<void> {
    if (!this.up) throw new LetanError('QUEUE_OFFLINE', 'cut');
    this.broker.publish(this.name, topic, payload, options.retain ?? false);
  }

  connect(): void {
    this.up = true;
    this.broker.replay(this);
    queueMicrotask(() => this.connected.emit());
  }

  cut(): void {
    if (!this.up) return;
    this.up = false;
    const will = this.session?.will();
    if (will) this.broker.publish(this.name, will.topic, will.payload, true);
    this.lost.emit({ code: 'QUEUE_OFFLINE', detail: 'cut' });
  }

  offer(topic: string, payload: string): void {
    const filters = [...(this.session?.subscriptions ?? []), ...(this.session?.optional ?? [])];
    if (!this.up || !filters.some((filter) => matches(filter, topic))) return;
    queueMicrotask(() => this.up && this.message.emit({ topic, payload: new TextEncoder().encode(payload) }));
  }
}

function matches(filter: string, topic: string): boolean {
  const parts = topic.split('/');
  const wanted = filter.split('/');
  return wanted.length === parts.length && wanted.every((part, index) => part === '+' || part === parts[index]);
}
