import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Durations, and dates in ms since the epoch. */
export interface VendorClock {
  nowMs(): number;
  after(delayMs: number, run: () => void): () => void;
}
export interface Text {
  vi: string;
  en: string;
  ko: string;
}
export interface VendorService {
  serviceId: string;
  prefix: string;
  name: Text;
  open: boolean;
}
export interface VendorBooking {
  code: string;
  serviceId: string;
  /** `YYYY-MM-DD`, Vietnam's. */
  day: string;
  bookedAtMs: number;
  used: boolean;
}
export interface VendorTicket {
  ticketId: string;
  robotId: string;
  visitId: string;
  number: string;
  /** Services still to come, the present one first. */
  services: string[];
  priorityClass: string;
  placeMs: number;
  status: 'reserved' | 'waiting' | 'called' | 'served' | 'noShow' | 'voided' | 'withdrawn';
  bookingCode: string | null;
  leaseId?: string;
  call: { callId: string; sequence: number; counter: number } | null;
}
export interface VendorLease {
  leaseId: string;
  robotId: string;
  serviceId: string;
  prefix: string;
  first: number;
  last: number;
  expiresAt: string;
}
export interface OfflineTicket {
  leaseId: string;
  number: string;
  serviceId: string;
  followedBy: string[];
  priorityClass: string;
  visitId: string;
  issuedAt: string;
}
export type Outcome = { ok: true; result: object } | { ok: false; code: string; detail: string; validFrom?: string; validUntil?: string };
/** The contract's requests, by operation. */
export interface Requests {
  hello: { versions: number[] };
  'tickets/reserve': { ticketId: string; visitId: string; serviceId: string; followedBy: string[]; priorityClass: string };
  'tickets/commit': { ticketId: string; offlineTicket: OfflineTicket | null };
  'tickets/void': { ticketId: string; offlineTicket: OfflineTicket | null };
  checkins: { ticketId: string; visitId: string; bookingCode: string };
  feedback: { visitId: string; score: number };
  petitions: { visitId: string; receiptNumber: string; jwe: string };
  registrations: { registrationId: string; visitId: string; personCount: number; jwe: string };
  leases: { numbersPerService: number };
}

interface State {
  tickets: VendorTicket[];
  leases: VendorLease[];
  bookings: VendorBooking[];
  /** Next number by day, letter and band. */
  next: Record<string, number>;
  remembered: Record<string, { operation: string; digest: string; outcome: Outcome; untilMs: number }>;
  feedback: Requests['feedback'][];
  petitions: Requests['petitions'][];
  registrations: Requests['registrations'][];
  priorityInRow: number;
}

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const dayMs = 86_400_000;
const vietnamMs = 7 * 3_600_000;
const minutesEach = 3;
const lastOwnNumber = 599;
const lastNumber = 999;

export const ulid = (atMs: number): string => {
  const time = Array.from({ length: 10 }, (_, n) => crockford[Math.floor(atMs / 32 ** (9 - n)) % 32]);
  return [...time, ...Array.from(randomBytes(16), (byte) => crockford[byte % 32])].join('');
};
export const iso = (atMs: number): string => new Date(atMs + vietnamMs).toISOString().replace('Z', '+07:00');
export const dayOf = (atMs: number): string => iso(atMs).slice(0, 10);
const done: Outcome = { ok: true, result: {} };
const refuse = (code: string, detail: string): Outcome => ({ ok: false, code, detail });

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
      : { ...lists, bookings, next: {}, remembered: {}, priorityInRow: 0 };
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

  waiting(serviceId: string): VendorTicket[] {
    const counts = (ticket: VendorTicket) => ticket.status === 'waiting' && ticket.services[0] === serviceId;
    return this.state.tickets.filter(counts).sort((a, b) => a.placeMs - b.placeMs);
  }

  /** Priority first, but never more than two in a row before an ordinary one. */
  next(serviceIds: string[]): VendorTicket | null {
    const all = serviceIds.flatMap((serviceId) => this.waiting(serviceId)).sort((a, b) => a.placeMs - b.placeMs);
    const ordinary = all.find(({ priorityClass }) => priorityClass === 'none');
    const priority = all.find(({ priorityClass }) => priorityClass !== 'none');
    const chosen = priority && !(ordinary && this.state.priorityInRow >= 2) ? priority : ordinary;
    if (chosen) this.state.priorityInRow = chosen.priorityClass === 'none' ? 0 : this.state.priorityInRow + 1;
    return chosen ?? null;
  }

  reserve(robotId: string, body: Requests['tickets/reserve']): Outcome {
    const wanted = [body.serviceId, ...body.followedBy];
    const [service, ...others] = wanted.map((id) => this.service(id));
    if (!service || others.includes(undefined)) return refuse('SERVICE_UNKNOWN', 'no such service');
    return this.issue(robotId, { ...body, services: wanted, placeMs: this.clock.nowMs(), bookingCode: null }, service);
  }

  checkIn(robotId: string, body: Requests['checkins']): Outcome {
    const booking = this.state.bookings.find(({ code }) => code === body.bookingCode);
    const service = booking && this.service(booking.serviceId);
    if (!booking || !service) return refuse('BOOKING_UNKNOWN', 'no such booking');
    const nowMs = this.clock.nowMs();
    const validFrom = `${booking.day}T08:00:00.000+07:00`;
    const validUntil = `${booking.day}T16:00:00.000+07:00`;
    const outside = (code: string) => ({ ...refuse(code, 'outside of its window'), validFrom, validUntil });
    if (booking.used) return refuse('BOOKING_USED', 'the booking was checked in already');
    if (booking.day !== dayOf(nowMs)) return outside('BOOKING_NOT_TODAY');
    if (nowMs < Date.parse(validFrom)) return outside('BOOKING_TOO_EARLY');
    if (nowMs >= Date.parse(validUntil)) return outside('BOOKING_TOO_LATE');
    const placeMs = Math.max(booking.bookedAtMs, Date.parse(`${booking.day}T07:30:00+07:00`));
    const own = { services: [booking.serviceId], priorityClass: 'none', placeMs, bookingCode: booking.code };
    const outcome = this.issue(robotId, { ...body, ...own }, service);
    booking.used = outcome.ok;
    return outcome;
  }

  commit(robotId: string, body: Requests['tickets/commit']): Outcome {
    const ticket = this.find(robotId, body.ticketId);
    if (!ticket && body.offlineTicket) return this.takeIn(robotId, body.ticketId, body.offlineTicket, 'waiting');
    if (!ticket || ticket.status === 'withdrawn') return refuse('TICKET_UNKNOWN', 'no such reservation of this robot');
    if (ticket.status === 'voided') return refuse('TICKET_STATE', 'the ticket was voided');
    if (ticket.status === 'reserved') ticket.status = 'waiting';
    return done;
  }

  void(robotId: string, body: Requests['tickets/void']): Outcome {
    const ticket = this.find(robotId, body.ticketId);
    if (!ticket && body.offlineTicket) return this.takeIn(robotId, body.ticketId, body.offlineTicket, 'voided');
    if (!ticket) {
      const nobody = { number: '', services: [], visitId: '', priorityClass: 'none', placeMs: this.clock.nowMs(), bookingCode: null };
      this.state.tickets.push({ ...nobody, robotId, ticketId: body.ticketId, status: 'withdrawn', call: null });
      return done;
    }
    if (ticket.status === 'voided' || ticket.status === 'withdrawn') return done;
    if (ticket.status !== 'reserved') return refuse('TICKET_STATE', 'the ticket counts already');
    ticket.status = 'voided';
    for (const booking of this.state.bookings) if (booking.code === ticket.bookingCode) booking.used = false;
    return done;
  }

  lend(robotId: string, { numbersPerService }: Requests['leases']): Outcome {
    const nowMs = this.clock.nowMs();
    const expiresAt = iso(Date.parse(`${dayOf(nowMs)}T00:00:00+07:00`) + dayMs);
    const leases = this.services.flatMap(({ serviceId, prefix }) => {
      const place = `${dayOf(nowMs)}/${prefix}/leased`;
      const first = this.state.next[place] ?? lastOwnNumber + 1;
      const last = Math.min(first + numbersPerService - 1, lastNumber);
      if (first > lastNumber) return [];
      this.state.next[place] = last + 1;
      return [{ leaseId: ulid(nowMs), serviceId, prefix, first, last, expiresAt }];
    });
    this.state.leases.push(...leases.map((lease) => ({ ...lease, robotId })));
    return { ok: true, result: { leases } };
  }

  keepPetition(petition: Requests['petitions']): Outcome {
    const taken = this.state.petitions.some(({ receiptNumber }) => receiptNumber === petition.receiptNumber);
    if (taken) return refuse('RECEIPT_TAKEN', 'another petition has this receipt number');
    this.state.petitions.push(petition);
    return done;
  }

  keepRegistration(registration: Requests['registrations']): Outcome {
    this.state.registrations.push(registration);
    return done;
  }

  keepFeedback(feedback: Requests['feedback']): Outcome {
    this.state.feedback.push(feedback);
    return done;
  }

  private service(id: string): VendorService | undefined {
    return this.services.find(({ serviceId }) => serviceId === id);
  }

  private find(robotId: string, ticketId: string): VendorTicket | undefined {
    return this.state.tickets.find((ticket) => ticket.ticketId === ticketId && ticket.robotId === robotId);
  }

  private issue(
    robotId: string,
    wish: Pick<VendorTicket, 'ticketId' | 'visitId' | 'services' | 'priorityClass' | 'placeMs' | 'bookingCode'>,
    { serviceId, prefix, name, open }: VendorService,
  ): Outcome {
    const known = this.find(robotId, wish.ticketId);
    if (known?.status === 'withdrawn') return refuse('TICKET_WITHDRAWN', 'voided before it was heard of');
    if (known) return refuse('TICKET_STATE', 'this ticketId has a number already');
    if (!open) return refuse('SERVICE_CLOSED', 'the service is closed now');
    const nowMs = this.clock.nowMs();
    const place = `${dayOf(nowMs)}/${prefix}/own`;
    const value = this.state.next[place] ?? 1;
    if (value > lastOwnNumber) return refuse('NUMBERS_EXHAUSTED', 'no number is left today');
    this.state.next[place] = value + 1;
    const { ticketId, visitId, services, priorityClass, placeMs, bookingCode } = wish;
    const number = `${prefix}${String(value).padStart(3, '0')}`;
    const kept = { ticketId, visitId, services, priorityClass, placeMs, bookingCode, robotId, number };
    this.state.tickets.push({ ...kept, status: 'reserved', call: null });
    const followedBy = services.slice(1).map((id) => ({ serviceId: id, serviceName: this.service(id)?.name }));
    const waitingCount = this.waiting(serviceId).filter((other) => other.placeMs <= placeMs).length;
    const estimatedWaitMin = waitingCount * minutesEach;
    const told = { ticketId, number, serviceId, serviceName: name, followedBy, priorityClass, waitingCount, estimatedWaitMin };
    return { ok: true, result: { ticket: { ...told, issuedAt: iso(placeMs) }, reservedUntil: iso(nowMs + 60_000) } };
  }

  private takeIn(robotId: string, ticketId: string, told: OfflineTicket, status: 'waiting' | 'voided'): Outcome {
    const { leaseId, number, serviceId, followedBy, priorityClass, visitId, issuedAt } = told;
    const lease = this.state.leases.find((one) => one.leaseId === leaseId && one.robotId === robotId);
    const value = Number(number.slice(1));
    const lent = lease?.serviceId === serviceId && lease.prefix === number[0] && value >= lease.first && value <= lease.last;
    if (!lent) return refuse('LEASE_UNKNOWN', 'not lent to this robot');
    // By lease: the same number is lent on other days too, and a robot's clock may name the wrong one.
    const taken = this.state.tickets.some((other) => other.number === number && other.leaseId === leaseId);
    if (taken) return refuse('TICKET_STATE', 'the number was handed in for another ticket');
    const placeMs = Math.min(Date.parse(issuedAt), this.clock.nowMs());
    const services = [serviceId, ...followedBy];
    const kept = { robotId, ticketId, visitId, number, services, priorityClass, placeMs, bookingCode: null, leaseId };
    this.state.tickets.push({ ...kept, status, call: null });
    return done;
  }
}
