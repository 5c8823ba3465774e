import type { PriorityClass } from '../../src/behaviour/model.ts';
import type { LocalText } from '../../src/core/language.ts';

export interface WardService {
  serviceId: string;
  prefix: string;
  name: LocalText;
  hours: string;
  /** Minutes one citizen takes, until today's own figures are known. */
  usualServiceMin: number;
  procedureCodes: string[];
}

const hours = '07:30-11:30, 13:30-17:00';

/** What this ward serves. Each service has its own band of numbers. */
export const wardServices: readonly WardService[] = [
  {
    serviceId: 'certification',
    prefix: 'A',
    name: { vi: 'Chứng thực', en: 'Certification', ko: '공증' },
    hours,
    usualServiceMin: 4,
    procedureCodes: ['2.000815', '2.000884'],
  },
  {
    serviceId: 'civil-status',
    prefix: 'B',
    name: { vi: 'Hộ tịch', en: 'Civil status', ko: '가족관계 등록' },
    hours,
    usualServiceMin: 9,
    procedureCodes: ['1.001193', '1.000894', '1.004873', '1.000656', '2.000635', '1.004884', '1.001022'],
  },
  {
    serviceId: 'residence',
    prefix: 'C',
    name: { vi: 'Cư trú', en: 'Residence', ko: '거주 등록' },
    hours,
    usualServiceMin: 8,
    procedureCodes: ['1.004222', '1.004194', '1.010038'],
  },
  {
    serviceId: 'business',
    prefix: 'D',
    name: { vi: 'Kinh doanh và an sinh', en: 'Business and welfare', ko: '사업·복지' },
    hours,
    usualServiceMin: 10,
    procedureCodes: ['1.001612', '1.011607'],
  },
];

export interface WardCounter {
  counter: number;
  serviceIds: readonly string[];
}

export const wardCounters: readonly WardCounter[] = [
  { counter: 1, serviceIds: ['certification', 'civil-status'] },
  { counter: 2, serviceIds: ['civil-status', 'residence'] },
  { counter: 3, serviceIds: ['residence', 'business', 'certification'] },
];

export interface Booking {
  code: string;
  serviceId: string;
  priorityClass: PriorityClass;
  /** The only day it is good for; null: once on any day, for trying out. */
  day: string | null;
}

/** Invented numbers booked online. */
export const sampleBookings: readonly Booking[] = [
  { code: 'LT-BOOK-0001', serviceId: 'certification', priorityClass: 'none', day: null },
  { code: 'LT-BOOK-0002', serviceId: 'civil-status', priorityClass: 'none', day: null },
  { code: 'LT-BOOK-0003', serviceId: 'residence', priorityClass: 'elderly', day: null },
  { code: 'LT-BOOK-0004', serviceId: 'business', priorityClass: 'none', day: null },
  { code: 'LT-BOOK-0005', serviceId: 'certification', priorityClass: 'pregnant', day: null },
  { code: 'LT-BOOK-0090', serviceId: 'residence', priorityClass: 'none', day: '2025-10-01' },
];
