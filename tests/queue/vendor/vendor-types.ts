import { randomBytes } from 'node:crypto';

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
  /** `07:30-11:30, 13:30-17:00`. */
  hours: string;
  open: boolean;
}
export interface VendorBooking {
  code: string;
  serviceId: string;
  /** `YYYY-MM-DD`, Vietnam's. */
  day: string;
  bookedAtMs: number;
  /** What it was checked in as; null: it is good. */
  ticketId: string | null;
}
export interface VendorTicket {
  ticketId: string;
  robotId: string;
  visitId: string;
  /** Of its number, `YYYY-MM-DD`. */
  day: string;
  number: string;
  /** Services still to come, the present one first. */
  services: string[];
  priorityClass: string;
  placeMs: number;
  reservedUntilMs: number;
  /** `withdrawn`: voided before it was reserved. `superseded`: its booking has another ticket. */
  status: 'reserved' | 'waiting' | 'called' | 'served' | 'noShow' | 'voided' | 'withdrawn' | 'superseded';
  call: { callId: string; sequence: number; counter: number } | null;
}
export interface VendorLease {
  leaseId: string;
  robotId: string;
  serviceId: string;
  prefix: string;
  first: number;
  last: number;
  day: string;
  grantedAtMs: number;
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

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const vietnamMs = 7 * 3_600_000;
export const dayMs = 86_400_000;

export const ulid = (atMs: number): string => {
  const time = Array.from({ length: 10 }, (_, n) => crockford[Math.floor(atMs / 32 ** (9 - n)) % 32]);
  return [...time, ...Array.from(randomBytes(16), (byte) => crockford[byte % 32])].join('');
};
export const iso = (atMs: number): string => new Date(atMs + vietnamMs).toISOString().replace('Z', '+07:00');
export const dayOf = (atMs: number): string => iso(atMs).slice(0, 10);
/** Epoch ms of `07:30` on a day in Vietnam. */
export const timeOn = (day: string, time: string): number => Date.parse(`${day}T${time}:00+07:00`);
export const done: Outcome = { ok: true, result: {} };
export const refuse = (code: string, detail: string): Outcome => ({ ok: false, code, detail });
