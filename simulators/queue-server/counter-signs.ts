import { z } from 'zod';
import { inTransaction } from '../../src/store/database.ts';
import type { Catalogue } from './catalogue.ts';
import { change, selectRows } from './database.ts';
import type { Rooms } from './rooms.ts';

const counterSchema = z.object({ counter: z.number() });

/** What is said of each counter: whether it is open, and whom it serves. */
export class CounterSigns {
  private readonly rooms: Rooms;
  private readonly catalogue: Catalogue;
  private readonly publish: (counter: number, open: boolean, ticketNumber: string | null) => void;

  constructor(rooms: Rooms, catalogue: Catalogue, publish: (counter: number, open: boolean, ticketNumber: string | null) => void) {
    this.rooms = rooms;
    this.catalogue = catalogue;
    this.publish = publish;
  }

  say(counters: readonly number[]): void {
    if (counters.length === 0) return;
    const { overview, opening } = this.rooms;
    const serving = overview.serving();
    for (const counter of new Set(counters)) {
      const ticketNumber = serving.find((candidate) => candidate.counter === counter)?.ticketNumber ?? null;
      this.publish(counter, opening.isCounterOpen(counter), ticketNumber);
    }
  }

  /** Every counter; those that an earlier ward file had are told closed, since their last word is still with the broker. */
  sayAll(): void {
    const here = this.catalogue.counters.map(({ counter }) => counter);
    for (const counter of this.announced().filter((before) => !here.includes(before))) this.publish(counter, false, null);
    this.say(here);
  }

  /** Writes down which counters the broker has heard of. Throws where the disk takes no writes. */
  keep(): void {
    const { database } = this.rooms;
    const known = this.announced();
    const fresh = this.catalogue.counters.filter(({ counter }) => !known.includes(counter));
    if (fresh.length === 0) return;
    inTransaction(database, () => {
      for (const { counter } of fresh) change(database, 'INSERT OR IGNORE INTO announcedCounters VALUES (?)', counter);
    });
  }

  private announced(): number[] {
    return selectRows(this.rooms.database, counterSchema, 'SELECT counter FROM announcedCounters').map(({ counter }) => counter);
  }
}
