import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../src/core/clock.ts';
import { type Operation, type Outcome, refusalCodes, requestEnvelopeSchema } from '../../src/queue/contract.ts';
import { inTransaction, type Sqlite } from '../../src/store/database.ts';
import { change, selectRow } from './database.ts';
import { refuse } from './outcomes.ts';

/** Robots repeat a stored request for a week at most. */
const keptMs = 8 * 86_400_000;

const rowSchema = z.object({ outcome: z.string(), contentHash: z.string().nullable() });
const outcomeSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({
    ok: z.literal(false),
    code: z.enum(refusalCodes),
    detail: z.string(),
    validFrom: z.string().optional(),
    validUntil: z.string().optional(),
  }),
]);

/** Every decision in one transaction with the answer it was given, so that a repeated request gets that answer and nothing happens twice. */
export class Decisions {
  private readonly database: Sqlite;
  private readonly clock: Clock;

  constructor(database: Sqlite, clock: Clock) {
    this.database = database;
    this.clock = clock;
  }

  /**
   * Answers what was answered before to the same key of the same robot, or decides now. `KEY_REUSED` when the key came with another
   * operation or content. `TRY_LATER` and `BAD_MESSAGE` decide nothing and are not kept.
   */
  once(operation: Operation, request: { robotId: string; idempotencyKey: string }, decide: () => Outcome): Outcome {
    const { robotId, idempotencyKey } = request;
    const contentHash = hashOf(operation, request);
    return inTransaction(this.database, () => {
      const query = 'SELECT outcome, contentHash FROM decisions WHERE robotId = ? AND idempotencyKey = ?';
      const before = selectRow(this.database, rowSchema, query, robotId, idempotencyKey);
      if (before?.contentHash && before.contentHash !== contentHash)
        return refuse('KEY_REUSED', 'the key was used for another operation or another content');
      if (before) return outcomeSchema.parse(JSON.parse(before.outcome));
      const outcome = decide();
      if (!outcome.ok && (outcome.code === 'TRY_LATER' || outcome.code === 'BAD_MESSAGE')) return outcome;
      const insert = 'INSERT INTO decisions (idempotencyKey, robotId, outcome, decidedAtMs, contentHash) VALUES (?, ?, ?, ?, ?)';
      change(this.database, insert, idempotencyKey, robotId, JSON.stringify(outcome), this.clock.nowMs(), contentHash);
      return outcome;
    });
  }

  /** Forgets what no robot repeats any more. */
  tidy(): void {
    const beforeMs = this.clock.nowMs() - keptMs;
    change(this.database, 'DELETE FROM decisions WHERE decidedAtMs < ?', beforeMs);
    change(this.database, 'DELETE FROM withdrawn WHERE withdrawnAtMs < ?', beforeMs);
  }
}

/** Of operation and content; the head changes with every repetition. */
function hashOf(operation: Operation, request: object): string {
  const content = Object.entries(request).filter(([key]) => !(key in requestEnvelopeSchema.shape));
  return createHash('sha256')
    .update(`${operation}\n${canonical(Object.fromEntries(content))}`)
    .digest('base64url');
}

/** JSON with its keys in order, so that the same content is the same text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
