import type { QueueServer } from '../../../simulators/queue-server/queue-server.ts';
import { type Random, SeededRandom } from '../../../src/core/random.ts';
import type { OfflineTicket, RequestBody, RequestOf, Operation as RequestOperation } from '../../../src/queue/contract.ts';

/** One thing that robots or officers ask of the queue server; the same seed and index give the same one. */
export interface Operation {
  /** `ask`: a robot's request, which may be asked again. `tick`: time passes. `reopen`: the program ends and starts. */
  kind: 'ask' | 'act' | 'tick' | 'reopen';
  perform(server: QueueServer): unknown;
  /** It asks again what this operation asked. */
  repeats?: number;
}

export const ward = 'w';
/** Longer than a reservation is from three of them. */
export const tickMs = 20_000;
const counters = [1, 2, 3];
const services = ['certification', 'civil-status', 'residence', 'business'] as const;
const sampleCodes = ['LT-BOOK-0001', 'LT-BOOK-0002', 'LT-BOOK-0003', 'LT-BOOK-9999'];
const givenAt = '2026-01-05T08:00:00+07:00';

/** How often each comes, in parts of the sum. */
const weights = {
  reserve: 30,
  commit: 24,
  void: 5,
  checkIn: 6,
  feedback: 6,
  petition: 4,
  registration: 4,
  lease: 2,
  offline: 5,
  repeat: 5,
  counter: 16,
  opening: 2,
  booking: 2,
  tick: 4,
  reopen: 0.7,
};
type Kind = keyof typeof weights;
const kinds = Object.keys(weights).filter((kind): kind is Kind => kind in weights);
const weightSum = kinds.reduce((sum, kind) => sum + weights[kind], 0);

export function makeOperations({ seed, count, tag }: { seed: number; count: number; tag: string }): Operation[] {
  return Array.from({ length: count }, (_, index) => new Maker(seed, tag, index).make());
}

class Maker {
  private readonly random: Random;
  private readonly seed: number;
  private readonly tag: string;
  private readonly index: number;

  constructor(seed: number, tag: string, index: number) {
    this.random = new SeededRandom(seed + index * 7_919);
    this.seed = seed;
    this.tag = tag;
    this.index = index;
  }

  make(): Operation {
    const { index, tag } = this;
    const kind = index === 0 ? 'lease' : this.draw();
    switch (kind) {
      case 'reserve': {
        const [serviceId, next] = [this.pick(services), this.pick(services)];
        const followedBy = this.chance(0.2) && next !== serviceId ? [next] : [];
        const priorityClass = this.chance(0.3) ? ('elderly' as const) : ('none' as const);
        return this.ask('tickets/reserve', { ...this.visit(), ticketId: `${tag}-t${index}`, serviceId, followedBy, priorityClass });
      }
      case 'commit':
        return this.ask('tickets/commit', { ticketId: `${tag}-t${this.recent(8)}`, offlineTicket: null });
      case 'void':
        return this.ask('tickets/void', { ticketId: `${tag}-t${this.recent(8)}`, reason: 'paper jam', offlineTicket: null });
      case 'checkIn':
        return this.ask('checkins', { ...this.visit(), ticketId: `${tag}-t${index}`, bookingCode: this.pick(sampleCodes) });
      case 'feedback':
        return this.ask('feedback', { visitId: `v${index}`, score: 1 + Math.floor(this.random.next() * 5), givenAt });
      case 'petition':
        return this.ask('petitions', { visitId: `v${index}`, receiptNumber: `PA-${tag}-${index}`, filedAt: givenAt, jwe: this.sealed() });
      case 'registration': {
        const body = { visitId: `v${index}`, registrationId: `${tag}-g${index}`, readAt: givenAt, personCount: 1, jwe: this.sealed() };
        return this.ask('registrations', body);
      }
      case 'lease':
        return this.ask('leases', { numbersPerService: 5 });
      case 'offline':
        return this.ask('tickets/commit', { ticketId: `${tag}-t${index}`, offlineTicket: this.offlineTicket() });
      case 'repeat': {
        const repeats = Math.max(0, this.recent(15) - 1);
        const again = new Maker(this.seed, tag, repeats).make();
        return again.kind === 'ask' ? { ...again, repeats } : this.ask('leases', { numbersPerService: 1 });
      }
      case 'counter':
        return this.atCounter();
      case 'opening': {
        const [serviceId, counter, open] = [this.pick(services), this.pick(counters), this.chance(0.7)];
        const isCounter = this.chance(0.5);
        return act((server) => (isCounter ? server.setCounterOpen(counter, open) : server.setOpen(serviceId, open)));
      }
      case 'booking': {
        const wish = { serviceId: this.pick(services), day: '2026-01-06', citizenKey: `citizen-${tag}-${index}` };
        return act((server) => server.book({ ...wish, priorityClass: 'none', channel: 'desk' }));
      }
      case 'tick':
      case 'reopen':
        return { kind, perform: () => null };
    }
  }

  private atCounter(): Operation {
    const [counter, other, serviceId] = [this.pick(counters), this.pick(counters), this.pick(services)];
    const drawn = this.random.next();
    if (drawn < 0.45) return act((server) => server.callNext(counter));
    if (drawn < 0.6) return act((server) => server.recall(counter));
    if (drawn < 0.7) return act((server) => server.noShow(counter));
    if (drawn < 0.8) return act((server) => server.finish(counter));
    if (drawn < 0.87) return act((server) => server.park(counter));
    return act((server) => server.transfer(counter, drawn < 0.93 ? { counter: other } : { serviceId }));
  }

  private ask<O extends RequestOperation>(operation: O, body: RequestBody<O>): Operation {
    const { tag, index } = this;
    const robotId = 'r1';
    const head = {
      version: 1,
      ward,
      messageId: `${tag}-m${index}`,
      sentAt: givenAt,
      robotId,
      replyTo: `letan/v1/${ward}/robots/${robotId}/replies`,
      expiresAt: '2026-01-12T08:00:00+07:00',
      idempotencyKey: `${tag}-k${index}`,
    } as const;
    // Head and body of one operation make its request, which the compiler cannot see for an operation it does not know.
    const request = { ...head, ...body } as unknown as RequestOf<O>;
    return { kind: 'ask', perform: (server) => server.decide(operation, request) };
  }

  /** Of this run's first lease, some of whose numbers are its own and some not. */
  private offlineTicket(): OfflineTicket {
    const number = `A${600 + Math.floor(this.random.next() * 12)}`;
    const { visitId } = this.visit();
    return {
      leaseId: `${this.tag}.0.0`,
      number,
      serviceId: 'certification',
      followedBy: [],
      priorityClass: 'none',
      visitId,
      issuedAt: givenAt,
    };
  }

  private visit() {
    return { visitId: `v${this.index}`, language: 'vi' as const };
  }

  /** One in ten is larger than a page of 4096 bytes, as a real one may be. */
  private sealed(): string {
    return `aa..bb.${'c'.repeat(this.chance(0.1) ? 9_000 : 300)}.dd`;
  }

  private recent(back: number): number {
    return Math.max(0, this.index - Math.floor(this.random.next() * back));
  }

  private chance(share: number): boolean {
    return this.random.next() < share;
  }

  private pick<T>(list: readonly [T, ...T[]] | readonly T[]): T {
    const picked = list[Math.floor(this.random.next() * list.length)];
    if (picked === undefined) throw new RangeError('nothing to pick from');
    return picked;
  }

  private draw(): Kind {
    let left = this.random.next() * weightSum;
    for (const kind of kinds) {
      left -= weights[kind];
      if (left < 0) return kind;
    }
    return 'reserve';
  }
}

const act = (perform: (server: QueueServer) => unknown): Operation => ({ kind: 'act', perform });
