import { compactDecrypt, importJWK, type JWK } from 'jose';
import { connect, type IClientPublishOptions, type MqttClient } from 'mqtt';
import { VendorBook } from './vendor-book.ts';
import { isObject, operations, parse, software, VendorDesk } from './vendor-desk.ts';
import { dayOf, iso, ulid, type VendorBooking, type VendorClock, type VendorService } from './vendor-types.ts';

/** The contract as published: a folder of JSON Schemas. */
export interface VendorOptions {
  ward: string;
  url: string;
  schemas: string;
  file: string;
  privateKey: JWK;
  clock: VendorClock;
  services: VendorService[];
  counters: number[];
  bookings: VendorBooking[];
}

interface CommandReply {
  inReplyTo: string;
  ok: boolean;
  code?: string;
  result?: Record<string, unknown>;
}

/** A queue server as a vendor writes it who has the contract's page and its schemas, and nothing else of letan. */
export class VendorServer {
  readonly book: VendorBook;
  readonly robots = new Map<string, { connection?: unknown; state?: Record<string, unknown> }>();
  dropped = 0;
  private readonly options: VendorOptions;
  private readonly instanceId: string;
  private readonly root: string;
  private readonly desk: VendorDesk;
  private readonly open = new Map<number, string | null>();
  private readonly asked = new Map<string, (reply: CommandReply) => void>();
  private client: MqttClient | null = null;
  private announcing: (() => void) | null = null;

  private constructor(options: VendorOptions) {
    this.options = options;
    this.book = new VendorBook(options);
    this.desk = new VendorDesk({ ...options, book: this.book });
    this.instanceId = ulid(options.clock.nowMs());
    this.root = `letan/v1/${options.ward}`;
    for (const counter of options.counters) this.open.set(counter, null);
    for (const { call, status, number } of this.book.tickets) if (call && status === 'called') this.open.set(call.counter, number);
  }

  static async start(options: VendorOptions): Promise<VendorServer> {
    const server = new VendorServer(options);
    await server.connect();
    return server;
  }

  /** Goodbye on purpose. */
  async stop(): Promise<void> {
    await this.tell('queue/connection', this.connection('offline'), { retain: true });
    await this.client?.endAsync();
    this.silence();
  }

  /** As a process dies: nothing is said. */
  die(): void {
    this.client?.end(true);
    this.client?.stream.destroy();
    this.silence();
  }

  callNext(counter: number, serviceIds = this.book.services.map(({ serviceId }) => serviceId)): Promise<string | null> {
    const ticket = this.book.next(counter, serviceIds);
    return ticket ? this.callOne(ticket.number, counter, 'call') : Promise.resolve(null);
  }

  /** Calls, calls again, or sends to another counter. */
  async callOne(number: string, counter: number, kind: 'call' | 'recall' | 'transfer' | 'walkDirect'): Promise<string | null> {
    const from = this.ticket(number).call?.counter;
    const call = this.book.change(() => {
      const ticket = this.ticket(number);
      const again = kind === 'recall' ? ticket.call : null;
      ticket.call = again ? { ...again, sequence: again.sequence + 1 } : { callId: ulid(this.nowMs), sequence: 1, counter };
      ticket.status = 'called';
      return ticket.call;
    });
    if (from !== undefined && from !== call.counter) await this.serve(from, null);
    await this.serve(call.counter, number);
    await this.tell('queue/calls', { ...call, kind, ticketNumber: number, expiresAt: this.inSeconds(60) }, { lifeS: 60 });
    this.announceSoon();
    return number;
  }

  /** The citizen was served: on to the next of her services, or home. */
  async finish(number: string): Promise<void> {
    const { change, counter } = this.book.change(() => {
      const ticket = this.ticket(number);
      ticket.services = ticket.services.slice(1);
      ticket.status = ticket.services.length > 0 ? 'waiting' : 'served';
      return { change: ticket.status === 'waiting' ? 'waitingAgain' : 'served', counter: ticket.call?.counter ?? null };
    });
    if (counter !== null) await this.serve(counter, null);
    await this.tell('queue/updates', { ticketNumber: number, change, counter, expiresAt: this.inSeconds(300) }, { lifeS: 300 });
    this.announceSoon();
  }

  /** Orders a robot; waits 2 s for its answer. */
  async command(robotId: string, order: { command: string; [field: string]: unknown }): Promise<CommandReply> {
    const messageId = ulid(this.nowMs);
    const replyTo = `${this.root}/queue/command-replies/${robotId}`;
    const head = { messageId, robotId, replyTo, expiresAt: this.inSeconds(60), idempotencyKey: `command:${messageId}` };
    const answered = new Promise<CommandReply>((resolve, reject) => {
      const cancel = this.options.clock.after(2_000, () => reject(new Error('the robot did not answer')));
      this.asked.set(messageId, (reply) => {
        cancel();
        resolve(reply);
      });
    });
    await this.tell(`robots/${robotId}/commands/${order.command}`, { ...head, ...order }, { lifeS: 60 });
    return answered;
  }

  /** What an officer sees. */
  async openSealed(jwe: string): Promise<unknown> {
    const { plaintext } = await compactDecrypt(jwe, await importJWK(this.options.privateKey, 'ECDH-ES'));
    return JSON.parse(new TextDecoder().decode(plaintext));
  }

  private get nowMs(): number {
    return this.options.clock.nowMs();
  }
  private inSeconds(seconds: number): string {
    return iso(this.nowMs + seconds * 1_000);
  }
  private ticket(number: string) {
    const today = dayOf(this.nowMs);
    const ticket = this.book.tickets.find((one) => one.number === number && one.day === today);
    if (!ticket) throw new Error('no such ticket');
    return ticket;
  }

  private silence(): void {
    this.announcing?.();
    this.announcing = null;
    this.client = null;
  }

  private async connect(): Promise<void> {
    const { ward, url } = this.options;
    const will = {
      topic: `${this.root}/queue/connection`,
      payload: Buffer.from(JSON.stringify(this.message(this.connection('connectionBroken')))),
      qos: 1 as const,
      retain: true,
    };
    const properties = { sessionExpiryInterval: 3_600, receiveMaximum: 64 };
    const session = { protocolVersion: 5 as const, clientId: `letan-queue-${ward}`, clean: false, keepalive: 15, properties, will };
    const client = connect(url, { ...session, reconnectPeriod: 500 });
    this.client = client;
    // Before anything comes in: the broker hands over what it kept for this session at once.
    client.on('message', (topic, payload) => void this.take(topic, payload).catch(() => this.dropped++));
    client.on('error', () => this.dropped++);
    await new Promise<void>((resolve) => {
      client.on('connect', () => void this.greet().then(resolve, () => this.dropped++));
    });
  }

  /** After every connection: subscriptions, services, every counter, and last that the server is there. */
  private async greet(): Promise<void> {
    const robots = ['connection', 'state', 'telemetry', 'errors', 'logs'].map((name) => `robots/+/${name}`);
    const topics = [...operations.map((operation) => `queue/${operation}/+`), ...robots, 'queue/command-replies/+'];
    await this.client?.subscribeAsync(
      topics.map((topic) => `${this.root}/${topic}`),
      { qos: 1 },
    );
    await this.announceServices();
    for (const [counter, number] of this.open) await this.serve(counter, number);
    await this.tell('queue/connection', this.connection('online'), { retain: true });
  }

  private async serve(counter: number, ticketNumber: string | null): Promise<void> {
    this.open.set(counter, ticketNumber);
    await this.tell(`queue/counters/${counter}/serving`, { counter, open: true, ticketNumber }, { retain: true });
  }

  private async announceServices(): Promise<void> {
    const services = this.book.services.map(({ serviceId, prefix, name, hours, open }) => {
      const waitingCount = this.book.waiting(serviceId).length;
      const load = { waitingCount, estimatedWaitMin: waitingCount * 3 };
      return { serviceId, prefix, name, hours, open, ...load, procedureCodes: [] };
    });
    await this.tell('queue/services', { services }, { retain: true });
  }

  /** At most once a second. */
  private announceSoon(): void {
    this.announcing ??= this.options.clock.after(1_000, () => {
      this.announcing = null;
      void this.announceServices().catch(() => this.dropped++);
    });
  }

  private connection(state: 'online' | 'offline' | 'connectionBroken') {
    return { state, instanceId: this.instanceId, versions: [1], software };
  }

  private message(body: object): object {
    return { version: 1, ward: this.options.ward, messageId: ulid(this.nowMs), sentAt: iso(this.nowMs), ...body };
  }

  private async tell(topic: string, body: object, { retain = false, lifeS = 0 } = {}): Promise<void> {
    const properties = { contentType: 'application/json', payloadFormatIndicator: true };
    const options: IClientPublishOptions = { qos: 1, retain, properties };
    if (lifeS > 0) options.properties = { ...properties, messageExpiryInterval: lifeS };
    await this.client?.publishAsync(`${this.root}/${topic}`, JSON.stringify(this.message(body)), options);
  }

  private async take(topic: string, payload: Buffer): Promise<void> {
    const levels = topic.slice(this.root.length + 1).split('/');
    const value = parse(payload);
    const [room, name = '', what] = levels;
    if (room === 'robots') {
      if (isObject(value) && what === 'connection') this.robots.set(name, { ...this.robots.get(name), connection: value.state });
      if (isObject(value) && what === 'state') this.robots.set(name, { ...this.robots.get(name), state: value });
    } else if (name === 'command-replies') {
      if (
        !this.desk.check<CommandReply>('commands-pause-reply', value) &&
        !this.desk.check<CommandReply>('commands-configurationVersion-reply', value)
      ) {
        this.dropped++;
        return;
      }
      this.asked.get(value.inReplyTo)?.(value);
      this.asked.delete(value.inReplyTo);
    } else await this.answer(levels.slice(1, -1).join('/'), levels.at(-1) ?? '', value);
  }

  private async answer(operation: string, robotId: string, value: unknown): Promise<void> {
    const answer = this.desk.answer(operation, robotId, value);
    if (!answer) {
      this.dropped++;
      return;
    }
    await this.tell(`robots/${robotId}/replies`, answer, { lifeS: 60 });
    if (answer.ok) this.announceSoon();
  }
}
