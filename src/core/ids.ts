import { monotonicFactory } from 'ulid';
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** Makes ULIDs: sortable, unique ids for messages, visits, tickets and commands. */
export interface Ids {
  next(): string;
}

/** ULIDs from an injected clock and random source; the same seed gives the same ids. */
export function createIds(clock: Clock, random: Random): Ids {
  const ulid = monotonicFactory(() => random.next());
  return { next: () => ulid(clock.nowMs()) };
}
