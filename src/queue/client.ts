import type { Call, Service, Serving, Ticket, TicketUpdate } from '../behaviour/model.ts';
import type { Cancel } from '../core/clock.ts';
import { type ErrorInfo, toErrorInfo } from '../core/errors.ts';
import { Signal } from '../core/signal.ts';
import { Announcements } from './announcements.ts';
import { Backoff } from './backoff.ts';
import { type CommandHandler, CommandInbox } from './command-inbox.ts';
import { contractVersion, type LinkHealth, type RobotState, type RobotTelemetry } from './contract.ts';
import { Drain } from './drain.ts';
import { Inbound } from './inbound.ts';
import { Intake } from './intake.ts';
import { LeaseRenewal } from './lease-renewal.ts';
import { LinkDriver, type LinkStatus } from './link-driver.ts';
import { linkHealth } from './link-health.ts';
import type { QueueLinkOptions } from './link-options.ts';
import { LinkWatch } from './link-watch.ts';
import { Presence } from './presence.ts';
import { PromiseDesk } from './promise-desk.ts';
import { type LogPart, Publisher } from './publisher.ts';
import { Requests } from './requests.ts';
import { ServerClock } from './server-clock.ts';
import { type CheckInRequest, TicketDesk, type TicketRequest } from './ticket-desk.ts';
import { queueTopics } from './topics.ts';
import type { CertificateDates } from './transport.ts';

export type { LinkStatus } from './link-driver.ts';
export type { QueueLinkOptions } from './link-options.ts';

const stateEveryMs = 30_000;
const leaseCheckEveryMs = 60_000;

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
  private readonly intake: Intake;
  private readonly serverClock: ServerClock;
  private readonly publisher: Publisher;
  private readonly presence: Presence;
  private readonly watch: LinkWatch;
  private readonly requests: Requests;
  private readonly driver: LinkDriver;
  private readonly announcements: Announcements;
  private readonly inbound: Inbound;
  private readonly inbox: CommandInbox;
  private readonly drain: Drain;
  private readonly leaseRenewal: LeaseRenewal;
  private readonly desk: TicketDesk;
  private readonly promises: PromiseDesk;
  private timers: Cancel[] = [];

  constructor(options: QueueLinkOptions) {
    const { ward, robotId, store, clock, random, ids, logger, transport } = options;
    this.options = options;
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
      certificates: () => this.certificates,
      isConnected: () => this.publisher.connected,
      publish: (error) => this.publisher.error(error),
    });
    const requests = new Requests({ ...basics, timeoutMs: options.requestTimeoutMs, onSilence: () => this.driver.silence() });
    this.requests = requests;
    this.driver = this.createDriver(requests);
    this.announcements = new Announcements(store, serverClock, logger, intake);
    this.servicesChanged = this.announcements.servicesChanged;
    this.servingChanged = this.announcements.servingChanged;
    this.callReceived = this.announcements.callReceived;
    this.ticketUpdated = this.announcements.ticketUpdated;
    const replyTopic = queueTopics(ward).commandReplies(robotId);
    this.inbox = new CommandInbox({ ...dated, replyTopic, publish: (...args) => this.publisher.send(...args) });
    const rooms = { driver: this.driver, presence: this.presence, announcements: this.announcements, inbox: this.inbox, requests };
    this.inbound = new Inbound({ ...basics, ...rooms });
    const onStuck = (error: ErrorInfo) => this.watch.tell(error);
    this.drain = new Drain({ ...basics, outbox: store.outbox, requests, backoff: new Backoff(random, 1_000, 30_000), isOnline, onStuck });
    const serviceIds = () => services().map(({ serviceId }) => serviceId);
    this.leaseRenewal = new LeaseRenewal({ ...basics, requests, services: serviceIds, isOnline, numbersPerService: options.leasedNumbers });
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
    const { serverClock, intake, leaseRenewal } = this;
    return linkHealth({ ...this.options, serverClock, intake, leaseRenewal });
  }

  /** Of this robot, its authority and the broker, as far as they are known. */
  get certificates(): readonly CertificateDates[] {
    return this.options.transport.certificates ?? [];
  }

  /** Host and port of the broker that this robot is connected to; null while there is none. */
  get broker(): string | null {
    return this.publisher.connected ? (this.options.transport.brokerHost ?? null) : null;
  }

  /** `handler` answers every command of the ward from now on. */
  onCommand(handler: CommandHandler): void {
    this.inbox.onCommand(handler);
  }

  /** Voids what a crash left open, announces the services known from before, and begins to connect. */
  start(): void {
    const { transport, clock, logger } = this.options;
    transport.message.on((message) => this.inbound.handle(message));
    transport.connected.on(() => this.onConnected());
    transport.lost.on((error) => this.onLost(error));
    transport.failed?.on((error) => this.onFailed(error));
    try {
      this.desk.voidUnsettled();
      this.announcements.restore();
    } catch (error) {
      logger.error(toErrorInfo(error, 'STORE_FAILED'), 'nothing could be restored');
    }
    this.presence.begin();
    this.timers = [clock.every(stateEveryMs, () => this.onTick()), clock.every(leaseCheckEveryMs, () => this.leaseRenewal.check())];
    this.driver.start();
    transport.start(this.inbound.session);
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
        this.inbound.onGreeted();
        this.watch.check();
      },
    });
  }

  private onConnected(): void {
    this.publisher.connected = true;
    this.inbound.onConnected();
    this.presence.onConnected();
    this.publisher.state(null);
    this.watch.onConnected();
    this.driver.connected();
  }

  private onLost(error: ErrorInfo): void {
    this.publisher.connected = false;
    this.inbound.onLost();
    if (error.code === 'QUEUE_DUPLICATE_CLIENT') this.watch.tell(error);
    this.driver.lost(error);
  }

  private onFailed(error: ErrorInfo): void {
    // About renewed files that are not used; nothing else fails while connected.
    if (this.publisher.connected || error.code === 'QUEUE_CERTIFICATE_REFUSED') this.watch.tell(error);
    else this.driver.failed(error);
  }

  private onStatus(status: LinkStatus): void {
    if (status.online) {
      this.leaseRenewal.check();
      this.drain.kick();
    } else if (status.error.code !== 'QUEUE_NO_ANSWER') this.drain.startOver();
    this.onlineChanged.emit(status);
  }

  private onTick(): void {
    this.watch.check();
    this.publisher.state(null);
  }
}
