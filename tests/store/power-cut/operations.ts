import type { Random } from '../../../src/core/random.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import type { Lease } from '../../../src/store/lease-book.ts';

/** One thing that a robot asks of its store. Which entry, ticket or call is meant follows from the numbers alone. */
export type Operation =
  | { kind: 'add'; key: string; body: string; settling: boolean }
  | { kind: 'removeFirst' }
  | { kind: 'refuseFirst'; code: string }
  | { kind: 'record'; ticketId: string; number: string }
  | { kind: 'settle'; ticketId: string; state: 'committed' | 'voided' }
  | { kind: 'saveLeases'; leases: Lease[] }
  | { kind: 'take'; serviceId: string }
  | { kind: 'markNew'; callId: string; sequence: number }
  | { kind: 'count'; name: string; atLeast: number }
  | { kind: 'cache'; name: string; value: string }
  /** A command of the ward: answered as before where it was carried out already. */
  | { kind: 'command'; key: string; outcome: string }
  /** A ticket given offline: number, journal and promise, whole or not at all; `breaks` throws before the end. */
  | { kind: 'offlineTicket'; serviceId: string; ticketId: string; key: string; breaks: boolean }
  /** Closes the store and opens it again. */
  | { kind: 'reopen' };

export const limits = { outboxLimit: 40, journalLimit: 30 };
/** Leases of the workload end after every run does. */
const leaseEndMs = Date.UTC(2027, 0, 1);

const services = ['residence', 'justice'] as const;

/** `count` operations of the seed; `tag` keeps the keys of different runs apart. */
export function makeOperations(seed: number, count: number, tag: string): Operation[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, (_, index) => (index === 0 ? grant(tag, 0) : makeOperation(random, index, tag)));
}

function grant(tag: string, index: number): Operation {
  const leases = services.map((serviceId, at) => ({
    leaseId: `${tag}-lease-${index}-${at}`,
    serviceId,
    prefix: 'AB'[at] ?? 'C',
    first: 600 + index * 4,
    last: 600 + index * 4 + 15,
    expiresAtMs: leaseEndMs,
  }));
  return { kind: 'saveLeases', leases };
}

/** How often each kind comes, in parts of the sum. */
const weights: Record<Operation['kind'], number> = {
  add: 30,
  removeFirst: 24,
  refuseFirst: 3,
  record: 8,
  settle: 8,
  saveLeases: 1,
  take: 4,
  markNew: 8,
  count: 8,
  cache: 3,
  command: 4,
  offlineTicket: 8,
  reopen: 0.7,
};
const kinds = Object.keys(weights).filter((kind): kind is Operation['kind'] => kind in weights);
const weightSum = kinds.reduce((sum, kind) => sum + weights[kind], 0);

function draw(random: Random): Operation['kind'] {
  let left = random.next() * weightSum;
  for (const kind of kinds) {
    left -= weights[kind];
    if (left < 0) return kind;
  }
  return 'add';
}

function makeOperation(random: Random, index: number, tag: string): Operation {
  const kind = draw(random);
  const chance = (share: number) => random.next() < share;
  const recent = (back: number) => Math.max(0, index - Math.floor(random.next() * back));
  switch (kind) {
    case 'add':
      // A body of 2 % is larger than a page of 4096 bytes, as an encrypted registration is; 3 % repeat a key.
      return {
        kind,
        key: `${tag}-${chance(0.03) ? recent(5) : index}`,
        body: 'x'.repeat(chance(0.02) ? 9000 : 200),
        settling: chance(0.2),
      };
    case 'removeFirst':
    case 'reopen':
      return { kind };
    case 'refuseFirst':
      return { kind, code: chance(0.5) ? 'UNKNOWN_SERVICE' : 'EXPIRED' };
    case 'record':
      return { kind, ticketId: `${tag}-t${index}`, number: `A${index}` };
    case 'settle':
      return { kind, ticketId: `${tag}-t${recent(30)}`, state: chance(0.7) ? 'committed' : 'voided' };
    case 'saveLeases':
      return grant(tag, index);
    case 'take':
      return { kind, serviceId: services[chance(0.5) ? 0 : 1] };
    case 'markNew':
      return { kind, callId: `${tag}-c${recent(12)}`, sequence: 1 + Math.floor(random.next() * 3) };
    case 'count':
      return { kind, name: chance(0.5) ? 'dispense' : 'calls', atLeast: chance(0.1) ? index : 1 };
    case 'cache':
      return { kind, name: chance(0.5) ? 'services' : 'hours', value: `${tag}-${index}` };
    case 'command':
      return { kind, key: `${tag}-m${chance(0.3) ? recent(20) : index}`, outcome: `done-${index}` };
    case 'offlineTicket':
      return { kind, serviceId: services[chance(0.5) ? 0 : 1], ticketId: `${tag}-t${index}`, key: `${tag}-${index}`, breaks: chance(0.15) };
  }
}
