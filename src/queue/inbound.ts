import type { Clock } from '../core/clock.ts';
import type { Announcements } from './announcements.ts';
import { CallHold } from './call-hold.ts';
import type { CommandInbox } from './command-inbox.ts';
import type { Intake } from './intake.ts';
import type { LinkDriver } from './link-driver.ts';
import type { Presence } from './presence.ts';
import type { Requests } from './requests.ts';
import type { ServerClock } from './server-clock.ts';
import { anyVersionOf, queueTopics, robotTopics, topicMatches } from './topics.ts';
import type { Session, TransportMessage } from './transport.ts';

export interface InboundOptions {
  ward: string;
  robotId: string;
  clock: Clock;
  intake: Intake;
  serverClock: ServerClock;
  driver: LinkDriver;
  requests: Requests;
  announcements: Announcements;
  presence: Presence;
  inbox: CommandInbox;
}

/** What the robot listens to, and the room each message belongs in. */
export class Inbound {
  private readonly options: InboundOptions;
  private readonly queue: ReturnType<typeof queueTopics>;
  private readonly robot: ReturnType<typeof robotTopics>;
  private readonly hold: CallHold;

  constructor(options: InboundOptions) {
    const { ward, robotId, clock, serverClock, driver } = options;
    this.options = options;
    this.queue = queueTopics(ward);
    this.robot = robotTopics(ward, robotId);
    this.hold = new CallHold({
      clock,
      serverClock,
      serverThere: () => driver.serverThere,
      pass: (message) => this.handleExpiring(message),
    });
  }

  /** What a connection listens to, and its will. */
  get session(): Session {
    const { replies, anyCommand, connection: topic } = this.robot;
    const { services, calls, updates, anyServing, connection } = this.queue;
    return {
      subscriptions: [replies, anyCommand, services, calls, updates, anyServing, connection],
      // A broker's access list may know neither; they only help to name a fault.
      optional: [topic, anyVersionOf(connection)],
      will: () => ({ topic, payload: this.options.presence.payload('connectionBroken') }),
    };
  }

  onConnected(): void {
    this.hold.onConnected();
  }

  onLost(): void {
    this.hold.onLost();
  }

  /** The queue server's time may be known now. */
  onGreeted(): void {
    this.hold.release();
  }

  handle(message: TransportMessage): void {
    const { queue, robot } = this;
    const { requests, announcements, driver, presence, inbox } = this.options;
    const { topic } = message;
    if (topic === robot.replies) requests.handleReply(message);
    else if (topic === queue.services) announcements.handleServices(message);
    else if (topic === queue.calls || topic === queue.updates) this.holdOrPass(message);
    else if (topic === queue.connection) driver.announced(message);
    else if (topic === robot.connection) presence.handle(message);
    else if (topicMatches(queue.anyServing, topic)) announcements.handleServing(message);
    else if (topicMatches(robot.anyCommand, topic)) inbox.handle(message);
    else if (topicMatches(anyVersionOf(queue.connection), topic)) driver.announcedElsewhere(message);
  }

  /** Held messages are not read yet, so their size is looked at first. */
  private holdOrPass(message: TransportMessage): void {
    if (this.options.intake.admits(message)) this.hold.offer(message);
  }

  /** What is dated by the queue server's clock. */
  private handleExpiring(message: TransportMessage): void {
    const { announcements } = this.options;
    if (message.topic === this.queue.calls) announcements.handleCall(message);
    else announcements.handleUpdate(message);
  }
}
