import type { Happenings } from './happenings.ts';

/** What must hold whatever happens. */
export const invariants = [
  'nothing acknowledged is lost',
  'nothing takes effect twice',
  'no number is given twice',
  'no expired call is spoken',
  'no call is spoken twice',
  'a call that is spoken was made',
  'only a confirmed ticket is called',
  'an offline number is from a lease of this robot',
  'tickets of one robot keep their order',
  'the outbox keeps its bound',
  'nothing promised is refused',
  'nobody is taken for a rival',
  'everything settles',
  'nothing throws',
] as const;
export type Invariant = (typeof invariants)[number];

export interface Violation {
  invariant: Invariant;
  detail: string;
}

export type PromiseKind = 'ticket' | 'check-in' | 'feedback' | 'petition' | 'registration';
/** `trying`: the robot may or may not have written it down, and nobody was told that it had. */
export type Fate = 'asked' | 'given' | 'trying' | 'acknowledged' | 'voided';

/** One wish of one citizen, as somebody saw it who stood beside the robot. */
export interface Wish {
  kind: PromiseKind;
  robotId: string;
  visitId: string;
  fate: Fate;
  ticket: { ticketId: string; number: string; serviceId: string; priorityClass: string; offline: boolean } | null;
  receipt: string | null;
  /** Virtual ms. */
  givenAtMs: number;
  acknowledgedAtMs: number;
}

interface Grant {
  robotId: string;
  serviceId: string;
  prefix: string;
  first: number;
  last: number;
  day: string;
}

interface Call {
  ticketNumber: string;
  counter: number;
  expiresAtMs: number;
}

/** How a call was last spoken. */
interface Speech {
  sequence: number;
  life: number;
  /** The disk took nothing, so that a later life cannot know of it. */
  diskFull: boolean;
}

/**
 * A robot knows the queue server's time from an answer, and that no better than the answer took: a call may be judged by a clock that is
 * late by one deadline.
 */
const clockToleranceMs = 5_000;

/** Stands beside robots and queue server, keeps its own book of what was said and done, and knows none of their code. */
export class Observer {
  readonly violations: Violation[] = [];
  readonly wishes = new Map<string, Wish>();
  private readonly happenings: Happenings;
  private readonly trueNowMs: () => number;
  private readonly virtualNowMs: () => number;
  private readonly numbers = new Map<string, string>();
  private readonly byTicket = new Map<string, Wish>();
  private readonly grants: Grant[] = [];
  private readonly made = new Map<string, Call>();
  private readonly spoken = new Map<string, Speech>();

  constructor(happenings: Happenings, clock: { trueNowMs: () => number; virtualNowMs: () => number }) {
    this.happenings = happenings;
    this.trueNowMs = clock.trueNowMs;
    this.virtualNowMs = clock.virtualNowMs;
  }

  violated(invariant: Invariant, detail: string): void {
    this.happenings.note('observer', 'VIOLATION', () => `${invariant}: ${detail}`);
    this.violations.push({ invariant, detail });
  }

  wish(kind: PromiseKind, robotId: string, visitId: string): Wish {
    const wish: Wish = { kind, robotId, visitId, fate: 'asked', ticket: null, receipt: null, givenAtMs: 0, acknowledgedAtMs: 0 };
    this.wishes.set(visitId, wish);
    return wish;
  }

  /** The screen shows a number; the paper is on its way. */
  given(wish: Wish, ticket: NonNullable<Wish['ticket']>): void {
    wish.ticket = ticket;
    wish.fate = 'given';
    wish.givenAtMs = this.virtualNowMs();
    this.happenings.count(ticket.offline ? 'offline ticket given' : 'ticket given');
    this.byTicket.set(ticket.ticketId, wish);
    const grant = ticket.offline ? this.grantOf(wish.robotId, ticket) : null;
    if (ticket.offline && !grant) this.violated('an offline number is from a lease of this robot', `${wish.robotId} gave ${ticket.number}`);
    const key = `${grant?.day ?? dayOf(this.trueNowMs())} ${ticket.number}`;
    const before = this.numbers.get(key);
    if (before !== undefined && before !== ticket.ticketId)
      this.violated('no number is given twice', `${key}: ${before} and ${ticket.ticketId} (${wish.robotId})`);
    this.numbers.set(key, ticket.ticketId);
  }

  acknowledged(wish: Wish): void {
    wish.fate = 'acknowledged';
    wish.acknowledgedAtMs = this.virtualNowMs();
    this.happenings.count(`${wish.kind} acknowledged`);
  }

  wishOf(ticketId: string): Wish | undefined {
    return this.byTicket.get(ticketId);
  }

  /** What the queue server sends, read off its cable. */
  serverSends(topic: string, payload: string): void {
    if (topic.endsWith('/queue/calls')) this.callMade(JSON.parse(payload));
    else if (topic.endsWith('/replies') && payload.includes('"leases"')) this.leaseGranted(topic, JSON.parse(payload));
  }

  callSpoken(
    robotId: string,
    call: { callId: string; sequence: number; ticketNumber: string; counter: number },
    when: Omit<Speech, 'sequence'>,
  ): void {
    this.happenings.count('call spoken');
    const key = `${call.callId} ${call.sequence}`;
    const about = `${robotId} spoke ${call.ticketNumber}, ${key}`;
    const made = this.made.get(key);
    if (!made || made.ticketNumber !== call.ticketNumber || made.counter !== call.counter) {
      this.violated('a call that is spoken was made', about);
      return;
    }
    const lateMs = this.trueNowMs() - made.expiresAtMs;
    if (lateMs > clockToleranceMs) this.violated('no expired call is spoken', `${about}, ${lateMs} ms late`);
    const mine = `${robotId} ${call.callId}`;
    const last = this.spoken.get(mine);
    if (last && last.sequence >= call.sequence) {
      if (last.diskFull && last.life !== when.life) this.happenings.count('call spoken again: full disk, then a restart');
      else this.violated('no call is spoken twice', `${about} after ${last.sequence}`);
    }
    this.spoken.set(mine, { ...when, sequence: call.sequence });
  }

  private callMade(call: { callId: string; sequence: number; ticketNumber: string; counter: number; expiresAt: string }): void {
    const { callId, sequence, ticketNumber, counter, expiresAt } = call;
    const key = `${callId} ${sequence}`;
    // A queue server that was away says again what it could not say.
    if (this.made.has(key)) return;
    this.happenings.count('call made');
    this.made.set(key, { ticketNumber, counter, expiresAtMs: Date.parse(expiresAt) });
    const nowMs = this.trueNowMs();
    const holder = this.holderOf(nowMs, ticketNumber) ?? this.holderOf(nowMs - 86_400_000, ticketNumber);
    if (holder?.fate !== 'acknowledged' && holder?.fate !== 'trying')
      this.violated('only a confirmed ticket is called', `${ticketNumber} is ${holder?.fate ?? 'nobody’s'}`);
  }

  private holderOf(dayMs: number, number: string): Wish | undefined {
    return this.byTicket.get(this.numbers.get(`${dayOf(dayMs)} ${number}`) ?? '');
  }

  private leaseGranted(topic: string, reply: { result?: { leases?: (Omit<Grant, 'robotId' | 'day'> & { expiresAt: string })[] } }): void {
    const robotId = topic.split('/').at(-2) ?? '';
    for (const { serviceId, prefix, first, last, expiresAt } of reply.result?.leases ?? [])
      this.grants.push({ robotId, serviceId, prefix, first, last, day: dayOf(Date.parse(expiresAt) - 1) });
  }

  private grantOf(robotId: string, { number, serviceId }: { number: string; serviceId: string }): Grant | undefined {
    const value = Number(number.slice(1));
    const fits = (grant: Grant) =>
      grant.robotId === robotId &&
      grant.serviceId === serviceId &&
      grant.prefix === number[0] &&
      grant.first <= value &&
      value <= grant.last;
    const fitting = this.grants.filter(fits);
    return fitting.findLast((grant) => grant.day === dayOf(this.trueNowMs())) ?? fitting.at(-1);
  }
}

/** Calendar day in Vietnam. */
function dayOf(epochMs: number): string {
  return new Date(epochMs + 7 * 3_600_000).toISOString().slice(0, 10);
}
