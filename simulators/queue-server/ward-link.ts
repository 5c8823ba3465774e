import type { Service } from '../../src/behaviour/model.ts';
import type { Clock } from '../../src/core/clock.ts';
import { withDeadline } from '../../src/core/deadline.ts';
import { toErrorInfo } from '../../src/core/errors.ts';
import type { Ids } from '../../src/core/ids.ts';
import type { Logger } from '../../src/core/logger.ts';
import { Signal } from '../../src/core/signal.ts';
import {
  type ConnectionState,
  connectionSchema,
  contractVersion,
  errorSchema,
  type Operation,
  type Outcome,
  operations,
  type RequestOf,
  type RobotCommand,
  type RobotState,
  replySchema,
  requestSchemas,
  stateSchema,
} from '../../src/queue/contract.ts';
import { Intake } from '../../src/queue/intake.ts';
import { queueTopics, robotIdOf, robotTopics, topicMatches } from '../../src/queue/topics.ts';
import type { PublishOptions, Transport, TransportMessage } from '../../src/queue/transport.ts';
import { envelope, isoTime } from '../../src/queue/wire.ts';
import type { MadeCall } from './calling.ts';

export const serverSoftware = 'letan reference queue server';
const commandTimeoutMs = 10_000;
/** Robots listed; a ward has a handful, and a hostile client must not fill the memory. */
const mostRobots = 100;

export interface RobotOverview {
  robotId: string;
  connection: ConnectionState;
  state: RobotState | null;
  lastError: string | null;
}

export interface WardLinkOptions {
  ward: string;
  transport: Transport;
  clock: Clock;
  ids: Ids;
  logger: Logger;
  decide: <O extends Operation>(operation: O, request: RequestOf<O>) => Outcome;
}

/** The queue server's end of MQTT: requests in, replies and announcements out. */
export class WardLink {
  readonly connected = new Signal<void>();
  readonly robotsChanged = new Signal<void>();
  private readonly options: WardLinkOptions;
  private readonly queue: ReturnType<typeof queueTopics>;
  private readonly intake: Intake;
  private readonly instanceId: string;
  private readonly known = new Map<string, RobotOverview>();
  private readonly waiting = new Map<string, (outcome: Outcome) => void>();
  private lastServices = '';
  private up = false;

  constructor(options: WardLinkOptions) {
    this.options = options;
    this.queue = queueTopics(options.ward);
    this.intake = new Intake(options.ward, options.logger, options.clock);
    this.instanceId = options.ids.next();
  }

  start(): void {
    const { transport, ward } = this.options;
    transport.message.on((message) => this.route(message));
    transport.connected.on(() => this.onConnected());
    transport.lost.on(() => {
      this.up = false;
    });
    const robots = robotTopics(ward, '+');
    transport.start({
      subscriptions: [
        ...operations.map((operation) => this.queue.request(operation)),
        robots.connection,
        robots.state,
        robots.errors,
        this.queue.commandReplies(),
      ],
      will: () => ({ topic: this.queue.connection, payload: this.connectionPayload('connectionBroken') }),
    });
  }

  async stop(): Promise<void> {
    const { transport, logger } = this.options;
    if (this.up) {
      const goodbye = transport.publish(this.queue.connection, this.connectionPayload('offline'), { qos: 1, retain: true });
      await goodbye.catch((error: unknown) => logger.debug(toErrorInfo(error, 'QUEUE_OFFLINE'), 'left without goodbye'));
    }
    await transport.stop();
  }

  robots(): RobotOverview[] {
    return [...this.known.values()].sort((a, b) => a.robotId.localeCompare(b.robotId));
  }

  publishCall({ expiresAtMs, ...call }: MadeCall): void {
    const expiresInS = Math.max(1, Math.ceil((expiresAtMs - this.options.clock.nowMs()) / 1000));
    this.publish(this.queue.calls, { ...call, expiresAt: isoTime(expiresAtMs) }, { qos: 1, expiresInS });
  }

  publishServing(counter: number, ticketNumber: string | null): void {
    this.publish(this.queue.serving(counter), { counter, open: true, ticketNumber }, { qos: 1, retain: true });
  }

  /** Retained; said again only when something changed. */
  publishServices(services: Service[]): void {
    const text = JSON.stringify(services);
    if (!this.up || text === this.lastServices) return;
    this.lastServices = text;
    this.publish(this.queue.services, { services }, { qos: 1, retain: true });
  }

  command(robotId: string, command: RobotCommand): Promise<Outcome> {
    const { ward, clock, ids } = this.options;
    const head = envelope(clock, ids, ward);
    const replyTo = this.queue.commandReplies(robotId);
    const expiresAt = isoTime(clock.nowMs() + commandTimeoutMs);
    const answer = new Promise<Outcome>((resolve) => this.waiting.set(head.messageId, resolve));
    const body = { ...head, robotId, replyTo, expiresAt, idempotencyKey: head.messageId, ...command };
    this.publish(robotTopics(ward, robotId).command(command.command), body, {
      qos: 1,
      expiresInS: commandTimeoutMs / 1000,
      replyTo,
      correlation: head.messageId,
    });
    return withDeadline(clock, commandTimeoutMs, `${command.command} to ${robotId}`, answer).finally(() =>
      this.waiting.delete(head.messageId),
    );
  }

  private onConnected(): void {
    this.up = true;
    this.lastServices = '';
    this.connected.emit();
    // Last, so that a robot that goes online upon it finds everything else in place.
    const options = { qos: 1, retain: true } as const;
    this.publishPayload(this.queue.connection, this.connectionPayload('online'), options);
  }

  private route(message: TransportMessage): void {
    const operation = operations.find((candidate) => topicMatches(this.queue.request(candidate), message.topic));
    if (topicMatches(this.queue.commandReplies(), message.topic)) this.onCommandReply(message);
    else if (operation) this.onRequest(operation, message);
    else this.onRobot(message);
  }

  /** Answers go to the robot the topic names, whatever the payload asks for. */
  private onRequest(operation: Operation, message: TransportMessage): void {
    const { ward, clock } = this.options;
    const robotId = robotIdOf(ward, message.topic) ?? '';
    const { replies: replyTo } = robotTopics(ward, robotId);
    const nowMs = operation === 'hello' ? null : clock.nowMs();
    const incoming = this.intake.readRequest(requestSchemas[operation], message, { robotId, replyTo, nowMs });
    if (incoming.kind === 'dropped') return;
    const { messageId, idempotencyKey } = incoming.question;
    const outcome = incoming.kind === 'refused' ? incoming.outcome : this.decide(operation, incoming.request);
    this.publish(replyTo, { inReplyTo: messageId, idempotencyKey, ...outcome }, { qos: 1, correlation: messageId });
  }

  private decide<O extends Operation>(operation: O, request: RequestOf<O>): Outcome {
    try {
      return this.options.decide(operation, request);
    } catch (error) {
      this.options.logger.error({ operation, detail: error instanceof Error ? error.message : String(error) }, 'decision failed');
      return { ok: false, code: 'TRY_LATER', detail: 'the queue server could not decide' };
    }
  }

  private onCommandReply(message: TransportMessage): void {
    const reply = this.intake.read(replySchema, message);
    if (reply) this.waiting.get(reply.inReplyTo)?.(reply);
  }

  private onRobot(message: TransportMessage): void {
    const robotId = robotIdOf(this.options.ward, message.topic);
    if (robotId === null || (!this.known.has(robotId) && this.known.size >= mostRobots)) return;
    const robot = this.known.get(robotId) ?? { robotId, connection: 'offline', state: null, lastError: null };
    const change = readRobot(message, this.intake);
    if (!change) return;
    this.known.set(robotId, { ...robot, ...change });
    this.robotsChanged.emit();
  }

  private connectionPayload(state: ConnectionState): string {
    const { clock, ids, ward } = this.options;
    const { instanceId } = this;
    return JSON.stringify({ ...envelope(clock, ids, ward), state, instanceId, versions: [contractVersion], software: serverSoftware });
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

function readRobot(message: TransportMessage, intake: Intake): Partial<RobotOverview> | null {
  if (message.topic.endsWith('/connection')) {
    const connection = intake.read(connectionSchema, message);
    return connection && { connection: connection.state };
  }
  if (message.topic.endsWith('/state')) {
    const state = intake.read(stateSchema, message);
    return state && { state: state.state };
  }
  const error = intake.read(errorSchema, message);
  return error && { lastError: error.code };
}
