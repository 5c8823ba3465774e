import { z } from 'zod';
import { type PriorityClass, priorityClasses, type Service, type Ticket } from '../behaviour/model.ts';
import type { Clock } from '../core/clock.ts';
import { type ErrorCode, LetanError, toErrorInfo } from '../core/errors.ts';
import type { Ids } from '../core/ids.ts';
import type { Language } from '../core/language.ts';
import type { Logger } from '../core/logger.ts';
import type { Store } from '../store/store.ts';
import type { OfflineTicket, RefusalCode, ResultOf } from './contract.ts';
import { Refusal, type Requests } from './requests.ts';
import { isoTime } from './wire.ts';

export interface TicketRequest {
  visitId: string;
  serviceId: string;
  /** Services after it, in order. */
  followedBy: string[];
  priorityClass: PriorityClass;
  language: Language;
}

export interface CheckInRequest {
  visitId: string;
  bookingCode: string;
  language: Language;
}

export interface TicketDeskOptions {
  store: Store;
  requests: Requests;
  clock: Clock;
  ids: Ids;
  logger: Logger;
  isOnline: () => boolean;
  /** Services as last announced. */
  services: () => readonly Service[];
  /** Something was put into the outbox. */
  onStored: () => void;
}

/** The queue server may act on a reservation this long, so that clocks may differ by as much; a late one is voided anyway. */
const reservationLifetimeMs = 60_000;
/** Tickets among which the last one given offline is looked for; after so many given online the time is well known. */
const journalSearched = 100;

/** What commit and void need to know of a ticket; kept in the journal. */
const journalTicketSchema = z.object({
  offlineTicket: z
    .object({
      leaseId: z.string(),
      number: z.string(),
      serviceId: z.string(),
      followedBy: z.array(z.string()),
      priorityClass: z.enum(priorityClasses),
      visitId: z.string(),
      issuedAt: z.string(),
    })
    .nullable(),
});

/**
 * Reserve -> print -> commit or void. A ticket whose answer does not come in time is voided through the outbox and one from the lease
 * is given instead, so no number is lost and none is given twice.
 */
export class TicketDesk {
  private readonly options: TicketDeskOptions;
  /** When the last ticket was given from the lease, ms; null until that is read from the journal. */
  private lastIssuedMs: number | null = null;

  constructor(options: TicketDeskOptions) {
    this.options = options;
  }

  /** Throws `QUEUE_SERVICE_CLOSED`, `QUEUE_REFUSED`, `QUEUE_OFFLINE` (no lease left), `OUTBOX_FULL`, `STORE_FAILED`. */
  async reserve(request: TicketRequest): Promise<Ticket> {
    this.options.store.outbox.ensureRoom();
    if (this.options.isOnline()) {
      const ticket = await this.ask('tickets/reserve', request);
      if (ticket) return ticket;
    }
    return this.giveFromLease(request);
  }

  /** Throws `BOOKING_UNKNOWN`, `QUEUE_REFUSED`, `QUEUE_OFFLINE`, `OUTBOX_FULL`, `STORE_FAILED`. */
  async checkIn(request: CheckInRequest): Promise<Ticket> {
    this.options.store.outbox.ensureRoom();
    if (!this.options.isOnline()) throw new LetanError('QUEUE_OFFLINE', 'bookings are checked by the queue server alone');
    const ticket = await this.ask('checkins', request);
    if (!ticket) throw new LetanError('QUEUE_OFFLINE', 'the queue server did not answer the check-in');
    return ticket;
  }

  /**
   * The printer confirmed. Between its confirmation and this there is no waiting for anybody, and this is one synchronous write: a power
   * cut meets the two apart within the millisecond that the disk takes. Stored from here on, whatever happens to the link. Throws
   * `QUEUE_REFUSED` for a ticket unknown or voided, `STORE_FAILED`.
   */
  commit(ticketId: string): void {
    this.settle(ticketId, 'committed', (offlineTicket) => ({ operation: 'tickets/commit', body: { ticketId, offlineTicket } }));
  }

  void(ticketId: string, reason: string): void {
    this.settle(ticketId, 'voided', (offlineTicket) => ({ operation: 'tickets/void', body: { ticketId, reason, offlineTicket } }));
  }

  /**
   * After a restart. A cut while the paper ran (2 s) leaves it in the printer, uncut; one between cutter and confirmation (0.1 s) leaves a
   * dead number in somebody's hand. So void is right nearly always, and an uncommitted number would expire at the queue server anyway.
   */
  voidUnsettled(): void {
    const { store, logger } = this.options;
    for (const { ticketId } of store.journal.unsettled()) {
      try {
        this.void(ticketId, 'restarted before it was confirmed');
      } catch (error) {
        logger.error({ ticketId, ...toErrorInfo(error, 'STORE_FAILED') }, 'ticket not voided');
      }
    }
  }

  /** Null when no answer came and the reservation has been withdrawn. */
  private async ask(operation: 'tickets/reserve', request: TicketRequest): Promise<Ticket | null>;
  private async ask(operation: 'checkins', request: CheckInRequest): Promise<Ticket | null>;
  private async ask(operation: 'tickets/reserve' | 'checkins', request: TicketRequest | CheckInRequest): Promise<Ticket | null> {
    const ticketId = this.options.ids.next();
    const send = { idempotencyKey: `reserve:${ticketId}`, lifetimeMs: reservationLifetimeMs };
    try {
      const result =
        'serviceId' in request
          ? await this.options.requests.send('tickets/reserve', { ticketId, ...request }, send)
          : await this.options.requests.send('checkins', { ticketId, ...request }, send);
      return this.accept(ticketId, result);
    } catch (error) {
      const undecided = error instanceof Refusal && error.outcome.code === 'TRY_LATER';
      if (error instanceof Refusal && !undecided) throw refusalError(error);
      const { code } = toErrorInfo(error, 'QUEUE_OFFLINE');
      if (!undecided && (!(error instanceof LetanError) || code === 'STORE_FAILED')) throw error;
      this.options.logger.warn({ operation, code }, 'no answer; the reservation is withdrawn');
      this.withdraw(ticketId);
      return null;
    }
  }

  private accept(ticketId: string, result: ResultOf<'tickets/reserve'>): Ticket {
    if (result.ticket.ticketId !== ticketId) throw new LetanError('QUEUE_BAD_MESSAGE', 'the answer names another ticket');
    this.options.store.journal.record(ticketId, { number: result.ticket.number, offlineTicket: null });
    return { ...result.ticket, offline: false };
  }

  private withdraw(ticketId: string): void {
    const body = { ticketId, reason: 'no answer in time', offlineTicket: null };
    const entry = { idempotencyKey: `void:${ticketId}`, operation: 'tickets/void', body, lane: ticketId };
    this.options.store.outbox.add(entry, 'settling');
    this.options.onStored();
  }

  private giveFromLease(request: TicketRequest): Ticket {
    const { store, ids, clock } = this.options;
    const service = this.options.services().find((candidate) => candidate.serviceId === request.serviceId);
    if (!service) throw new LetanError('QUEUE_OFFLINE', 'offline, and the service was never announced');
    if (!service.open) throw new LetanError('QUEUE_SERVICE_CLOSED', request.serviceId);
    const { serviceId, followedBy, priorityClass, visitId } = request;
    const nameOf = (id: string) => this.options.services().find((candidate) => candidate.serviceId === id)?.name ?? service.name;
    return store.transaction(() => {
      const leased = store.leases.take(serviceId, clock.nowMs());
      if (!leased) throw new LetanError('QUEUE_OFFLINE', 'offline, and no leased number is left');
      const issuedAt = isoTime(this.nextIssuedMs());
      const ticketId = ids.next();
      const offlineTicket: OfflineTicket = { ...leased, serviceId, followedBy, priorityClass, visitId, issuedAt };
      store.journal.record(ticketId, { number: leased.number, offlineTicket });
      return {
        ticketId,
        number: leased.number,
        serviceId,
        serviceName: service.name,
        followedBy: followedBy.map((id) => ({ serviceId: id, serviceName: nameOf(id) })),
        priorityClass,
        waitingCount: 0,
        estimatedWaitMin: 0,
        issuedAt,
        offline: true,
      };
    });
  }

  /**
   * Now, or just after the ticket before where the clock went back: a robot that starts ahead of the queue server learns the time between
   * two citizens, and the place in the queue is by this date. At most a day ahead, since a lease ends with its day.
   */
  private nextIssuedMs(): number {
    const { clock } = this.options;
    this.lastIssuedMs ??= this.lastIssuedInJournal();
    this.lastIssuedMs = Math.max(clock.nowMs(), this.lastIssuedMs + 1);
    return this.lastIssuedMs;
  }

  private lastIssuedInJournal(): number {
    for (const { ticket } of this.options.store.journal.latest(journalSearched)) {
      const read = journalTicketSchema.safeParse(ticket);
      const issuedMs = read.success && read.data.offlineTicket ? Date.parse(read.data.offlineTicket.issuedAt) : Number.NaN;
      if (Number.isFinite(issuedMs)) return issuedMs;
    }
    return 0;
  }

  private settle(
    ticketId: string,
    state: 'committed' | 'voided',
    request: (offlineTicket: OfflineTicket | null) => { operation: string; body: unknown },
  ): void {
    const { store } = this.options;
    const entry = store.journal.get(ticketId);
    if (!entry) throw new LetanError('QUEUE_REFUSED', 'no such ticket was reserved here');
    if (entry.state === state) return;
    if (entry.state !== 'reserved') throw new LetanError('QUEUE_REFUSED', `the ticket is already ${entry.state}`);
    const read = journalTicketSchema.safeParse(entry.ticket);
    if (!read.success) this.options.logger.error({ ticketId }, 'the journal of a ticket cannot be read; it is settled as one given online');
    const offlineTicket = read.success ? read.data.offlineTicket : null;
    const key = state === 'committed' ? `commit:${ticketId}` : `void:${ticketId}`;
    store.transaction(() => {
      store.outbox.add({ idempotencyKey: key, ...request(offlineTicket), lane: ticketId }, 'settling');
      store.journal.settle(ticketId, state);
    });
    this.options.onStored();
  }
}

function refusalError({ outcome: { code, detail, validFrom, validUntil } }: Refusal): LetanError {
  const window = validFrom && validUntil ? ` (${validFrom} to ${validUntil})` : '';
  return new LetanError(errorCodeOf(code), `${code}: ${detail}${window}`);
}

function errorCodeOf(code: RefusalCode): ErrorCode {
  switch (code) {
    case 'SERVICE_CLOSED':
      return 'QUEUE_SERVICE_CLOSED';
    case 'NUMBERS_EXHAUSTED':
      return 'QUEUE_NUMBERS_EXHAUSTED';
    case 'BOOKING_UNKNOWN':
    case 'BOOKING_NOT_TODAY':
    case 'BOOKING_TOO_EARLY':
    case 'BOOKING_TOO_LATE':
    case 'BOOKING_USED':
      return code;
    default:
      return 'QUEUE_REFUSED';
  }
}
