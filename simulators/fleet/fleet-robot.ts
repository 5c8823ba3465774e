import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { Ids } from '../../src/core/ids.ts';
import { contractVersion, type Operation, type RequestBody, replySchema, requestSchemas } from '../../src/queue/contract.ts';
import { queueTopics, robotClientId, robotTopics } from '../../src/queue/topics.ts';
import { envelope, isoTime, readPayload } from '../../src/queue/wire.ts';
import type { Latencies } from './latency.ts';
import { LightClient } from './light-client.ts';

export interface FleetRobotOptions {
  ward: string;
  robotId: string;
  /** Its ward has a queue server that greets back. */
  served: boolean;
  host: string;
  port: number;
  clock: Clock;
  ids: Ids;
  onCall: (payload: Buffer) => void;
  onLost: () => void;
  /** Notes reserve -> reply. */
  replies: Latencies;
}

const stateEveryMs = 30_000;
const requestLifetimeMs = 60_000;
const software = 'letan fleet';

/** A robot at the level of the contract: says that it is there, tells its state, greets, hears calls, reserves and commits. */
export class FleetRobot {
  /** Requests that the queue server refused. */
  refused = 0;
  private readonly options: FleetRobotOptions;
  private readonly instanceId: string;
  private readonly calls: string;
  private readonly topics: ReturnType<typeof robotTopics>;
  /** By message id: when it was asked, monotonic ms, and what follows. */
  private readonly asked = new Map<string, { atMs: number; then: (ok: boolean, tookMs: number) => void }>();
  private client: LightClient | null = null;
  private cancelState: Cancel = () => {};

  constructor(options: FleetRobotOptions) {
    this.options = options;
    this.instanceId = options.ids.next();
    this.calls = queueTopics(options.ward).calls;
    this.topics = robotTopics(options.ward, options.robotId);
  }

  /** Connects, subscribes, says that it is there and greets. */
  async connect(): Promise<void> {
    const { ward, robotId, served, host, port, clock, onLost } = this.options;
    const { services, updates, anyServing, connection } = queueTopics(ward);
    this.client = await LightClient.open({
      ...{ host, port, clock, onLost },
      clientId: robotClientId(ward, robotId),
      will: { topic: this.topics.connection, payload: JSON.stringify(this.presence('connectionBroken')) },
      filters: [this.topics.replies, this.topics.anyCommand, services, this.calls, updates, anyServing, connection],
      onMessage: (topic, payload) => this.hear(topic, payload),
    });
    this.client.publish(this.topics.connection, JSON.stringify(this.presence('online')), true);
    if (served) this.ask('hello', { versions: [contractVersion], software, configurationVersion: null }, this.options.ids.next(), () => {});
    this.sayState();
    this.cancelState = clock.every(stateEveryMs, () => this.sayState());
  }

  /** A citizen takes a number: reserve, and commit once it is printed. */
  serveCitizen(serviceId: string): void {
    const { ids, replies } = this.options;
    const ticketId = ids.next();
    const wish: RequestBody<'tickets/reserve'> = {
      ticketId,
      visitId: ids.next(),
      serviceId,
      followedBy: [],
      priorityClass: 'none',
      language: 'vi',
    };
    this.ask('tickets/reserve', wish, `reserve:${ticketId}`, (ok, tookMs) => {
      replies.note(tookMs);
      if (ok) this.ask('tickets/commit', { ticketId, offlineTicket: null }, `commit:${ticketId}`, () => {});
    });
  }

  /** Requests without an answer so far. */
  get unanswered(): number {
    return this.asked.size;
  }

  close(): void {
    this.cancelState();
    this.client?.publish(this.topics.connection, JSON.stringify(this.presence('offline')), true);
    this.client?.close();
  }

  private hear(topic: string, payload: Buffer): void {
    if (topic === this.calls) this.options.onCall(payload);
    else if (topic === this.topics.replies) this.hearReply(payload);
  }

  private hearReply(payload: Buffer): void {
    const reply = readPayload(replySchema, payload, this.options.ward);
    if (!reply.ok) return;
    const question = this.asked.get(reply.value.inReplyTo);
    this.asked.delete(reply.value.inReplyTo);
    if (!reply.value.ok) this.refused++;
    question?.then(reply.value.ok, this.options.clock.monotonicMs() - question.atMs);
  }

  private ask<O extends Operation>(
    operation: O,
    body: RequestBody<O>,
    idempotencyKey: string,
    then: (ok: boolean, tookMs: number) => void,
  ): void {
    const { ward, robotId, clock, ids } = this.options;
    const head = envelope(clock, ids, ward);
    const expiresAt = isoTime(clock.nowMs() + requestLifetimeMs);
    const request = { ...head, robotId, replyTo: this.topics.replies, expiresAt, idempotencyKey, ...body };
    this.asked.set(head.messageId, { atMs: clock.monotonicMs(), then });
    this.client?.publish(queueTopics(ward).request(operation, robotId), JSON.stringify(requestSchemas[operation].parse(request)));
  }

  private presence(state: 'online' | 'offline' | 'connectionBroken') {
    const { clock, ids, ward } = this.options;
    return { ...envelope(clock, ids, ward), state, instanceId: this.instanceId, versions: [contractVersion], software };
  }

  private sayState(): void {
    const { clock, ids, ward, robotId } = this.options;
    const quiet = { paused: false, driving: false, stopped: false, stopCause: null, devices: {} };
    const unused = { outboxLength: 0, stuckCount: 0, refusedCount: 0, leasedNumbers: 0, droppedMessages: {} };
    const link = { protocol: '3.1.1', clockSkewMs: null, certificateExpiresAt: null, ...unused };
    const state = { ...envelope(clock, ids, ward), robotId, state: { screen: 'attract', ...quiet }, link };
    this.client?.publish(this.topics.state, JSON.stringify(state), true);
  }
}
