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
  errorSchema,
  type Operation,
  type Outcome,
  operations,
  type RequestOf,
  type RobotCommand,
  type RobotState,
  replySchema,
  requestEnvelopeSchema,
  requestSchemas,
  stateSchema,
} from '../../src/queue/contract.ts';
import { anyRobotTopics, queueTopics, robotIdOf, robotTopics } from '../../src/queue/topics.ts';
import type { PublishOptions, Transport, TransportMessage } from '../../src/queue/transport.ts';
import { envelope, isoTime, parsePayload } from '../../src/queue/wire.ts';
import type { MadeCall } from './calling.ts';

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
  private readonly known = new Map<string, RobotOverview>();
  private readonly waiting = new Map<string, (outcome: Outcome) => void>();
  private lastServices = '';
  private up = false;

  constructor(options: WardLinkOptions) {
    this.options = options;
    this.queue = queueTopics(options.ward);
  }

  start(): void {
    const { transport, ward } = this.options;
    transport.message.on((message) => this.route(message));
    transport.connected.on(() => this.onConnected());
    transport.lost.on(() => {
      this.up = false;
    });
    const robots = anyRobotTopics(ward);
    transport.start({
      subscriptions: [
        ...operations.map((operation) => this.queue.request(operation)),
        robots.connection,
        robots.state,
        robots.errors,
        this.queue.commandReplies,
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
    this.publish(this.queue.serving(counter), { counter, ticketNumber }, { qos: 1, retain: true });
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
    const head = envelope(clock, ids);
    const replyTo = this.queue.commandReplies;
    const expiresAt = isoTime(clock.nowMs() + commandTimeoutMs);
    const answer = new Promise<Outcome>((resolve) => this.waiting.set(head.messageId, resolve));
    const body = { ...head, robotId, replyTo, expiresAt, idempotencyKey: head.messageId, ...command };
    this.publish(robotTopics(ward, robotId).commands, body, {
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

  private route({ topic, payload }: TransportMessage): void {
    const operation = operations.find((candidate) => topic === this.queue.request(candidate));
    if (topic === this.queue.commandReplies) this.onCommandReply(payload);
    else if (operation) this.onRequest(operation, payload);
    else this.onRobot(topic, payload);
  }

  private onRequest(operation: Operation, payload: Uint8Array): void {
    const { ward, clock, logger } = this.options;
    const head = parsePayload(requestEnvelopeSchema, payload);
    if (!head.ok) {
      logger.warn({ operation, ...head.error }, 'request without a usable head dropped');
      return;
    }
    const { messageId, idempotencyKey, robotId, replyTo, expiresAt } = head.value;
    if (replyTo !== robotTopics(ward, robotId).replies) {
      logger.warn({ operation, robotId }, 'request with a foreign reply topic dropped');
      return;
    }
    const reply = (outcome: Outcome) =>
      this.publish(replyTo, { inReplyTo: messageId, idempotencyKey, ...outcome }, { qos: 1, correlation: messageId });
    if (Date.parse(expiresAt) <= clock.nowMs()) reply({ ok: false, code: 'EXPIRED', detail: 'the request came too late' });
    else reply(this.answer(operation, payload));
  }

  private answer(operation: Operation, payload: Uint8Array): Outcome {
    const request = parsePayload(requestSchemas[operation], payload);
    if (!request.ok) return { ok: false, code: 'BAD_MESSAGE', detail: request.error.detail };
    try {
      return this.options.decide(operation, request.value);
    } catch (error) {
      this.options.logger.error({ operation, detail: error instanceof Error ? error.message : String(error) }, 'decision failed');
      return { ok: false, code: 'TRY_LATER', detail: 'the queue server could not decide' };
    }
  }

  private onCommandReply(payload: Uint8Array): void {
    const parsed = parsePayload(replySchema, payload);
    if (parsed.ok) this.waiting.get(parsed.value.inReplyTo)?.(parsed.value);
  }

  private onRobot(topic: string, payload: Uint8Array): void {
    const robotId = robotIdOf(this.options.ward, topic);
    if (robotId === null || (!this.known.has(robotId) && this.known.size >= mostRobots)) return;
    const robot = this.known.get(robotId) ?? { robotId, connection: 'offline', state: null, lastError: null };
    const change = readRobot(topic, payload);
    if (!change) return;
    this.known.set(robotId, { ...robot, ...change });
    this.robotsChanged.emit();
  }

  private connectionPayload(state: ConnectionState): string {
    return JSON.stringify({ ...envelope(this.options.clock, this.options.ids), state });
  }

  private publish(topic: string, body: object, options: PublishOptions): void {
    this.publishPayload(topic, JSON.stringify({ ...envelope(this.options.clock, this.options.ids), ...body }), options);
  }

  private publishPayload(topic: string, payload: string, options: PublishOptions): void {
    const { transport, logger } = this.options;
    transport
      .publish(topic, payload, options)
      .catch((error: unknown) => logger.debug(toErrorInfo(error, 'QUEUE_OFFLINE'), 'not published'));
  }
}

function readRobot(topic: string, payload: Uint8Array): Partial<RobotOverview> | null {
  if (topic.endsWith('/connection')) {
    const parsed = parsePayload(connectionSchema, payload);
    return parsed.ok ? { connection: parsed.value.state } : null;
  }
  if (topic.endsWith('/state')) {
    const parsed = parsePayload(stateSchema, payload);
    return parsed.ok ? { state: parsed.value.state } : null;
  }
  const parsed = parsePayload(errorSchema, payload);
  return parsed.ok ? { lastError: parsed.value.code } : null;
}
