import type { Clock } from '../../src/core/clock.ts';
import type { Logger } from '../../src/core/logger.ts';
import { type Operation, type Outcome, operations, type RequestOf, requestSchemas } from '../../src/queue/contract.ts';
import type { Intake } from '../../src/queue/intake.ts';
import { robotIdOf, topicOf } from '../../src/queue/topics.ts';
import type { TransportMessage } from '../../src/queue/transport.ts';
import type { Faults } from './faults.ts';
import type { Flood } from './flood.ts';
import { refuse } from './outcomes.ts';

export interface RequestDoorOptions {
  ward: string;
  clock: Clock;
  logger: Logger;
  intake: Intake;
  faults: Faults;
  flood: Flood;
  /** Operations this queue server answers; the others are `NOT_SUPPORTED`. */
  supported: readonly Operation[];
  decide: <O extends Operation>(operation: O, request: RequestOf<O>) => Outcome;
  publish: (topic: string, body: object, correlation: string) => void;
}

/** Where requests come in: read, decided, answered to the robot the topic names, whatever the payload asks for. */
export class RequestDoor {
  private readonly options: RequestDoorOptions;

  constructor(options: RequestDoorOptions) {
    this.options = options;
  }

  enter(operation: Operation, message: TransportMessage): void {
    const { ward, clock, intake, faults, publish } = this.options;
    const robotId = robotIdOf(ward, message.topic) ?? '';
    const replyTo = topicOf('replies', { ward, robot: robotId });
    const nowMs = operation === 'hello' ? null : clock.nowMs();
    const incoming = intake.readRequest(requestSchemas[operation], message, { robotId, replyTo, nowMs });
    if (incoming.kind === 'dropped' || faults.isDeafTo(operation)) return;
    const { messageId, idempotencyKey } = incoming.question;
    const outcome = incoming.kind === 'refused' ? incoming.outcome : this.decide(operation, incoming.request);
    const expiresAtMs = incoming.kind === 'accepted' ? Date.parse(incoming.request.expiresAt) : null;
    const reply = { inReplyTo: messageId, idempotencyKey, ...outcome };
    faults.answer(operation, reply, expiresAtMs, (said) => publish(replyTo, said, messageId));
  }

  private decide<O extends Operation>(operation: O, request: RequestOf<O>): Outcome {
    const { flood, faults, supported, decide, logger } = this.options;
    if (!supported.includes(operation)) return refuse('NOT_SUPPORTED', `this queue server has no ${operation}`);
    if (!flood.admits(request.robotId)) return refuse('TRY_LATER', 'too many requests of this robot');
    if (faults.refusesAll && operation !== 'hello') return refuse('TRY_LATER', 'told to refuse');
    try {
      return decide(operation, request);
    } catch (error) {
      logger.error({ operation, detail: error instanceof Error ? error.message : String(error) }, 'decision failed');
      return refuse('TRY_LATER', 'the queue server could not decide');
    }
  }
}

export const allOperations: readonly Operation[] = operations;
