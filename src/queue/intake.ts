import type { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { assertNever } from '../core/result.ts';
import { slug } from './contract/basics.ts';
import { type Channel, channels, maxPayloadBytes, type RefusalCode, type RefusedOutcome, type RequestEnvelope } from './contract.ts';
import { topicMatches } from './topics.ts';
import type { TransportMessage } from './transport.ts';
import { type DropCause, type Question, readPayload, readRequest } from './wire.ts';

/** Lines of one cause logged a minute; the count tells of the rest, so that nobody can fill a disk with bad messages. */
const linesPerMinute = 5;
/** Most the contract's `droppedMessages` can say. */
const mostCounted = 100_000;

/** A request that came in. `refused`: it does not fit, and the sender is told; `dropped`: nobody can be told. */
export type Incoming<T> =
  | { kind: 'accepted'; request: T; question: Question }
  | { kind: 'refused'; outcome: RefusedOutcome; question: Question }
  | { kind: 'dropped' };

/** What the topic of a request says about it. */
export interface ExpectedRequest {
  robotId: string;
  /** The only topic answers go to, whatever a message asks for. */
  replyTo: string;
  /** The reader's clock, ms; null: the request is answered however late it is. */
  nowMs: number | null;
}

/** The door every incoming message goes through: what does not fit is dropped, counted by cause and logged without a value of it. */
export class Intake {
  private readonly ward: string;
  private readonly logger: Logger;
  private readonly clock: Clock;
  private readonly counts = new Map<DropCause, number>();
  private readonly logged = new Map<DropCause, { minute: number; lines: number }>();

  constructor(ward: string, logger: Logger, clock: Clock) {
    this.ward = ward;
    this.logger = logger;
    this.clock = clock;
  }

  /** False for a message too large to be read, which is dropped: for those who keep messages before they read them. */
  admits(message: TransportMessage): boolean {
    const { byteLength } = message.payload;
    if (byteLength <= maxPayloadBytes) return true;
    this.drop('tooLarge', { channel: channelOf(message.topic), detail: `${byteLength} bytes; at most ${maxPayloadBytes}` });
    return false;
  }

  /** The message as `schema` states it, or null when it was dropped. */
  read<S extends z.ZodType>(schema: S, message: TransportMessage): z.infer<S> | null {
    const read = readPayload(schema, message.payload, this.ward);
    if (read.ok) return read.value;
    this.drop(read.cause, { channel: channelOf(message.topic), detail: read.detail });
    return null;
  }

  /** A request or command as `schema` states it, or how to refuse it. The answer goes to `expected.replyTo` and names `question`. */
  readRequest<S extends z.ZodType<RequestEnvelope>>(schema: S, message: TransportMessage, expected: ExpectedRequest): Incoming<z.infer<S>> {
    const { robotId, replyTo, nowMs } = expected;
    if (!slug.safeParse(robotId).success) {
      this.drop('wrongRobot', { channel: channelOf(message.topic) });
      return { kind: 'dropped' };
    }
    const read = readRequest(schema, message.payload, { ward: this.ward, robotId, replyTo });
    if (!read.ok) {
      const { cause, detail, question } = read;
      this.drop(cause, { channel: channelOf(message.topic), robotId, detail });
      return question ? { kind: 'refused', question, outcome: { ok: false, code: refusalOf(cause), detail } } : { kind: 'dropped' };
    }
    const { messageId, idempotencyKey, expiresAt } = read.value;
    const question = { messageId, idempotencyKey };
    if (nowMs === null || Date.parse(expiresAt) > nowMs) return { kind: 'accepted', request: read.value, question };
    this.drop('expired', { channel: channelOf(message.topic), robotId, messageId });
    return { kind: 'refused', question, outcome: { ok: false, code: 'EXPIRED', detail: 'it came too late' } };
  }

  /** Counts and logs a message that was well-formed and yet is not taken in. `about` must hold no personal data. */
  drop(cause: DropCause, about: object): void {
    const count = (this.counts.get(cause) ?? 0) + 1;
    this.counts.set(cause, count);
    const minute = Math.floor(this.clock.nowMs() / 60_000);
    const before = this.logged.get(cause);
    const lines = before?.minute === minute ? before.lines : 0;
    if (lines >= linesPerMinute) return;
    this.logged.set(cause, { minute, lines: lines + 1 });
    this.logger.warn({ cause, count, ...about }, 'message dropped');
  }

  /** Messages dropped since the start, by cause; each at most 100,000. */
  get dropped(): Record<string, number> {
    return Object.fromEntries([...this.counts].map(([cause, count]) => [cause, Math.min(count, mostCounted)]));
  }
}

const filters = Object.entries<Channel>(channels).map(([name, { address }]) => ({ name, filter: address.replace(/\{\w+\}/g, '+') }));

/** The channel a topic is of, for the log: a stranger may write anything into a topic's last level. */
function channelOf(topic: string): string {
  return filters.find(({ filter }) => topicMatches(filter, topic))?.name ?? 'unknown';
}

function refusalOf(cause: DropCause): RefusalCode {
  switch (cause) {
    case 'wrongVersion':
      return 'WRONG_VERSION';
    case 'wrongWard':
      return 'WRONG_WARD';
    case 'wrongRobot':
      return 'WRONG_ROBOT';
    case 'expired':
      return 'EXPIRED';
    case 'tooLarge':
    case 'notUtf8':
    case 'notJson':
    case 'badShape':
    case 'repeated':
    case 'unexpected':
      return 'BAD_MESSAGE';
    default:
      return assertNever(cause);
  }
}
