import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import type { Outbox } from '../store/outbox.ts';
import { isoTime } from './wire.ts';

export interface PromiseDeskOptions {
  outbox: Outbox;
  /** Dates what citizens give; the queue server's clock. */
  clock: Clock;
  ids: Ids;
  /** Something was put into the outbox. */
  onStored: () => void;
}

/** What citizens hand over besides tickets. Every method returns when it is durably stored; throws `OUTBOX_FULL`, `STORE_FAILED`. */
export class PromiseDesk {
  private readonly options: PromiseDeskOptions;

  constructor(options: PromiseDeskOptions) {
    this.options = options;
  }

  registration(registration: { visitId: string; personCount: number; jwe: string }): void {
    this.store('registrations', { ...registration, registrationId: this.options.ids.next(), readAt: this.now() });
  }

  feedback(feedback: { visitId: string; score: number }): void {
    this.store('feedback', { ...feedback, givenAt: this.now() });
  }

  /** Returns the receipt number, for instance `PA-260105-7XK2QM`. */
  petition(petition: { visitId: string; jwe: string }): string {
    const filedAt = this.now();
    const day = filedAt.slice(2, 10).replaceAll('-', '');
    // The random end of a ULID: 30 bits a day, and the queue server refuses a number already taken.
    const receiptNumber = `PA-${day}-${this.options.ids.next().slice(-6)}`;
    this.store('petitions', { ...petition, receiptNumber, filedAt });
    return receiptNumber;
  }

  private now(): string {
    return isoTime(this.options.clock.nowMs());
  }

  private store(operation: 'registrations' | 'feedback' | 'petitions', body: object): void {
    const { outbox, ids, onStored } = this.options;
    outbox.add({ idempotencyKey: `${operation}:${ids.next()}`, operation, body });
    onStored();
  }
}
