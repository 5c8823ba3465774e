import type { PriorityClass } from '../../src/behaviour/model.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Outcome, RequestOf } from '../../src/queue/contract.ts';
import { isoTime } from '../../src/queue/wire.ts';
import type { Sqlite } from '../../src/store/database.ts';
import type { Catalogue, WardService } from './catalogue.ts';
import { change, exists, type TicketRow } from './database.ts';
import type { LeaseOffice } from './lease-office.ts';
import { accept, refuse } from './outcomes.ts';
import type { Overview } from './overview.ts';
import { findTicket, formatNumber, insertTicket, reservationMs, setTicketState, takeNumbers } from './tickets.ts';

interface TicketWish {
  ticketId: string;
  serviceId: string;
  followedBy: readonly string[];
  priorityClass: PriorityClass;
  robotId: string;
  origin: 'robot' | 'booking';
  /** Its place among equals; null: that of its issue. */
  placeMs: number | null;
}

/** Numbers and tickets: reserve, commit, void. Every method runs inside the caller's transaction. */
export class TicketOffice {
  private readonly database: Sqlite;
  private readonly clock: Clock;
  private readonly catalogue: Catalogue;
  private readonly overview: Overview;
  private readonly leases: LeaseOffice;

  constructor(database: Sqlite, clock: Clock, rooms: { catalogue: Catalogue; overview: Overview; leases: LeaseOffice }) {
    this.database = database;
    this.clock = clock;
    this.catalogue = rooms.catalogue;
    this.overview = rooms.overview;
    this.leases = rooms.leases;
  }

  reserve(request: RequestOf<'tickets/reserve'>): Outcome {
    const { ticketId, serviceId, followedBy, priorityClass, robotId } = request;
    return this.give({ ticketId, serviceId, followedBy, priorityClass, robotId, origin: 'robot', placeMs: null });
  }

  /** The paper is out. An expired reservation comes back to life: somebody holds that paper, and no number is used twice. */
  commit({ ticketId, robotId, offlineTicket }: RequestOf<'tickets/commit'>): Outcome {
    if (offlineTicket) return this.leases.enter(ticketId, robotId, offlineTicket, 'waiting');
    const ticket = this.find(ticketId, robotId);
    if (!ticket) return refuse('TICKET_UNKNOWN', 'no such reservation');
    if (ticket.state === 'voided' && this.isWithdrawn(ticketId))
      return refuse('TICKET_WITHDRAWN', 'the reservation expired and its booking was checked in again since');
    if (ticket.state === 'voided') return refuse('TICKET_STATE', 'the ticket was voided');
    if (ticket.state === 'reserved' || ticket.state === 'expired') setTicketState(this.database, ticketId, 'waiting');
    return accept();
  }

  /** Also for a reservation not heard of yet: it is refused when it comes. A voided check-in leaves its booking free again. */
  void({ ticketId, robotId, offlineTicket }: RequestOf<'tickets/void'>): Outcome {
    if (offlineTicket) return this.leases.enter(ticketId, robotId, offlineTicket, 'voided');
    const ticket = this.find(ticketId, robotId);
    if (!ticket) {
      this.withdraw(ticketId);
      return accept();
    }
    if (ticket.state !== 'reserved' && ticket.state !== 'expired' && ticket.state !== 'voided')
      return refuse('TICKET_STATE', `the ticket is ${ticket.state}`);
    setTicketState(this.database, ticketId, 'voided');
    change(this.database, 'DELETE FROM checkins WHERE ticketId = ?', ticketId);
    return accept();
  }

  /** Nobody confirmed the reservation in time; {@link expire} may not have come to it yet. */
  hasLapsed({ state, reservedUntilMs }: TicketRow): boolean {
    return state === 'expired' || (state === 'reserved' && reservedUntilMs <= this.clock.nowMs());
  }

  /**
   * The booking of this lapsed check-in gets another number. Of two papers for one booking only the later counts: a commit that comes
   * after all is told `TICKET_WITHDRAWN`, as against one that was voided.
   */
  supersede({ ticketId }: TicketRow): void {
    setTicketState(this.database, ticketId, 'voided');
    this.withdraw(ticketId);
  }

  /** Withdraws reservations nobody confirmed; answers how many. */
  expire(): number {
    const nowMs = this.clock.nowMs();
    if (!exists(this.database, "SELECT 1 FROM tickets WHERE state = 'reserved' AND reservedUntilMs <= ?", nowMs)) return 0;
    const query = "UPDATE tickets SET state = 'expired', endedAtMs = ? WHERE state = 'reserved' AND reservedUntilMs <= ?";
    return change(this.database, query, nowMs, nowMs);
  }

  /** Reserves a number of the first service for a ticket that goes through all of them. */
  give(wish: TicketWish): Outcome {
    const services = this.servicesOf([wish.serviceId, ...wish.followedBy]);
    if (services === null) return refuse('SERVICE_UNKNOWN', 'no such service');
    const [service, ...later] = services;
    if (!service || new Set(services).size < services.length) return refuse('BAD_MESSAGE', 'a service is named twice');
    if (!this.overview.isOpen(service.serviceId)) return refuse('SERVICE_CLOSED', 'the service is closed');
    if (this.isWithdrawn(wish.ticketId)) return refuse('TICKET_WITHDRAWN', 'the robot gave this reservation up');
    if (findTicket(this.database, wish.ticketId)) return refuse('TICKET_STATE', 'the ticket exists already');
    const load = this.overview.load(service);
    const day = this.overview.today();
    const taken = takeNumbers(this.database, { day, serviceId: service.serviceId, band: 'own' }, 1);
    if (taken === null) return refuse('NUMBERS_EXHAUSTED', 'no number is left today');
    const number = formatNumber(service.prefix, taken.first);
    const issuedAtMs = this.clock.nowMs();
    insertTicket(this.database, { ...wish, number, day, state: 'reserved', issuedAtMs, placeMs: wish.placeMs ?? issuedAtMs });
    const { ticketId, serviceId, priorityClass } = wish;
    const followedBy = later.map((next) => ({ serviceId: next.serviceId, serviceName: next.name }));
    const shown = { ticketId, number, serviceId, serviceName: service.name, followedBy, priorityClass, ...load };
    return accept({ ticket: { ...shown, issuedAt: isoTime(issuedAtMs) }, reservedUntil: isoTime(issuedAtMs + reservationMs) });
  }

  /** Null when one of them does not exist. */
  private servicesOf(serviceIds: readonly string[]): WardService[] | null {
    const found = serviceIds.flatMap((serviceId) => this.catalogue.services.filter((service) => service.serviceId === serviceId));
    return found.length === serviceIds.length ? found : null;
  }

  private find(ticketId: string, robotId: string): TicketRow | null {
    const ticket = findTicket(this.database, ticketId);
    return ticket?.robotId === robotId ? ticket : null;
  }

  private isWithdrawn(ticketId: string): boolean {
    return exists(this.database, 'SELECT 1 FROM withdrawn WHERE ticketId = ?', ticketId);
  }

  private withdraw(ticketId: string): void {
    change(this.database, 'INSERT OR IGNORE INTO withdrawn VALUES (?, ?)', ticketId, this.clock.nowMs());
  }
}
