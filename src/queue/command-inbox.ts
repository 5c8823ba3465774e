import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { withDeadline } from '../core/deadline.ts';
import { toErrorInfo } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { DoneCommands } from '../store/memory.ts';
import { type CommandName, channels, commandNames, commandSchemas, type Outcome, type RobotCommand, refusalCodes } from './contract.ts';
import type { Intake } from './intake.ts';
import { robotTopics } from './topics.ts';
import type { PublishOptions, TransportMessage } from './transport.ts';

/** How a command went. `afterwards` may only begin once the outcome is stored and the answer on its way: a restart, a long upload. */
export type Answer = Outcome & { afterwards?: (() => void) | undefined };
/** Carries a command out and says how it went. */
export type CommandHandler = (command: RobotCommand) => Answer | Promise<Answer>;

export interface CommandInboxOptions {
  ward: string;
  robotId: string;
  /** Tells the queue server's time, which dates the orders. */
  clock: Clock;
  ids: Ids;
  logger: Logger;
  intake: Intake;
  store: { doneCommands: Pick<DoneCommands, 'outcomeOf' | 'remember'> };
  /** The only topic answers go to, whatever a message asks for. */
  replyTopic: string;
  publish: (topic: string, body: object, options: PublishOptions) => void;
}

const doneSchema = z.object({
  command: z.enum(commandNames),
  outcome: z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), result: z.unknown() }),
    z.object({ ok: z.literal(false), code: z.enum(refusalCodes), detail: z.string() }),
  ]),
});
type Done = z.infer<typeof doneSchema>;
interface Settled {
  done: Done;
  afterwards?: (() => void) | undefined;
}

const tryLater = (detail: string): Outcome => ({ ok: false, code: 'TRY_LATER', detail });

/** Where the contract states no time. */
const usualAnswerMs = 2000;
/** Orders being carried out at a time; more are refused, to be sent again. */
const mostAtOnce = 50;

/** Orders from the ward to this robot. Each key is carried out once, also over a restart; late ones are refused. */
export class CommandInbox {
  private readonly options: CommandInboxOptions;
  private readonly underWay = new Map<string, Promise<Settled>>();
  private handler: CommandHandler = () => ({ ok: false, code: 'NOT_SUPPORTED', detail: 'the robot is still starting' });

  constructor(options: CommandInboxOptions) {
    this.options = options;
  }

  onCommand(handler: CommandHandler): void {
    this.handler = handler;
  }

  /** Takes in what arrived on a command's topic; the schema also holds the payload's command to the topic's. Never throws. */
  handle(message: TransportMessage): void {
    const { ward, robotId, intake, clock, replyTopic, publish } = this.options;
    const name = commandNames.find((candidate) => message.topic === robotTopics(ward, robotId).command(candidate));
    if (!name) return;
    const incoming = intake.readRequest(commandSchemas[name], message, { robotId, replyTo: replyTopic, nowMs: clock.nowMs() });
    if (incoming.kind === 'dropped') return;
    const answer = (outcome: Outcome) => {
      const { messageId: inReplyTo, idempotencyKey } = incoming.question;
      publish(replyTopic, { inReplyTo, idempotencyKey, ...outcome }, { qos: 1 });
    };
    if (incoming.kind === 'refused') answer(incoming.outcome);
    else void this.take(incoming.question.idempotencyKey, incoming.request, answer);
  }

  /** Never rejects. The same key gets the first outcome again, and another command under it is refused. */
  private async take(key: string, command: RobotCommand, answer: (outcome: Outcome) => void): Promise<void> {
    const present = this.underWay.get(key);
    // Without a wait for a key that is new: the next message with it must find this one under way.
    const before = present ? (await present).done : this.remembered(key);
    if (before) {
      const reused = { ok: false, code: 'KEY_REUSED', detail: `the key was used for ${before.command}` } as const;
      return answer(before.command === command.command ? before.outcome : reused);
    }
    if (this.underWay.size >= mostAtOnce) return answer(tryLater('too many commands at once'));
    const work = this.settle(key, command);
    this.underWay.set(key, work);
    const { done, afterwards } = await work;
    this.underWay.delete(key);
    answer(done.outcome);
    afterwards?.();
  }

  /** Carries the order out and remembers how it went. What cannot be remembered must not go on afterwards: it might be done twice. */
  private async settle(key: string, command: RobotCommand): Promise<Settled> {
    const { afterwards, ...outcome } = await this.carryOut(command);
    const done: Done = { command: command.command, outcome };
    if (this.remember(key, done) || !afterwards) return { done, afterwards };
    return { done: { ...done, outcome: tryLater('the command cannot be stored, so it might be done twice') } };
  }

  /** What was answered before; null for a new key. A store that cannot be read forgets: an order is then rather done twice than never. */
  private remembered(key: string): Done | null {
    try {
      const done = doneSchema.safeParse(this.options.store.doneCommands.outcomeOf(key));
      return done.success ? done.data : null;
    } catch (error) {
      this.options.logger.error(toErrorInfo(error, 'STORE_FAILED'), 'earlier commands cannot be read');
      return null;
    }
  }

  private remember(key: string, done: Done): boolean {
    // What may yet be carried out under the same key must not be refused for ever.
    if (!done.outcome.ok && done.outcome.code === 'TRY_LATER') return true;
    try {
      this.options.store.doneCommands.remember(key, done);
      return true;
    } catch (error) {
      this.options.logger.error(toErrorInfo(error, 'STORE_FAILED'), 'command not remembered');
      return false;
    }
  }

  private async carryOut(command: RobotCommand): Promise<Answer> {
    const { clock, logger } = this.options;
    const name = command.command satisfies CommandName;
    try {
      const withinMs = channels[`commands/${name}`].answer?.withinMs ?? usualAnswerMs;
      return await withDeadline(clock, withinMs, name, Promise.resolve(this.handler(command)));
    } catch (error) {
      const info = toErrorInfo(error, 'CANCELLED');
      logger.warn({ command: name, ...info }, 'command not carried out');
      return { ok: false, code: 'COMMAND_REFUSED', detail: info.code };
    }
  }
}
