import { z } from 'zod';
import type { Clock } from '../../src/core/clock.ts';
import { isoTime, localDay } from '../../src/queue/wire.ts';
import type { Sqlite } from '../../src/store/database.ts';
import type { Catalogue, WardService } from './catalogue.ts';
import { change, exists, selectRow, selectRows } from './database.ts';
import { spansOf, timeOnDay } from './hours.ts';

const openSchema = z.object({ open: z.number() });
const byHandSchema = openSchema.extend({ serviceId: z.string() });
const counterSchema = z.object({ counter: z.number() });

/** Which services take people in, and which counters call. Settings by hand hold for the rest of the day. */
export class Opening {
  private readonly database: Sqlite;
  private readonly clock: Clock;
  private readonly catalogue: Catalogue;

  constructor(database: Sqlite, clock: Clock, catalogue: Catalogue) {
    this.database = database;
    this.clock = clock;
    this.catalogue = catalogue;
  }

  /** By hand where somebody set it today, else by its hours, or always where the ward opens by hand alone. */
  isServiceOpen(service: WardService): boolean {
    const query = 'SELECT open FROM openings WHERE serviceId = ? AND day = ?';
    const byHand = selectRow(this.database, openSchema, query, service.serviceId, localDay(this.clock.nowMs()));
    return byHand ? byHand.open === 1 : this.isOpenByItself(service);
  }

  /** Ids of the services for which {@link isServiceOpen} is true, by one query. */
  openServices(): Set<string> {
    const query = 'SELECT serviceId, open FROM openings WHERE day = ?';
    const rows = selectRows(this.database, byHandSchema, query, localDay(this.clock.nowMs()));
    const byHand = new Map(rows.map(({ serviceId, open }) => [serviceId, open === 1]));
    const open = this.catalogue.services.filter((service) => byHand.get(service.serviceId) ?? this.isOpenByItself(service));
    return new Set(open.map(({ serviceId }) => serviceId));
  }

  setService(serviceId: string, open: boolean): void {
    const query = 'INSERT OR REPLACE INTO openings VALUES (?, ?, ?)';
    change(this.database, query, serviceId, localDay(this.clock.nowMs()), open ? 1 : 0);
  }

  isCounterOpen(counter: number): boolean {
    return !exists(this.database, 'SELECT 1 FROM closedCounters WHERE counter = ?', counter);
  }

  /** Numbers of the counters for which {@link isCounterOpen} is false, by one query. */
  closedCounters(): Set<number> {
    return new Set(selectRows(this.database, counterSchema, 'SELECT counter FROM closedCounters').map(({ counter }) => counter));
  }

  setCounter(counter: number, open: boolean): void {
    const query = open ? 'DELETE FROM closedCounters WHERE counter = ?' : 'INSERT OR IGNORE INTO closedCounters VALUES (?)';
    change(this.database, query, counter);
  }

  /** When `service` opens on `day`, epoch ms. */
  beginsMs(service: WardService, day: string): number {
    return timeOnDay(day, spansOf(service.hours)?.[0]?.fromMin ?? 0);
  }

  private isOpenByItself(service: WardService): boolean {
    return this.catalogue.opening === 'byHand' || this.isWithinHours(service);
  }

  private isWithinHours(service: WardService): boolean {
    const time = isoTime(this.clock.nowMs());
    const minute = Number(time.slice(11, 13)) * 60 + Number(time.slice(14, 16));
    return (spansOf(service.hours) ?? []).some(({ fromMin, untilMin }) => minute >= fromMin && minute < untilMin);
  }
}
