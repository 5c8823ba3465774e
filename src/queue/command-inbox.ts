import type { Clock } from '../core/clock.ts';
import { toErrorInfo } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import { type CommandName, commandNames, commandSchemas, type Outcome, type RobotCommand } from './contract.ts';
import type { Intake } from './intake.ts';
import { robotTopics } from './topics.ts';
import type { PublishOptions, TransportMessage } from './transport.ts';

/** Carries a command out and says how it went. */
export type CommandHandler = (command: RobotCommand) => Outcome | Promise<Outcome>;

export interface CommandInboxOptions {
  ward: string;
  robotId: string;
  clock: Clock;
  ids: Ids;
  logger: Logger;
  intake: Intake;
  /** The only topic answers go to, whatever a message asks for. */
  replyTopic: string;
  publish: (topic: string, body: object, options: PublishOptions) => void;
}

/** Commands remembered by key; more than anyone sends within their lifetime. */
const remembered = 200;

/** Orders from the ward to this robot. Each is carried out once; late ones are refused. */
export class CommandInbox {
  private readonly options: CommandInboxOptions;
  private readonly answers = new Map<string, Promise<Outcome>>();
  private handler: CommandHandler = () => ({ ok: false, code: 'NOT_SUPPORTED', detail: 'the robot is still starting' });

  constructor(options: CommandInboxOptions) {
    this.options = options;
  }

  onCommand(handler: CommandHandler): void {
    this.handler = handler;
  }

  handle(message: TransportMessage): void {
    const { ward, robotId, intake, clock, replyTopic, publish } = this.options;
    const name = commandNames.find((candidate) => message.topic === robotTopics(ward, robotId).command(candidate));
    if (!name) return;
    const incoming = intake.readRequest(commandSchemas[name], message, { robotId, replyTo: replyTopic, nowMs: clock.nowMs() });
    if (incoming.kind === 'dropped') return;
    const { messageId, idempotencyKey } = incoming.question;
    const answer = (outcome: Outcome) => publish(replyTopic, { inReplyTo: messageId, idempotencyKey, ...outcome }, { qos: 1 });
    if (incoming.kind === 'refused') answer(incoming.outcome);
    else void this.once(idempotencyKey, incoming.request).then(answer);
  }

  /** Never rejects; the same key gets the first outcome again. */
  private once(key: string, command: RobotCommand): Promise<Outcome> {
    const before = this.answers.get(key);
    if (before) return before;
    const outcome = this.carryOut(command);
    this.answers.set(key, outcome);
    const oldest = this.answers.keys().next();
    if (this.answers.size > remembered && !oldest.done) this.answers.delete(oldest.value);
    return outcome;
  }

  private async carryOut(command: RobotCommand): Promise<Outcome> {
    try {
      return await this.handler(command);
    } catch (error) {
      const info = toErrorInfo(error, 'CANCELLED');
      this.options.logger.warn({ command: command.command satisfies CommandName, ...info }, 'command not carried out');
      return { ok: false, code: 'COMMAND_REFUSED', detail: info.code };
    }
  }
}
