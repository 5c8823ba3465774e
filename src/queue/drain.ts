import type { Cancel, Clock } from '../core/clock.ts';
import { toErrorInfo } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Outbox, OutboxEntry } from '../store/outbox.ts';
import type { Backoff } from './backoff.ts';
import type { Requests } from './requests.ts';

/** Undelivered promises stay acceptable for a week; the idempotency key keeps them single. */
const storedLifetimeMs = 7 * 86_400_000;

export interface DrainOptions {
  outbox: Outbox;
  requests: Requests;
  clock: Clock;
  backoff: Backoff;
  logger: Logger;
  isOnline: () => boolean;
}

/**
 * Empties the outbox in order, one entry at a time. An entry leaves when the queue server acknowledges its key, or refuses it for good
 * (then key and code are kept aside); until then it is sent again, with back-off.
 */
export class Drain {
  private readonly options: DrainOptions;
  private running = false;
  private stopped = false;
  private cancelWait: Cancel = () => {};

  constructor(options: DrainOptions) {
    this.options = options;
  }

  /** Call when the link came up and when something was added. */
  kick(): void {
    if (this.running || this.stopped || !this.options.isOnline()) return;
    this.running = true;
    this.cancelWait();
    this.run().then(
      (again) => this.onRest(again),
      (error: unknown) => {
        this.options.logger.error(toErrorInfo(error, 'STORE_FAILED'), 'outbox not drained');
        this.onRest(true);
      },
    );
  }

  stop(): void {
    this.stopped = true;
    this.cancelWait();
  }

  private onRest(again: boolean): void {
    this.running = false;
    if (this.stopped) return;
    if (!again) {
      // Something may have been added between the last look and here.
      if (this.options.outbox.length > 0) this.kick();
      return;
    }
    this.cancelWait = this.options.clock.after(this.options.backoff.next(), () => this.kick());
  }

  /** True when something is left that should be tried again. */
  private async run(): Promise<boolean> {
    const { outbox, isOnline } = this.options;
    for (let entry = outbox.first(); entry; entry = outbox.first()) {
      if (this.stopped || !isOnline()) return false;
      if (!(await this.deliver(entry))) return true;
    }
    return false;
  }

  /** True when the entry left the outbox. */
  private async deliver(entry: OutboxEntry): Promise<boolean> {
    const { outbox, requests, backoff, logger } = this.options;
    const { operation, idempotencyKey } = entry;
    try {
      const outcome = await requests.sendStored(operation, entry.body, { idempotencyKey, lifetimeMs: storedLifetimeMs });
      if (this.stopped) return false;
      if (outcome.ok) outbox.remove(idempotencyKey);
      else if (outcome.code === 'TRY_LATER') return false;
      else {
        logger.error({ operation, idempotencyKey, code: outcome.code }, 'queue server refused a stored request');
        outbox.refuse(entry, outcome.code);
      }
      backoff.reset();
      return true;
    } catch (error) {
      logger.warn({ operation, ...toErrorInfo(error, 'QUEUE_OFFLINE') }, 'stored request not answered');
      return false;
    }
  }
}
