import type { Cancel, Clock } from '../core/clock.ts';
import { type ErrorInfo, LetanError, toErrorInfo } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { type Outbox, type OutboxEntry, stuckAfter } from '../store/outbox.ts';
import type { Backoff } from './backoff.ts';
import type { Outcome, RefusalCode } from './contract.ts';
import type { Requests } from './requests.ts';

/** Undelivered promises stay acceptable for a week; the idempotency key keeps them single. */
const storedLifetimeMs = 7 * 86_400_000;
/** Requests under way at once: enough to hide the way there and back, few enough for any broker's window. */
const windowSize = 16;
/** Acknowledged entries leave together, since each transaction waits for the disk. One that is lost in a crash is only sent again. */
const removedTogether = 64;
const removedAfterMs = 50;
const firstPauseMs = 1_000;
const firstStuckPauseMs = 60_000;

/** About how the two sides are set up, not about the request: a promise outlives them. */
const outlived: ReadonlySet<RefusalCode> = new Set(['TRY_LATER', 'EXPIRED', 'WRONG_VERSION', 'WRONG_WARD', 'WRONG_ROBOT', 'NOT_SUPPORTED']);

export interface DrainOptions {
  outbox: Outbox;
  requests: Requests;
  clock: Clock;
  backoff: Backoff;
  logger: Logger;
  isOnline: () => boolean;
  /** `OUTBOX_STUCK`: the first entry became stuck. */
  onStuck?: (error: ErrorInfo) => void;
}

/**
 * Empties the outbox in passes from the oldest entry to the newest. Up to 16 entries are under way at once, published in their order;
 * entries of one lane go one after the other. An entry leaves when the queue server acknowledges its key, or refuses it for good (then it
 * is kept among the refused). One that stays unanswered while others are answered is set back for 1, 2, 4, 8 s and is stuck after the
 * fifth time: tried again after 1, 2, 4 … 60 min, never dropped. Where nobody is answered everything waits, with back-off, also when the
 * link doubts the queue server meanwhile and its hello is answered: only another connection or another queue server begins anew.
 */
export class Drain {
  private readonly options: DrainOptions;
  private readonly underWay = new Map<number, OutboxEntry>();
  private readonly acknowledged = new Map<number, OutboxEntry>();
  /** Entries up to this one had their turn in this pass. */
  private passedSeq = 0;
  /** Something in this pass is to be tried again after a back-off. */
  private inVain = false;
  /** The store failed in this pass: nothing more is sent before the rest, since its answer could not be written down. */
  private broken = false;
  /** Entries that left, ever. */
  private settled = 0;
  /** Nobody was heard while an entry of this pass was waited for: the rest of the pass would only wait as long, sixteen at a time. */
  private silent = false;
  /** Nothing is sent before, monotonic ms. */
  private restUntilMs = Number.NEGATIVE_INFINITY;
  private stopped = false;
  private cancelRest: Cancel = () => {};
  private cancelRemoval: Cancel = () => {};

  constructor(options: DrainOptions) {
    this.options = options;
  }

  /** Call when the link came up and when something was added. A rest is kept. */
  kick(): void {
    const { clock } = this.options;
    const leftMs = this.restUntilMs - clock.monotonicMs();
    this.cancelRest();
    if (this.stopped) return;
    if (leftMs > 0) this.cancelRest = clock.after(leftMs, () => this.kick());
    else this.guarded(() => this.fill());
  }

  /** Call when the connection or the queue server is gone: what was in vain with that one may be tried at once with the next. */
  startOver(): void {
    this.restUntilMs = Number.NEGATIVE_INFINITY;
  }

  stop(): void {
    this.stopped = true;
    this.cancelRest();
    this.cancelRemoval();
  }

  private fill(): void {
    const { outbox, isOnline } = this.options;
    while (!this.stopped && !this.broken && !this.silent && isOnline() && this.underWay.size < windowSize) {
      const entries = outbox.due(this.passedSeq, windowSize - this.underWay.size);
      for (const entry of entries) {
        this.passedSeq = entry.seq;
        this.send(entry);
      }
      if (entries.length === 0) break;
    }
    if (this.underWay.size === 0) this.endPass();
  }

  private send(entry: OutboxEntry): void {
    this.underWay.set(entry.seq, entry);
    this.deliver(entry).then(
      () => this.onSettled(entry),
      (error: unknown) => {
        this.onStoreFailed(error);
        this.onSettled(entry);
      },
    );
  }

  private onSettled(entry: OutboxEntry): void {
    this.underWay.delete(entry.seq);
    if (!this.stopped) this.guarded(() => this.fill());
  }

  /** Everything of this pass is answered or given up. */
  private endPass(): void {
    const { outbox, isOnline, clock } = this.options;
    this.removeAcknowledged();
    const again = this.inVain || this.broken;
    this.passedSeq = 0;
    if (this.stopped) return;
    this.cancelRest();
    if (again) this.rest();
    else if (!isOnline()) return;
    else if (outbox.due(0, 1).length > 0) this.fill();
    else {
      const nextMs = outbox.nextDueMs();
      if (nextMs !== null) this.cancelRest = clock.after(nextMs, () => this.kick());
    }
  }

  /** Rejects only when the store fails. */
  private async deliver(entry: OutboxEntry): Promise<void> {
    const { requests } = this.options;
    const { heardCount } = requests;
    const { settled } = this;
    const answer = await this.ask(entry);
    if (this.stopped) return;
    if ('error' in answer) {
      const heard = requests.heardCount > heardCount;
      const timedOut = answer.error.code === 'REQUEST_TIMEOUT';
      if (timedOut && !heard) this.silent = true;
      // What a lost connection cut off was not in vain: it goes first with the next one.
      if (timedOut || this.options.isOnline()) this.onInVain(entry, timedOut && heard);
    } else if (answer.ok) this.onAcknowledged(entry);
    else if (outlived.has(answer.code)) this.onInVain(entry, this.settled > settled);
    else this.onRefused(entry, answer.code);
  }

  private async ask(entry: OutboxEntry): Promise<Outcome | { error: ErrorInfo }> {
    const { requests, logger } = this.options;
    const { operation, idempotencyKey, body } = entry;
    try {
      const outcome = await requests.sendStored(operation, body, { idempotencyKey, lifetimeMs: storedLifetimeMs });
      if (!outcome.ok) logger.warn({ operation, idempotencyKey, code: outcome.code }, 'queue server refused a stored request');
      return outcome;
    } catch (error) {
      const info = toErrorInfo(error, 'QUEUE_OFFLINE');
      logger.warn({ operation, ...info }, 'stored request not answered');
      return { error: info };
    }
  }

  private onAcknowledged(entry: OutboxEntry): void {
    const { clock } = this.options;
    this.settled++;
    this.acknowledged.set(entry.seq, entry);
    if (this.acknowledged.size >= removedTogether) this.removeAcknowledged();
    else if (this.acknowledged.size === 1)
      this.cancelRemoval = clock.after(removedAfterMs, () => this.guarded(() => this.removeAcknowledged()));
  }

  private onRefused(entry: OutboxEntry, code: RefusalCode): void {
    this.settled++;
    this.options.outbox.refuse(entry, code);
    this.options.backoff.reset();
  }

  private onInVain(entry: OutboxEntry, othersWereAnswered: boolean): void {
    const { outbox, logger, onStuck } = this.options;
    if (!othersWereAnswered) {
      this.inVain = true;
      return;
    }
    const attempts = entry.attempts + 1;
    const stuckBefore = outbox.stuckCount;
    outbox.postpone(entry, attempts, pauseMs(attempts));
    if (attempts !== stuckAfter) return;
    const { operation, idempotencyKey } = entry;
    const error = new LetanError('OUTBOX_STUCK', `${operation} ${idempotencyKey} was left unanswered ${attempts} times`).toInfo();
    logger.error(error, 'stored request is stuck');
    if (stuckBefore === 0) onStuck?.(error);
  }

  private removeAcknowledged(): void {
    this.cancelRemoval();
    if (this.acknowledged.size === 0) return;
    this.options.outbox.removeAll([...this.acknowledged.values()]);
    this.acknowledged.clear();
    this.options.backoff.reset();
  }

  private guarded(work: () => void): void {
    if (this.stopped) return;
    try {
      work();
    } catch (error) {
      this.onStoreFailed(error);
    }
  }

  /** What could not be written down is asked again: the same key gets the same answer. */
  private onStoreFailed(error: unknown): void {
    this.options.logger.error(toErrorInfo(error, 'STORE_FAILED'), 'outbox not drained');
    this.acknowledged.clear();
    this.broken = true;
    if (this.underWay.size === 0) this.rest();
  }

  private rest(): void {
    const { clock, backoff } = this.options;
    const pauseMs = backoff.next();
    this.broken = false;
    this.inVain = false;
    this.silent = false;
    this.passedSeq = 0;
    this.restUntilMs = clock.monotonicMs() + pauseMs;
    this.cancelRest();
    if (!this.stopped) this.cancelRest = clock.after(pauseMs, () => this.kick());
  }
}

function pauseMs(attempts: number): number {
  if (attempts < stuckAfter) return firstPauseMs * 2 ** (attempts - 1);
  // Beyond 2^6 minutes the outbox's longest pause bounds it.
  return firstStuckPauseMs * 2 ** Math.min(attempts - stuckAfter, 6);
}
