import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import { assertNever } from '../core/result.ts';
import { Signal } from '../core/signal.ts';
import { type Outcome, type RobotCommand, robotCommandSchema } from './contract.ts';
import type { PublishOptions } from './transport.ts';
import { parsePayload } from './wire.ts';

export interface CommandInboxOptions {
  clock: Clock;
  ids: Ids;
  logger: Logger;
  /** The only topic answers go to, whatever a message asks for. */
  replyTopic: string;
  publish: (topic: string, body: object, options: PublishOptions) => void;
}

/** Commands remembered by key; more than anyone sends within their lifetime. */
const remembered = 200;

/** Orders from the ward to this robot. Each is carried out once; late ones are refused. */
export class CommandInbox {
  readonly commandReceived = new Signal<RobotCommand>();
  private readonly options: CommandInboxOptions;
  private readonly done = new Set<string>();

  constructor(options: CommandInboxOptions) {
    this.options = options;
  }

  handle(payload: Uint8Array): void {
    const parsed = parsePayload(robotCommandSchema, payload);
    if (!parsed.ok) {
      this.options.logger.warn(parsed.error, 'command dropped');
      return;
    }
    const { messageId, idempotencyKey, expiresAt, replyTo } = parsed.value;
    if (replyTo !== this.options.replyTopic) {
      this.options.logger.warn({ messageId }, 'command with a foreign reply topic dropped');
      return;
    }
    const answer = (outcome: Outcome) => this.options.publish(replyTo, { inReplyTo: messageId, idempotencyKey, ...outcome }, { qos: 1 });
    if (Date.parse(expiresAt) <= this.options.clock.nowMs()) {
      answer({ ok: false, code: 'EXPIRED', detail: 'the command came too late' });
      return;
    }
    if (!this.done.has(idempotencyKey)) {
      this.remember(idempotencyKey);
      this.commandReceived.emit(toCommand(parsed.value));
    }
    answer({ ok: true, result: {} });
  }

  private remember(key: string): void {
    this.done.add(key);
    const oldest = this.done.values().next();
    if (this.done.size > remembered && !oldest.done) this.done.delete(oldest.value);
  }
}

function toCommand(message: RobotCommand): RobotCommand {
  switch (message.command) {
    case 'pause':
    case 'resume':
      return { command: message.command };
    case 'goTo':
      return { command: 'goTo', place: message.place };
    default:
      return assertNever(message);
  }
}
