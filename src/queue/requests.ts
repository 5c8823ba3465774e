import type { Clock } from '../core/clock.ts';
import { withDeadline } from '../core/deadline.ts';
import { LetanError, toErrorInfo } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import {
  type Operation,
  type Outcome,
  operations,
  type RefusedOutcome,
  type Reply,
  type RequestBody,
  type ResultOf,
  replySchema,
  requestSchemas,
  resultSchemas,
} from './contract.ts';
import type { Intake } from './intake.ts';
import type { ServerClock } from './server-clock.ts';
import { queueTopics, robotTopics } from './topics.ts';
import type { Transport, TransportMessage } from './transport.ts';
import { envelope, isoTime } from './wire.ts';

/** The queue server answered "no". */
export class Refusal extends Error {
  readonly outcome: RefusedOutcome;
  constructor(outcome: RefusedOutcome) {
    super(outcome.detail);
    this.outcome = outcome;
  }
}

export interface RequestsOptions {
  ward: string;
  robotId: string;
  transport: Transport;
  clock: Clock;
  ids: Ids;
  intake: Intake;
  /** Learns the time from every answer; what expires is dated by it. */
  serverClock: ServerClock;
  /** Deadline for each answer, ms. */
  timeoutMs: number;
  /** A request timed out, and nothing was heard from the queue server since it was sent. */
  onSilence: () => void;
}

interface SendOptions {
  idempotencyKey: string;
  /** How long the queue server may still act on it. */
  lifetimeMs: number;
  /** Another deadline than the usual one, ms. */
  timeoutMs?: number;
}

interface Waiter {
  idempotencyKey: string;
  /** Monotonic ms. */
  askedAtMs: number;
  resolve: (reply: Reply) => void;
  reject: (error: LetanError) => void;
}

/** Requests to the queue server and the replies that belong to them. Late and repeated replies find nobody waiting and are dropped. */
export class Requests {
  private readonly options: RequestsOptions;
  private readonly replyTo: string;
  private readonly queue: ReturnType<typeof queueTopics>;
  private readonly waiting = new Map<string, Waiter>();
  private heardAtMs = Number.NEGATIVE_INFINITY;
  private heard = 0;

  constructor(options: RequestsOptions) {
    this.options = options;
    this.replyTo = robotTopics(options.ward, options.robotId).replies;
    this.queue = queueTopics(options.ward);
  }

  /** Rejects with {@link Refusal}, or `REQUEST_TIMEOUT`, `QUEUE_OFFLINE`, `QUEUE_BAD_MESSAGE` where the outcome is unknown. */
  async send<O extends Operation>(operation: O, body: RequestBody<O>, options: SendOptions): Promise<ResultOf<O>> {
    const result = resultSchemas[operation].safeParse(await this.sendLoose(operation, body, options));
    if (!result.success) throw new LetanError('QUEUE_BAD_MESSAGE', `answer to ${operation} does not fit the contract`);
    // The schema was chosen by the same key as the type; TypeScript cannot follow that through a generic index.
    return result.data as ResultOf<O>;
  }

  /** The same for a body that was stored: it is checked against the contract first. Answers the raw outcome. */
  async sendStored(operation: string, body: unknown, options: SendOptions): Promise<Outcome> {
    const known = operations.find((name) => name === operation);
    if (!known || typeof body !== 'object' || body === null) return { ok: false, code: 'BAD_MESSAGE', detail: 'stored request is damaged' };
    if (!requestSchemas[known].safeParse({ ...body, ...this.head(options) }).success)
      return { ok: false, code: 'BAD_MESSAGE', detail: 'stored request is damaged' };
    try {
      return { ok: true, result: await this.sendLoose(known, body, options) };
    } catch (error) {
      if (error instanceof Refusal) return error.outcome;
      throw error;
    }
  }

  /** When the queue server last answered, monotonic ms; minus infinity before. */
  get lastHeardMs(): number {
    return this.heardAtMs;
  }

  /** Replies that came, ever. */
  get heardCount(): number {
    return this.heard;
  }

  /** Feed with every message of the robot's reply topic. */
  handleReply(message: TransportMessage): void {
    const { intake, clock, serverClock } = this.options;
    const reply = intake.read(replySchema, message);
    if (!reply) return;
    this.heardAtMs = clock.monotonicMs();
    this.heard++;
    const waiter = this.waiting.get(reply.inReplyTo);
    if (waiter && waiter.idempotencyKey === reply.idempotencyKey) {
      serverClock.learn(Date.parse(reply.sentAt), waiter.askedAtMs);
      waiter.resolve(reply);
    } else intake.drop('unexpected', { inReplyTo: reply.inReplyTo });
  }

  /** The connection is gone: nobody need wait for a deadline. */
  abandon(): void {
    for (const waiter of [...this.waiting.values()])
      waiter.reject(new LetanError('QUEUE_OFFLINE', 'connection lost while waiting for an answer'));
  }

  private async sendLoose(operation: Operation, body: object, options: SendOptions): Promise<unknown> {
    const { clock } = this.options;
    const { timeoutMs = this.options.timeoutMs } = options;
    const askedAtMs = clock.monotonicMs();
    let answer = await this.ask(operation, body, options, timeoutMs);
    if (!answer.ok && answer.code === 'EXPIRED') {
      // The refusal itself told the time, so this one is dated right. Once only: it may have been late indeed.
      const leftMs = timeoutMs - (clock.monotonicMs() - askedAtMs);
      answer = await this.ask(operation, body, options, Math.max(1, leftMs));
    }
    if (!answer.ok) throw new Refusal(answer);
    return answer.result;
  }

  /** One message there and one back. */
  private async ask(operation: Operation, body: object, options: SendOptions, timeoutMs: number): Promise<Reply> {
    const { clock, transport, robotId, onSilence } = this.options;
    const head = this.head(options);
    const askedAtMs = clock.monotonicMs();
    const heardBefore = this.heard;
    const reply = new Promise<Reply>((resolve, reject) => {
      this.waiting.set(head.messageId, { idempotencyKey: options.idempotencyKey, askedAtMs, resolve, reject });
    });
    const publishing = transport.publish(this.queue.request(operation, robotId), JSON.stringify({ ...body, ...head }), {
      qos: 1,
      expiresInS: Math.ceil(options.lifetimeMs / 1000),
      replyTo: this.replyTo,
      correlation: head.messageId,
    });
    publishing.catch((error: unknown) => {
      const info = toErrorInfo(error, 'QUEUE_OFFLINE');
      this.waiting.get(head.messageId)?.reject(new LetanError(info.code, info.detail));
    });
    try {
      return await withDeadline(clock, timeoutMs, operation, reply);
    } catch (error) {
      const timedOut = error instanceof LetanError && error.code === 'REQUEST_TIMEOUT';
      if (timedOut && this.heard === heardBefore) onSilence();
      throw error;
    } finally {
      this.waiting.delete(head.messageId);
    }
  }

  private head({ idempotencyKey, lifetimeMs }: SendOptions) {
    const { clock, serverClock, ids, robotId, ward } = this.options;
    return {
      ...envelope(clock, ids, ward),
      robotId,
      replyTo: this.replyTo,
      expiresAt: isoTime(serverClock.nowMs() + lifetimeMs),
      idempotencyKey,
    };
  }
}
