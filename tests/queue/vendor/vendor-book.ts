import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import {
  dayMs,
  dayOf,
  done,
  iso,
  type OfflineTicket,
  type Outcome,
  type Requests,
  refuse,
  timeOn,
  ulid,
  type VendorBooking,
  type VendorClock,
  type VendorLease,
  type VendorService,
  type VendorTicket,
} from './vendor-types.ts';

interface State {
  tickets: VendorTicket[];
  leases: VendorLease[];
  bookings: VendorBooking[];
  /** Next number by day, letter and band. */
  next: Record<string, number>;
  remembered: Record<string, { operation: string; digest: string; outcome: Outcome; untilMs: number }>;
  feedback: Requests['feedback'][];
  petitions: Requests['petitions'][];
  registrations: (Requests['registrations'] & { robotId: string })[];
  /** Priority tickets called one after the other, by counter. */
  priorityInRow: Record<number, number>;
}
type Wish = Pick<VendorTicket, 'ticketId' | 'visitId' | 'services' | 'priorityClass' | 'placeMs'>;

const minutesEach = 3;
const reservedMs = 60_000;
const mostInRow = 2;
const lastOwnNumber = 599;
const lastNumber = 999;
const undecided = ['BAD_MESSAGE', 'TRY_LATER'];

/** What the vendor knows, in one file: a decision and its remembered answer are written together, or not at all. */
export class VendorBook {
  private state: State;
  private readonly file: string;
  private readonly clock: VendorClock;
  readonly services: VendorService[];

  constructor(options: { file: string; clock: VendorClock; services: VendorService[]; bookings: VendorBooking[] }) {
    this.file = options.file;
    this.clock = options.clock;
    this.services = options.services;
    const { bookings } = options;
    const lists = { tickets: [], leases: [], feedback: [], petitions: [], registrations: [] };
    this.state = existsSync(this.file)
      ? JSON.parse(readFileSync(this.file, 'utf8'))
      : { ...lists, bookings, next: {}, remembered: {}, priorityInRow: {} };
  }

  get tickets(): readonly VendorTicket[] {
    return this.state.tickets;
  }
  get feedback() {
    return this.state.feedback;
  }
  get petitions() {
    return this.state.petitions;
  }
  get registrations() {
    return this.state.registrations;
  }

  recall(robotId: string, key: string) {
    return this.state.remembered[`${robotId}/${key}`];
  }

  /** Decides and remembers in one write. A write that fails leaves everything as it was. */
  decide(about: { robotId: string; key: string; operation: string; digest: string }, decision: () => Outcome): Outcome {
    return this.change(() => {
      const outcome = decision();
      if (!outcome.ok && undecided.includes(outcome.code)) return outcome;
      const { robotId, key, operation, digest } = about;
      const nowMs = this.clock.nowMs();
      for (const [name, { untilMs }] of Object.entries(this.state.remembered)) {
        if (untilMs < nowMs) delete this.state.remembered[name];
      }
      this.state.remembered[`${robotId}/${key}`] = { operation, digest, outcome, untilMs: nowMs + 8 * dayMs };
      return outcome;
    });
  }

  change<T>(step: () => T): T {
    const before = structuredClone(this.state);
    try {
      const result = step();
      writeFileSync(`${this.file}.new`, JSON.stringify(this.state));
      renameSync(`${this.file}.new`, this.file);
      return result;
    } catch (error) {
      this.state = before;
      throw error;
    }
  }

  /** Of today, in order of place. */
  waiting(serviceId: string): VendorTicket[] {
    const waits = ({ day, status, services }: VendorTicket) => day === this.today && status === 'waiting' && services[0] === serviceId;
    return this.state.tickets.filter(waits).sort((a, b) => a.placeMs - b.placeMs);
  }

  /** Priority first, but never more than two in a row at one counter before an ordinary one. */
  next(counter: number, serviceIds: string[]): VendorTicket | null {
    const all = serviceIds.flatMap((serviceId) => this.waiting(serviceId)).sort((a, b) => a.placeMs - b.placeMs);
    const ordinary = all.find(({ priorityClass }) => priorityClass === 'none');
    const priority = all.find(({ priorityClass }) => priorityClass !== 'none');
    const inRow = this.state.priorityInRow[counter] ?? 0;
    const chosen = priority && !(ordinary && inRow >= mostInRow) ? priority : ordinary;
    if (chosen) this.state.priorityInRow[counter] = chosen.priorityClass === 'none' ? 0 : inRow + 1;
    return chosen ?? null;
  }

  reserve(robotId: string, body: Requests['tickets/reserve']): Outcome {
    const wanted = [body.serviceId, ...body.followedBy];
    const [service, ...others] = wanted.map((id) => this.service(id));
    if (!service || others.includes(undefined)) return refuse('SERVICE_UNKNOWN', 'no such service');
    if (new Set(wanted).size < wanted.length) return refuse('BAD_MESSAGE', 'a service is named twice');
    return this.issue(robotId, { ...body, services: wanted, placeMs: this.clock.nowMs() }, service);
  }

  checkIn(robotId: string, body: Requests['checkins']): Outcome {
    const booking = this.state.bookings.find(({ code }) => code === body.bookingCode);
    const service = booking && this.service(booking.serviceId);
    if (!booking || !service) return refuse('BOOKING_UNKNOWN', 'no such booking');
    const { day, bookedAtMs } = booking;
    const nowMs = this.clock.nowMs();
    const [fromMs, untilMs] = [timeOn(day, '08:00'), timeOn(day, '16:00')];
    const outside = (code: string) => ({ ...refuse(code, 'outside of its window'), validFrom: iso(fromMs), validUntil: iso(untilMs) });
    if (day !== this.today) return outside('BOOKING_NOT_TODAY');
    if (nowMs < fromMs) return outside('BOOKING_TOO_EARLY');
    if (nowMs >= untilMs) return outside('BOOKING_TOO_LATE');
    const before = this.state.tickets.find(({ ticketId }) => ticketId === booking.ticketId);
    const lapsed = before?.status === 'reserved' && nowMs >= before.reservedUntilMs;
    if (before && !lapsed) return refuse('BOOKING_USED', 'the booking was checked in already');
    const placeMs = Math.max(bookedAtMs, timeOn(day, service.hours.slice(0, 5)));
    const outcome = this.issue(robotId, { ...body, services: [service.serviceId], priorityClass: 'none', placeMs }, service);
    if (!outcome.ok) return outcome;
    if (before) before.status = 'superseded';
    booking.ticketId = body.ticketId;
    return outcome;
  }

  commit(robotId: string, { ticketId, offlineTicket }: Requests['tickets/commit']): Outcome {
    if (offlineTicket) return this.takeIn(robotId, ticketId, offlineTicket, 'waiting');
    const ticket = this.find(robotId, ticketId);
    if (!ticket || ticket.status === 'withdrawn') return refuse('TICKET_UNKNOWN', 'no such reservation of this robot');
    if (ticket.status === 'superseded') return refuse('TICKET_WITHDRAWN', 'its booking has another ticket');
    if (ticket.status === 'voided') return refuse('TICKET_STATE', 'the ticket was voided');
    if (ticket.status === 'reserved') ticket.status = 'waiting';
    return done;
  }

  void(robotId: string, { ticketId, offlineTicket }: Requests['tickets/void']): Outcome {
    if (offlineTicket) return this.takeIn(robotId, ticketId, offlineTicket, 'voided');
    const ticket = this.find(robotId, ticketId);
    if (!ticket) {
      const nobody = { number: '', day: this.today, services: [], visitId: '', priorityClass: 'none', placeMs: 0, reservedUntilMs: 0 };
      this.state.tickets.push({ ...nobody, robotId, ticketId, status: 'withdrawn', call: null });
      return done;
    }
    if (['voided', 'withdrawn', 'superseded'].includes(ticket.status)) return done;
    if (ticket.status !== 'reserved') return refuse('TICKET_STATE', 'the ticket counts already');
    ticket.status = 'voided';
    for (const booking of this.state.bookings) if (booking.ticketId === ticketId) booking.ticketId = null;
    return done;
  }

  lend(robotId: string, { numbersPerService }: Requests['leases']): Outcome {
    const grantedAtMs = this.clock.nowMs();
    const day = this.today;
    const expiresAt = iso(timeOn(day, '00:00') + dayMs);
    const leases = this.services.flatMap(({ serviceId, prefix }) => {
      const place = `${day}/${prefix}/leased`;
      const first = this.state.next[place] ?? lastOwnNumber + 1;
      const last = Math.min(first + numbersPerService - 1, lastNumber);
      if (first > lastNumber) return [];
      this.state.next[place] = last + 1;
      return [{ leaseId: ulid(grantedAtMs), serviceId, prefix, first, last, expiresAt }];
    });
    if (leases.length === 0) return refuse('NUMBERS_EXHAUSTED', 'nothing is left to lend');
    this.state.leases.push(...leases.map((lease) => ({ ...lease, robotId, day, grantedAtMs })));
    return { ok: true, result: { leases } };
  }

  keepPetition(petition: Requests['petitions']): Outcome {
    const taken = this.state.petitions.some(({ receiptNumber }) => receiptNumber === petition.receiptNumber);
    if (taken) return refuse('RECEIPT_TAKEN', 'another petition has this receipt number');
    this.state.petitions.push(petition);
    return done;
  }

  keepRegistration(robotId: string, registration: Requests['registrations']): Outcome {
    const known = this.state.registrations.find(({ registrationId }) => registrationId === registration.registrationId);
    if (!known) this.state.registrations.push({ ...registration, robotId });
    const same = !known || (known.robotId === robotId && known.jwe === registration.jwe);
    return same ? done : refuse('BAD_MESSAGE', 'another registration has this id');
  }

  keepFeedback(feedback: Requests['feedback']): Outcome {
    this.state.feedback.push(feedback);
    return done;
  }

  private get today(): string {
    return dayOf(this.clock.nowMs());
  }

  private service(id: string): VendorService | undefined {
    return this.services.find(({ serviceId }) => serviceId === id);
  }

  private find(robotId: string, ticketId: string): VendorTicket | undefined {
    return this.state.tickets.find((ticket) => ticket.ticketId === ticketId && ticket.robotId === robotId);
  }

  private issue(robotId: string, wish: Wish, { serviceId, prefix, name, open }: VendorService): Outcome {
    const { ticketId, visitId, services, priorityClass, placeMs } = wish;
    if (!open) return refuse('SERVICE_CLOSED', 'the service is closed now');
    const known = this.state.tickets.find((ticket) => ticket.ticketId === ticketId);
    if (known?.status === 'withdrawn') return refuse('TICKET_WITHDRAWN', 'voided before it was heard of');
    if (known) return refuse('TICKET_STATE', 'this ticketId has a number already');
    const day = this.today;
    const value = this.state.next[`${day}/${prefix}/own`] ?? 1;
    if (value > lastOwnNumber) return refuse('NUMBERS_EXHAUSTED', 'no number is left today');
    const waitingCount = this.waiting(serviceId).length;
    this.state.next[`${day}/${prefix}/own`] = value + 1;
    const number = `${prefix}${String(value).padStart(3, '0')}`;
    const nowMs = this.clock.nowMs();
    const kept = { ticketId, visitId, services, priorityClass, placeMs, robotId, number, day, reservedUntilMs: nowMs + reservedMs };
    this.state.tickets.push({ ...kept, status: 'reserved', call: null });
    const followedBy = services.slice(1).map((id) => ({ serviceId: id, serviceName: this.service(id)?.name }));
    const load = { waitingCount, estimatedWaitMin: waitingCount * minutesEach };
    const told = { ticketId, number, serviceId, serviceName: name, followedBy, priorityClass, ...load, issuedAt: iso(nowMs) };
    return { ok: true, result: { ticket: told, reservedUntil: iso(nowMs + reservedMs) } };
  }

  private takeIn(robotId: string, ticketId: string, told: OfflineTicket, status: 'waiting' | 'voided'): Outcome {
    const { leaseId, number, serviceId, followedBy, priorityClass, visitId, issuedAt } = told;
    const lease = this.state.leases.find((one) => one.leaseId === leaseId && one.robotId === robotId);
    const value = Number(number.slice(1));
    const lent = lease?.serviceId === serviceId && lease.prefix === number[0] && value >= lease.first && value <= lease.last;
    if (!lent) return refuse('LEASE_UNKNOWN', 'not lent to this robot');
    const { day, grantedAtMs, expiresAt } = lease;
    const known = this.state.tickets.find((other) => other.ticketId === ticketId || (other.day === day && other.number === number));
    if (known) {
      const same = known.ticketId === ticketId && known.number === number && known.robotId === robotId;
      return same && (known.status === 'voided') === (status === 'voided') ? done : refuse('TICKET_STATE', 'number or id is in use');
    }
    const placeMs = Math.max(grantedAtMs, Math.min(Date.parse(issuedAt), this.clock.nowMs(), Date.parse(expiresAt) - 1));
    const services = [serviceId, ...new Set(followedBy.filter((id) => id !== serviceId && this.service(id)))];
    const kept = { robotId, ticketId, visitId, day, number, services, priorityClass, placeMs, reservedUntilMs: placeMs };
    this.state.tickets.push({ ...kept, status, call: null });
    return done;
  }
}
