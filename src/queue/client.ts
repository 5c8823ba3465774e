import type { Call, Service, Serving, Ticket, TicketUpdate } from '../behaviour/model.ts';
import type { Cancel, Clock } from '../core/clock.ts';
import { type ErrorInfo, toErrorInfo } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { Random } from '../core/random.ts';
import { Signal } from '../core/signal.ts';
import type { Store } from '../store/store.ts';
import { Announcements } from './announcements.ts';
import { Backoff } from './backoff.ts';
import { CallHold } from './call-hold.ts';
import { type CommandHandler, CommandInbox } from './command-inbox.ts';
import { contractVersion, type LinkHealth, type RobotState, type RobotTelemetry } from './contract.ts';
import { Drain } from './drain.ts';
import { Intake } from './intake.ts';
import { LeaseRenewal } from './lease-renewal.ts';
import { LinkDriver, type LinkStatus } from './link-driver.ts';
import { LinkWatch } from './link-watch.ts';
import { Presence } from './presence.ts';
import { PromiseDesk } from './promise-desk.ts';
import { type LogPart, Publisher } from './publisher.ts';
import { Requests } from './requests.ts';
import { ServerClock } from './server-clock.ts';
import { type CheckInRequest, TicketDesk, type TicketRequest } from './ticket-desk.ts';
import { anyVersionOf, queueTopics, robotTopics, topicMatches } from './topics.ts';
import type { Transport, TransportMessage } from './transport.ts';
import { isoTime } from './wire.ts';

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

export type { LinkStatus } from './link-driver.ts';

const stateEveryMs = 30_000;
const leaseCheckEveryMs = 60_000;
const leasedNumbersByDefault = 30;

/**
 * The robot's link to the ward's queue server. Online means: the broker is there, the queue server says that it is too, and it has
 * answered a hello.
 */
export class QueueLink {
  /** Emitted when online comes or goes, and when the cause of being offline is another. */
  readonly onlineChanged = new Signal<LinkStatus>();
  readonly servicesChanged: Signal<Service[]>;
  readonly servingChanged: Signal<Serving[]>;
  /** Late and repeated calls are already dropped. */
  readonly callReceived: Signal<Call>;
  /** What became of a ticket apart from calls; late news are already dropped. */
  readonly ticketUpdated: Signal<TicketUpdate>;
  private readonly options: QueueLinkOptions;
  private readonly queue: ReturnType<typeof queueTopics>;
  private readonly robot: ReturnType<typeof robotTopics>;
  private readonly intake: Intake;
  private readonly serverClock: ServerClock;
  private readonly publisher: Publisher;
  private readonly presence: Presence;
  private readonly watch: LinkWatch;
  private readonly requests: Requests;
  private readonly driver: LinkDriver;
  private readonly announcements: Announcements;
  private readonly callHold: CallHold;
  private readonly inbox: CommandInbox;
  private readonly drain: Drain;
  private readonly leaseRenewal: LeaseRenewal;
  private readonly desk: TicketDesk;
  private readonly promises: PromiseDesk;
  private timers: Cancel[] = [];

  constructor(options: QueueLinkOptions) {
    const { ward, robotId, store, clock, random, ids, logger, transport } = options;
    this.options = options;
    this.queue = queueTopics(ward);
    this.robot = robotTopics(ward, robotId);
    const intake = new Intake(ward, logger, clock);
    const serverClock = new ServerClock(clock);
    const basics = { ward, robotId, transport, clock, serverClock, ids, logger, intake, store, random };
    // What citizens get and give is dated by the queue server's clock, as far as it is known.
    const dated = { ...basics, clock: serverClock };
    const isOnline = () => this.online;
    const services = () => this.announcements.services;
    const onStored = () => this.drain.kick();
    this.intake = intake;
    this.serverClock = serverClock;
    this.publisher = new Publisher({ ...basics, health: () => this.health });
    this.presence = this.createPresence();
    this.watch = new LinkWatch({
      ...basics,
      certificates: () => transport.certificates ?? [],
      isConnected: () => this.publisher.connected,
      publish: (error) => this.publisher.error(error),
    });
    const requests = new Requests({ ...basics, timeoutMs: options.requestTimeoutMs, onSilence: () => this.driver.silence() });
    this.requests = requests;
    this.driver = this.createDriver(requests);
    this.announcements = new Announcements(store, () => serverClock.nowMs(), logger, intake);
    this.servicesChanged = this.announcements.servicesChanged;
    this.servingChanged = this.announcements.servingChanged;
    this.callReceived = this.announcements.callReceived;
    this.ticketUpdated = this.announcements.ticketUpdated;
    this.callHold = new CallHold((message) => this.routeExpiring(message));
    const replyTopic = this.queue.commandReplies(robotId);
    this.inbox = new CommandInbox({ ...dated, replyTopic, publish: (...args) => this.publisher.send(...args) });
    const onStuck = (error: ErrorInfo) => this.watch.tell(error);
    this.drain = new Drain({ ...basics, outbox: store.outbox, requests, backoff: new Backoff(random, 1_000, 30_000), isOnline, onStuck });
    const numbersPerService = options.leasedNumbers ?? leasedNumbersByDefault;
    const serviceIds = () => services().map(({ serviceId }) => serviceId);
    this.leaseRenewal = new LeaseRenewal({ ...basics, requests, services: serviceIds, isOnline, numbersPerService });
    this.desk = new TicketDesk({ ...dated, requests, isOnline, services, onStored });
    this.promises = new PromiseDesk({ ...dated, outbox: store.outbox, onStored });
  }

  get online(): boolean {
    return this.driver.online;
  }

  /** The queue server's clock as far as it is known, ms since the epoch; it dates calls. */
  serverNowMs(): number {
    return this.serverClock.nowMs();
  }

  /** How this link does. */
  get health(): LinkHealth {
    const { store, transport } = this.options;
    const own = transport.certificates?.find(({ whose }) => whose === 'robot');
    return {
      protocol: transport.protocol ?? '5',
      outboxLength: store.outbox.length,
      stuckCount: store.outbox.stuckCount,
      refusedCount: store.outbox.refusedCount,
      leasedNumbers: this.leaseRenewal.remaining,
      clockSkewMs: this.serverClock.skewMs,
      certificateExpiresAt: own ? isoTime(own.expiresAtMs) : null,
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
    transport.failed?.on((error) => this.onFailed(error));
    try {
      this.desk.voidUnsettled();
      this.announcements.restore();
    } catch (error) {
      logger.error(toErrorInfo(error, 'STORE_FAILED'), 'nothing could be restored');
    }
    this.timers = [clock.every(stateEveryMs, () => this.onTick()), clock.every(leaseCheckEveryMs, () => this.leaseRenewal.check())];
    this.driver.start();
    const { connection, replies, anyCommand } = this.robot;
    const { services, calls, updates, anyServing } = this.queue;
    transport.start({
      subscriptions: [replies, anyCommand, services, calls, updates, anyServing, this.queue.connection],
      // A broker's access list may know neither; they only help to name a fault.
      optional: [connection, anyVersionOf(this.queue.connection)],
      will: () => ({ topic: connection, payload: this.presence.payload('connectionBroken') }),
    });
  }

  /** Says goodbye and closes. The store stays open; it is the caller's. */
  async stop(): Promise<void> {
    for (const cancel of this.timers) cancel();
    this.timers = [];
    this.drain.stop();
    this.driver.stop();
    await this.publisher.presence(this.presence.payload('offline'));
    this.publisher.connected = false;
    this.requests.abandon();
    await this.options.transport.stop();
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
    this.promises.registration(registration);
  }

  /** `score` 1..5. Resolves when durably stored. */
  async submitFeedback(feedback: { visitId: string; score: number }): Promise<void> {
    this.promises.feedback(feedback);
  }

  /** Resolves with the receipt number when durably stored, for instance `PA-260105-7XK2QM`. */
  async submitPetition(petition: { visitId: string; jwe: string }): Promise<string> {
    return this.promises.petition(petition);
  }

  /** Publishes `state` now and every 30 s. */
  publishState(state: RobotState): void {
    this.publisher.state(state);
  }

  publishTelemetry(telemetry: RobotTelemetry): void {
    this.publisher.telemetry(telemetry);
  }

  /** Not kept while offline: the state carries what is still wrong. */
  publishError(error: ErrorInfo): void {
    this.publisher.error(error);
  }

  /** Not kept while offline: whoever asked sees that a part is missing. */
  publishLog(part: LogPart): void {
    this.publisher.log(part);
  }

  private createPresence(): Presence {
    const { transport } = this.options;
    return new Presence({
      ...this.options,
      intake: this.intake,
      say: (payload) => void this.publisher.presence(payload),
      onRival: (error) => {
        this.watch.tell(error);
        transport.expectRival?.();
      },
    });
  }

  private createDriver(requests: Requests): LinkDriver {
    const { software, configurationVersion } = this.options;
    return new LinkDriver({
      ...this.options,
      requests,
      intake: this.intake,
      hello: () => ({ versions: [contractVersion], software, configurationVersion }),
      onStatus: (status) => this.onStatus(status),
      onGreeted: () => {
        if (this.serverClock.known) this.callHold.release();
        this.watch.check();
      },
    });
  }

  private route(message: TransportMessage): void {
    const { queue, robot } = this;
    const { topic } = message;
    if (topic === robot.replies) this.requests.handleReply(message);
    else if (topic === queue.services) this.announcements.handleServices(message);
    else if (topic === queue.calls || topic === queue.updates) this.holdOrPass(message);
    else if (topic === queue.connection) this.driver.announced(message);
    else if (topic === robot.connection) this.presence.handle(message);
    else if (topicMatches(queue.anyServing, topic)) this.announcements.handleServing(message);
    else if (topicMatches(robot.anyCommand, topic)) this.inbox.handle(message);
    else if (topicMatches(anyVersionOf(queue.connection), topic)) this.driver.announcedElsewhere(message);
  }

  /** Held messages are not read yet, so their size is looked at first. */
  private holdOrPass(message: TransportMessage): void {
    if (this.intake.admits(message)) this.callHold.offer(message);
  }

  /** What is dated by the queue server's clock. */
  private routeExpiring(message: TransportMessage): void {
    if (message.topic === this.queue.calls) this.announcements.handleCall(message);
    else this.announcements.handleUpdate(message);
  }

  private onConnected(): void {
    this.publisher.connected = true;
    this.presence.onConnected();
    this.publisher.state(null);
    this.watch.onConnected();
    this.driver.connected();
  }

  private onLost(error: ErrorInfo): void {
    this.publisher.connected = false;
    if (error.code === 'QUEUE_DUPLICATE_CLIENT') this.watch.tell(error);
    this.driver.lost(error);
  }

  private onFailed(error: ErrorInfo): void {
    // While connected it is about renewed files that are not used.
    if (this.publisher.connected) this.watch.tell(error);
    else this.driver.failed(error);
  }

  private onStatus(status: LinkStatus): void {
    if (status.online) {
      this.leaseRenewal.check();
      this.drain.kick();
    }
    this.onlineChanged.emit(status);
  }

  private onTick(): void {
    this.watch.check();
    this.publisher.state(null);
  }
}
