import type { Service } from '../../src/behaviour/model.ts';
import type { Cancel, Clock } from '../../src/core/clock.ts';
import { toErrorInfo } from '../../src/core/errors.ts';
import type { Ids } from '../../src/core/ids.ts';
import type { Logger } from '../../src/core/logger.ts';
import { Signal, type Unsubscribe } from '../../src/core/signal.ts';
import { type Operation, type Outcome, operations, type RequestOf } from '../../src/queue/contract.ts';
import { Intake } from '../../src/queue/intake.ts';
import { queueTopics, robotTopics, topicMatches } from '../../src/queue/topics.ts';
import type { PublishOptions, Transport, TransportMessage } from '../../src/queue/transport.ts';
import { envelope, isoTime } from '../../src/queue/wire.ts';
import type { MadeCall, TicketUpdate } from './calling.ts';
import type { Faults } from './faults.ts';
import type { Flood } from './flood.ts';
import { RequestDoor } from './request-door.ts';
import { RobotDesk } from './robot-desk.ts';
import { ServerPresence } from './server-presence.ts';

/** Counts change with every ticket; robots need not hear of each. */
const servicesAtMostEveryMs = 200;
/** An update is worth reading for so long. */
const updateLifetimeMs = 300_000;
/** Calls and updates kept for a broker that is away; they expire anyway. */
const mostUnsent = 200;

export interface WardLinkOptions {
  ward: string;
  transport: Transport;
  clock: Clock;
  ids: Ids;
  logger: Logger;
  faults: Faults;
  flood: Flood;
  supported: readonly Operation[];
  decide: <O extends Operation>(operation: O, request: RequestOf<O>) => Outcome;
  services: () => Service[];
}

interface Unsent {
  topic: string;
  body: object;
  expiresAtMs: number;
}

/** The queue server's end of MQTT: requests in, replies and announcements out. */
export class WardLink {
  readonly connected = new Signal<void>();
  readonly robotsChanged = new Signal<void>();
  readonly robotDesk: RobotDesk;
  private readonly options: WardLinkOptions;
  private readonly queue: ReturnType<typeof queueTopics>;
  private readonly requestFilters: { operation: Operation; filter: string }[];
  private readonly intake: Intake;
  private readonly door: RequestDoor;
  private readonly presence: ServerPresence;
  private readonly unsent = new Set<Unsent>();
  private offs: Unsubscribe[] = [];
  private lastServices = '';
  private servicesSaidMs = Number.NEGATIVE_INFINITY;
  private cancelServices: Cancel | null = null;
  private up = false;

  constructor(options: WardLinkOptions) {
    const { ward, clock, ids, logger } = options;
    this.options = options;
    this.queue = queueTopics(ward);
    this.requestFilters = operations.map((operation) => ({ operation, filter: this.queue.request(operation) }));
    this.intake = new Intake(ward, logger, clock);
    this.door = new RequestDoor({
      ...options,
      intake: this.intake,
      publish: (topic, body, correlation) => this.publish(topic, body, { qos: 1, correlation }),
    });
    const publish = (topic: string, payload: string, how: PublishOptions) => this.publishPayload(topic, payload, how);
    this.robotDesk = new RobotDesk({ ward, clock, ids, intake: this.intake, publish });
    const say = (payload: string) => publish(this.queue.connection, payload, { qos: 1, retain: true });
    this.presence = new ServerPresence({ ward, clock, ids, intake: this.intake, say });
  }

  /** Connected to the broker now. */
  get isUp(): boolean {
    return this.up;
  }

  /** Messages dropped since the start, by cause. */
  get dropped(): Record<string, number> {
    return this.intake.dropped;
  }

  start(): void {
    const { transport, ward } = this.options;
    this.offs = [
      transport.message.on((message) => this.route(message)),
      transport.connected.on(() => this.onConnected()),
      transport.lost.on(() => {
        this.up = false;
        this.robotsChanged.emit();
      }),
    ];
    const robots = robotTopics(ward, '+');
    transport.start({
      subscriptions: [
        ...this.requestFilters.map(({ filter }) => filter),
        robots.connection,
        robots.state,
        robots.errors,
        robots.logs,
        this.queue.commandReplies(),
      ],
      // A broker whose access list is older than this program refuses it.
      optional: [this.queue.connection],
      will: () => ({ topic: this.queue.connection, payload: this.presence.payload('connectionBroken') }),
    });
  }

  async stop(): Promise<void> {
    const { transport, logger } = this.options;
    this.quiet();
    if (this.up) {
      const goodbye = transport.publish(this.queue.connection, this.presence.payload('offline'), { qos: 1, retain: true });
      await goodbye.catch((error: unknown) => logger.debug(toErrorInfo(error, 'QUEUE_OFFLINE'), 'left without goodbye'));
    }
    await transport.stop();
  }

  /** Hears and says nothing from now on, and leaves the connection as it is. */
  quiet(): void {
    for (const off of this.offs) off();
    this.cancelServices?.();
    this.cancelServices = null;
  }

  /** Said again when the broker was away, as long as it is good; robots know a call they heard before. */
  publishCall(call: MadeCall): void {
    const { expiresAtMs, ...body } = call;
    this.publishPassing({ topic: this.queue.calls, body: { ...body, expiresAt: isoTime(expiresAtMs) }, expiresAtMs });
  }

  publishUpdate(update: TicketUpdate): void {
    const expiresAtMs = this.options.clock.nowMs() + updateLifetimeMs;
    this.publishPassing({ topic: this.queue.updates, body: { ...update, expiresAt: isoTime(expiresAtMs) }, expiresAtMs });
  }

  publishServing(counter: number, open: boolean, ticketNumber: string | null): void {
    this.publish(this.queue.serving(counter), { counter, open, ticketNumber }, { qos: 1, retain: true });
  }

  /** Retained; said again only when something changed, and counts alone not more often than robots need. */
  publishServices(how: 'now' | 'soon'): void {
    if (!this.up) return;
    const { clock } = this.options;
    const waitMs = this.servicesSaidMs + servicesAtMostEveryMs - clock.monotonicMs();
    if (how === 'now' || waitMs <= 0) this.sayServices();
    else this.cancelServices ??= clock.after(waitMs, () => this.sayServices());
  }

  private sayServices(): void {
    this.cancelServices?.();
    this.cancelServices = null;
    const services = this.options.services();
    const text = JSON.stringify(services);
    if (!this.up || text === this.lastServices) return;
    this.lastServices = text;
    this.servicesSaidMs = this.options.clock.monotonicMs();
    this.publish(this.queue.services, { services }, { qos: 1, retain: true });
  }

  private onConnected(): void {
    this.up = true;
    this.lastServices = '';
    this.connected.emit();
    for (const entry of [...this.unsent]) this.publishPassing(entry);
    // Last, so that a robot that goes online upon it finds everything else in place.
    this.presence.sayOnline();
  }

  private route(message: TransportMessage): void {
    const operation = this.requestFilters.find(({ filter }) => topicMatches(filter, message.topic))?.operation;
    if (message.topic === this.queue.connection) this.presence.handle(message);
    else if (topicMatches(this.queue.commandReplies(), message.topic)) this.robotDesk.onCommandReply(message);
    else if (operation) this.door.enter(operation, message);
    else if (this.robotDesk.onRobot(message)) this.robotsChanged.emit();
  }

  private publishPassing(entry: Unsent): void {
    const { clock, ids, ward, transport, logger } = this.options;
    const leftMs = entry.expiresAtMs - clock.nowMs();
    this.unsent.delete(entry);
    if (leftMs <= 0) return;
    this.unsent.add(entry);
    const [oldest] = this.unsent;
    if (this.unsent.size > mostUnsent && oldest) this.unsent.delete(oldest);
    const payload = JSON.stringify({ ...envelope(clock, ids, ward), ...entry.body });
    transport.publish(entry.topic, payload, { qos: 1, expiresInS: Math.ceil(leftMs / 1000) }).then(
      () => this.unsent.delete(entry),
      (error: unknown) => logger.debug(toErrorInfo(error, 'QUEUE_OFFLINE'), 'waits for the broker'),
    );
  }

  private publish(topic: string, body: object, options: PublishOptions): void {
    const { clock, ids, ward } = this.options;
    this.publishPayload(topic, JSON.stringify({ ...envelope(clock, ids, ward), ...body }), options);
  }

  private publishPayload(topic: string, payload: string, options: PublishOptions): void {
    const { transport, logger } = this.options;
    transport
      .publish(topic, payload, options)
      .catch((error: unknown) => logger.debug(toErrorInfo(error, 'QUEUE_OFFLINE'), 'not published'));
  }
}
