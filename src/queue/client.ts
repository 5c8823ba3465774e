import type { Call, Service, Serving, Ticket } from '../behaviour/model.ts';
import type { Cancel, Clock } from '../core/clock.ts';
import { type ErrorInfo, errorKinds, toErrorInfo } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { Signal } from '../core/signal.ts';
import type { Store } from '../store/store.ts';
import { Announcements } from './announcements.ts';
import { Backoff } from './backoff.ts';
import { type CommandHandler, CommandInbox } from './command-inbox.ts';
import {
  type ConnectionState,
  connectionSchema,
  contractVersion,
  type LinkHealth,
  type RobotState,
  type RobotTelemetry,
} from './contract.ts';
import { Drain } from './drain.ts';
import { Intake } from './intake.ts';
import { Requests } from './requests.ts';
import { type CheckInRequest, TicketDesk, type TicketRequest } from './ticket-desk.ts';
import { queueTopics, robotTopics, topicMatches } from './topics.ts';
import type { PublishOptions, Transport, TransportMessage } from './transport.ts';
import { envelope, isoTime } from './wire.ts';

export interface QueueLinkOptions {
  ward: string;
  robotId: string;
  /** Name and version of this program, for instance `letan 0.1.0`. */
  software: string;
  /** Digest of the configuration in force. */
  configurationVersion: string | null;
  transport: Transport;
  store: Store;
  clock: Clock;
  random: Random;
  ids: Ids;
  logger: Logger;
  /** Deadline of a request, ms; after it a ticket comes from the lease. */
  requestTimeoutMs: number;
  /** Numbers held per service for an outage; default 30, half a day at one ticket each 8 minutes. */
  leasedNumbers?: number;
}

export type LinkStatus = { online: true } | { online: false; error: ErrorInfo };

const stateEveryMs = 30_000;
const leaseCheckEveryMs = 60_000;

/** The robot's link to the ward's queue server. Online means: the broker is there, and the queue server says it is too. */
export class QueueLink {
  readonly onlineChanged = new Signal<LinkStatus>();
  readonly servicesChanged: Signal<Service[]>;
  readonly servingChanged: Signal<Serving[]>;
  /** Late and repeated calls are already dropped. */
  readonly callReceived: Signal<Call>;
  private readonly options: QueueLinkOptions;
  private readonly queue: ReturnType<typeof queueTopics>;
  private readonly robot: ReturnType<typeof robotTopics>;
  private readonly intake: Intake;
  private readonly instanceId: string;
  private readonly requests: Requests;
  private readonly desk: TicketDesk;
  private readonly announcements: Announcements;
  private readonly inbox: CommandInbox;
  private readonly drain: Drain;
  private connected = false;
  private serverThere = false;
  private wasOnline = false;
  private leasing = false;
  private state: RobotState | null = null;
  private timers: Cancel[] = [];

  constructor(options: QueueLinkOptions) {
    const { ward, robotId, store, clock, random, ids, logger, transport } = options;
    this.options = options;
    this.queue = queueTopics(ward);
    this.robot = robotTopics(ward, robotId);
    this.instanceId = ids.next();
    this.intake = new Intake(ward, logger, clock);
    const { intake } = this;
    this.requests = new Requests({ ward, robotId, transport, clock, ids, intake, timeoutMs: options.requestTimeoutMs });
    this.announcements = new Announcements(store, clock, logger, intake);
    this.servicesChanged = this.announcements.servicesChanged;
    this.servingChanged = this.announcements.servingChanged;
    this.callReceived = this.announcements.callReceived;
    this.inbox = new CommandInbox({
      ward,
      robotId,
      clock,
      ids,
      logger,
      intake,
      replyTopic: this.queue.commandReplies(robotId),
      publish: (...args) => this.send(...args),
    });
    const isOnline = () => this.online;
    this.drain = new Drain({
      outbox: store.outbox,
      requests: this.requests,
      clock,
      backoff: new Backoff(random, 1_000, 30_000),
      logger,
      isOnline,
    });
    this.desk = new TicketDesk({
      store,
      requests: this.requests,
      clock,
      ids,
      logger,
      isOnline,
      services: () => this.announcements.services,
      onStored: () => this.drain.kick(),
    });
  }

  get online(): boolean {
    return this.connected && this.serverThere;
  }

  /** How this link does. */
  get health(): LinkHealth {
    const { store } = this.options;
    return {
      protocol: '5',
      outboxLength: store.outbox.length,
      stuckCount: 0,
      refusedCount: store.outbox.refusedCount,
      leasedNumbers: this.announcements.services.reduce((sum, { serviceId }) => sum + store.leases.remaining(serviceId), 0),
      clockSkewMs: null,
      certificateExpiresAt: null,
      droppedMessages: this.intake.dropped,
    };
  }

  /** `handler` answers every command of the ward from now on. */
  onCommand(handler: CommandHandler): void {
    this.inbox.onCommand(handler);
  }

  /** Voids what a crash left open, announces the services known from before, and begins to connect. */
  start(): void {
    const { transport, clock, logger } = this.options;
    transport.message.on((message) => this.route(message));
    transport.connected.on(() => this.onConnected());
    transport.lost.on((error) => this.onLost(error));
    try {
      this.desk.voidUnsettled();
      this.announcements.restore();
    } catch (error) {
      logger.error(toErrorInfo(error, 'STORE_FAILED'), 'nothing could be restored');
    }
    this.timers = [clock.every(stateEveryMs, () => this.sendState()), clock.every(leaseCheckEveryMs, () => this.renewLeases())];
    const { connection, replies, anyCommand } = this.robot;
    const { services, calls, anyServing } = this.queue;
    transport.start({
      subscriptions: [replies, anyCommand, services, calls, anyServing, this.queue.connection],
      will: () => ({ topic: connection, payload: this.connectionPayload('connectionBroken') }),
    });
  }

  /** Says goodbye and closes. The store stays open; it is the caller's. */
  async stop(): Promise<void> {
    for (const cancel of this.timers) cancel();
    this.timers = [];
    this.drain.stop();
    const { transport, logger } = this.options;
    if (this.connected) {
      const goodbye = transport.publish(this.robot.connection, this.connectionPayload('offline'), { qos: 1, retain: true });
      await goodbye.catch((error: unknown) => logger.debug(toErrorInfo(error, 'QUEUE_OFFLINE'), 'left without goodbye'));
    }
    this.connected = false;
    this.requests.abandon();
    await transport.stop();
  }

  /**
   * A number from the queue server, or from the lease (`offline: true`) when it is away or silent. Rejects with
   * `QUEUE_SERVICE_CLOSED`, `QUEUE_REFUSED`, `QUEUE_OFFLINE` (no leased number left), `OUTBOX_FULL`, `STORE_FAILED`.
   */
  reserveTicket(request: TicketRequest): Promise<Ticket> {
    return this.desk.reserve(request);
  }

  /** Turns a booking into a ticket. Rejects with `BOOKING_UNKNOWN`, `QUEUE_OFFLINE`, `QUEUE_REFUSED`, `OUTBOX_FULL`, `STORE_FAILED`. */
  checkInBooking(request: CheckInRequest): Promise<Ticket> {
    return this.desk.checkIn(request);
  }

  /** The printer confirmed the ticket. Resolves when durably stored; twice is once. Rejects with `QUEUE_REFUSED` for an unknown or voided one. */
  async commitTicket(ticketId: string): Promise<void> {
    this.desk.commit(ticketId);
  }

  /** The ticket did not come out. Resolves when durably stored; twice is once. */
  async voidTicket(ticketId: string, reason: string): Promise<void> {
    this.desk.void(ticketId, reason);
  }

  /** `jwe`: the people's card data, sealed to the queue server's key. Resolves when durably stored. */
  async submitRegistration(registration: { visitId: string; personCount: number; jwe: string }): Promise<void> {
    const { clock, ids } = this.options;
    this.promise('registrations', { ...registration, registrationId: ids.next(), readAt: isoTime(clock.nowMs()) });
  }

  /** `score` 1..5. Resolves when durably stored. */
  async submitFeedback(feedback: { visitId: string; score: number }): Promise<void> {
    this.promise('feedback', { ...feedback, givenAt: isoTime(this.options.clock.nowMs()) });
  }

  /** Resolves with the receipt number when durably stored, for instance `PA-260105-7XK2QM`. */
  async submitPetition(petition: { visitId: string; jwe: string }): Promise<string> {
    const { clock, ids } = this.options;
    const day = isoTime(clock.nowMs()).slice(2, 10).replaceAll('-', '');
    // The random end of a ULID: 30 bits a day, and the queue server refuses a number already taken.
    const receiptNumber = `PA-${day}-${ids.next().slice(-6)}`;
    this.promise('petitions', { ...petition, receiptNumber, filedAt: isoTime(clock.nowMs()) });
    return receiptNumber;
  }

  /** Publishes `state` now and every 30 s. */
  publishState(state: RobotState): void {
    this.state = state;
    this.sendState();
  }

  publishTelemetry(telemetry: RobotTelemetry): void {
    this.send(this.robot.telemetry, { robotId: this.options.robotId, telemetry }, { qos: 0 });
  }

  /** Not kept while offline: the state carries what is still wrong. */
  publishError(error: ErrorInfo): void {
    const { level, hint } = errorKinds[error.code];
    this.send(
      this.robot.errors,
      { robotId: this.options.robotId, code: error.code, level, hint, detail: error.detail.slice(0, 500) },
      { qos: 1 },
    );
  }

  private promise(operation: 'registrations' | 'feedback' | 'petitions', body: object): void {
    const idempotencyKey = `${operation}:${this.options.ids.next()}`;
    this.options.store.outbox.add({ idempotencyKey, operation, body });
    this.drain.kick();
  }

  private route(message: TransportMessage): void {
    const { queue, robot } = this;
    const { topic } = message;
    if (topic === robot.replies) this.requests.handleReply(message);
    else if (topic === queue.services) this.announcements.handleServices(message);
    else if (topic === queue.calls) this.announcements.handleCall(message);
    else if (topic === queue.connection) this.onServer(message);
    else if (topicMatches(queue.anyServing, topic)) this.announcements.handleServing(message);
    else if (topicMatches(robot.anyCommand, topic)) this.inbox.handle(message);
  }

  private onConnected(): void {
    this.connected = true;
    this.sendPayload(this.robot.connection, this.connectionPayload('online'), { qos: 1, retain: true });
    this.sendState();
    this.noteOnline({ code: 'QUEUE_OFFLINE', detail: 'the queue server is away' });
  }

  private onLost(error: ErrorInfo): void {
    this.connected = false;
    this.serverThere = false;
    this.requests.abandon();
    this.noteOnline(error);
  }

  private onServer(message: TransportMessage): void {
    const announced = this.intake.read(connectionSchema, message);
    if (!announced) return;
    this.serverThere = announced.state === 'online';
    if (!this.serverThere) this.requests.abandon();
    this.noteOnline({ code: 'QUEUE_OFFLINE', detail: 'the queue server is away' });
  }

  private noteOnline(error: ErrorInfo): void {
    const online = this.online;
    if (online) {
      this.renewLeases();
      this.drain.kick();
    }
    if (online === this.wasOnline) return;
    this.wasOnline = online;
    this.onlineChanged.emit(online ? { online } : { online, error });
  }

  /** Keeps numbers for an outage in hand; asks again when fewer than half are left of any service. */
  private renewLeases(): void {
    const { store, logger, leasedNumbers = 30 } = this.options;
    const short = this.announcements.services.some((service) => store.leases.remaining(service.serviceId) * 2 < leasedNumbers);
    if (!this.online || this.leasing || (!short && this.announcements.services.length > 0)) return;
    this.leasing = true;
    const send = { idempotencyKey: `lease:${this.options.ids.next()}`, lifetimeMs: 60_000 };
    this.requests
      .send('leases', { numbersPerService: leasedNumbers }, send)
      .then(({ leases }) => store.leases.save(leases.map(({ expiresAt, ...lease }) => ({ ...lease, expiresAtMs: Date.parse(expiresAt) }))))
      .catch((error: unknown) => logger.warn(toErrorInfo(error, 'QUEUE_REFUSED'), 'no numbers leased'))
      .finally(() => {
        this.leasing = false;
      });
  }

  private sendState(): void {
    if (!this.state || !this.connected) return;
    this.send(this.robot.state, { robotId: this.options.robotId, state: this.state, link: this.health }, { qos: 1, retain: true });
  }

  private connectionPayload(state: ConnectionState): string {
    const { clock, ids, ward, software } = this.options;
    const { instanceId } = this;
    return JSON.stringify({ ...envelope(clock, ids, ward), state, instanceId, versions: [contractVersion], software });
  }

  private send(topic: string, body: object, options: PublishOptions): void {
    const { clock, ids, ward } = this.options;
    this.sendPayload(topic, JSON.stringify({ ...envelope(clock, ids, ward), ...body }), options);
  }

  private sendPayload(topic: string, payload: string, options: PublishOptions): void {
    if (!this.connected) return;
    const { transport, logger } = this.options;
    transport
      .publish(topic, payload, options)
      .catch((error: unknown) => logger.debug(toErrorInfo(error, 'QUEUE_OFFLINE'), 'not published'));
  }
}
