import { z } from 'zod';
import { loadFile } from '../../config/load.ts';
import { localTextSchema } from '../../config/schema.ts';
import { type PriorityClass, priorityClasses } from '../../src/behaviour/model.ts';
import { defaultWard } from './default-ward.ts';
import { spansOf } from './hours.ts';

const hours = z
  .string()
  .max(60)
  .refine((text) => spansOf(text) !== null, 'must be spans of a day in order, such as `07:30-11:30, 13:30-17:00`');
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 08:00');

const serviceSchema = z.strictObject({
  serviceId: z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'lower-case letters, digits and dashes, at most 31'),
  /** Letter of its numbers. */
  prefix: z.string().regex(/^[A-Z]$/, 'one capital letter'),
  name: localTextSchema,
  /** In Vietnam's time; also what citizens read. */
  hours,
  /** Minutes one citizen takes, until today's own figures are known. */
  usualServiceMin: z.number().min(1).max(120),
  /** National codes of the procedures handled there. */
  procedureCodes: z.array(z.string().min(1).max(20)).max(200),
});
export type WardService = z.infer<typeof serviceSchema>;

const counterSchema = z.strictObject({ counter: z.number().int().min(1).max(99), serviceIds: z.array(z.string()).min(1) });
export type WardCounter = z.infer<typeof counterSchema>;

const prioritySchema = z.strictObject({
  /** Who is called before whom; a class not named comes after those named. */
  order: z.array(z.enum(priorityClasses).exclude(['none'])).default(['disabled', 'veteran', 'elderly', 'pregnant', 'withChild']),
  /** Priority tickets called in a row before an ordinary one gets its turn. */
  atMostInRow: z.number().int().min(1).max(20).default(2),
});
export type PriorityRule = z.infer<typeof prioritySchema>;

const absenceSchema = z.strictObject({
  /** Calls without an answer until a ticket is a no-show. */
  calls: z.number().int().min(1).max(5).default(2),
  /** After an absence a ticket waits behind so many others, */
  placesLater: z.number().int().min(1).max(20).default(3),
  /** or so long where fewer wait, minutes. */
  graceMin: z.number().min(0).max(60).default(3),
});

const bookingSchema = z.strictObject({
  /** Part of the day in which a number booked online can be checked in. */
  from: timeOfDay.default('08:00'),
  until: timeOfDay.default('16:00'),
  daysAhead: z.number().int().min(0).max(30).default(6),
  perCitizenAndDay: z.number().int().min(1).max(20).default(2),
  perServiceAndDay: z.number().int().min(1).max(500).default(200),
});

/** What a ward serves and by which rules: `config/wards/<name>.yaml`. Each service has its own band of numbers. */
export const catalogueSchema = z
  .strictObject({
    /** `hours`: services open and close by their hours, and by hand. `byHand`: always open until somebody closes them, for trying out. */
    opening: z.enum(['hours', 'byHand']).default('hours'),
    services: z.array(serviceSchema).min(1).max(26),
    counters: z.array(counterSchema).min(1).max(99),
    priority: prioritySchema.prefault({}),
    absence: absenceSchema.prefault({}),
    bookings: bookingSchema.prefault({}),
    /** Numbers one robot may hold for outages, per service and day, of the 400 there are. */
    leasedPerRobot: z.number().int().min(1).max(400).default(120),
    /** Takes the invented bookings `LT-BOOK-0001` … on any day, for trying out. */
    sampleBookings: z.boolean().default(false),
  })
  .superRefine(({ services, counters }, context) => {
    const complain = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    services.forEach(({ serviceId, prefix }, index) => {
      if (services.findIndex((other) => other.serviceId === serviceId) < index) complain(['services', index, 'serviceId'], 'named twice');
      if (services.findIndex((other) => other.prefix === prefix) < index) complain(['services', index, 'prefix'], 'used by two services');
      if (!counters.some((counter) => counter.serviceIds.includes(serviceId))) complain(['services', index], 'no counter serves it');
    });
    counters.forEach(({ counter, serviceIds }, index) => {
      if (counters.findIndex((other) => other.counter === counter) < index) complain(['counters', index, 'counter'], 'named twice');
      serviceIds.forEach((serviceId, at) => {
        if (!services.some((service) => service.serviceId === serviceId))
          complain(
            ['counters', index, 'serviceIds', at],
            `no such service; services are: ${services.map((each) => each.serviceId).join(', ')}`,
          );
      });
    });
  });
export type Catalogue = z.infer<typeof catalogueSchema>;

/** Throws `ConfigError` naming every fault with its line. */
export function loadCatalogue(file: string): Catalogue {
  return loadFile(file, catalogueSchema);
}

/** The ward of `npm start`. */
export const defaultCatalogue: Catalogue = catalogueSchema.parse(defaultWard);
export const wardCounters: readonly WardCounter[] = defaultCatalogue.counters;

export interface SampleBooking {
  code: string;
  serviceId: string;
  priorityClass: PriorityClass;
  /** The only day it is good for; null: once on any day, for trying out. */
  day: string | null;
}

/** Invented numbers booked online. */
export const sampleBookings: readonly SampleBooking[] = [
  { code: 'LT-BOOK-0001', serviceId: 'certification', priorityClass: 'none', day: null },
  { code: 'LT-BOOK-0002', serviceId: 'civil-status', priorityClass: 'none', day: null },
  { code: 'LT-BOOK-0003', serviceId: 'residence', priorityClass: 'elderly', day: null },
  { code: 'LT-BOOK-0004', serviceId: 'business', priorityClass: 'none', day: null },
  { code: 'LT-BOOK-0005', serviceId: 'certification', priorityClass: 'pregnant', day: null },
  { code: 'LT-BOOK-0090', serviceId: 'residence', priorityClass: 'none', day: '2025-10-01' },
];
