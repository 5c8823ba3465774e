import { accepted, at, type Exchange, refused, ulid } from './parts.ts';

const names = {
  certification: { vi: 'Chứng thực', en: 'Certification', ko: '공증' },
  'civil-status': { vi: 'Hộ tịch', en: 'Civil status', ko: '가족관계 등록' },
  residence: { vi: 'Cư trú', en: 'Residence', ko: '거주 등록' },
} as const;
type ServiceId = keyof typeof names;

const wish = (ticketId: number, visitId: string, serviceId: string, more: object = {}) => ({
  ticketId: ulid(ticketId),
  visitId,
  serviceId,
  followedBy: [],
  priorityClass: 'none',
  language: 'vi',
  ...more,
});

/** What comes back for a reservation made at `time`. */
function given(ticketId: number, number: string, serviceId: ServiceId, ahead: [people: number, minutes: number], more: object = {}) {
  const ticket = {
    ticketId: ulid(ticketId),
    number,
    serviceId,
    serviceName: names[serviceId],
    followedBy: [],
    priorityClass: 'none',
    waitingCount: ahead[0],
    estimatedWaitMin: ahead[1],
    issuedAt: at('08:00:00'),
    ...more,
  };
  return { ticket, reservedUntil: at('08:01:00') };
}

const lease = (n: number, serviceId: string, prefix: string) => ({
  leaseId: ulid(n),
  serviceId,
  prefix,
  first: 600,
  last: 629,
  expiresAt: '2026-01-06T00:00:00.000+07:00',
});
export const offlineTicket = {
  leaseId: ulid(9001),
  number: 'A600',
  serviceId: 'certification',
  followedBy: [],
  priorityClass: 'none',
  visitId: 'visit-5',
  issuedAt: at('07:58:00'),
};
const reserve = 'tickets/reserve';
const commit = 'tickets/commit';
const voiding = 'tickets/void';
const time = '08:00:00';
const firstReservation = { key: `reserve:${ulid(100)}`, time, body: wish(100, 'visit-1', 'certification') };
const firstTicket = given(100, 'A001', 'certification', [0, 0]);

/** From the first request after a connection to tickets of all kinds. */
export const ticketExchanges: Exchange[] = [
  accepted(
    'hello',
    {
      n: 1001,
      time,
      key: `hello:${ulid(90)}`,
      says: 'the first request after every connection',
      body: { versions: [1], software: 'letan 0.1.0', configurationVersion: 'sha256:5b8e1f' },
    },
    {
      version: 1,
      software: 'example queue server 4.2',
      operations: ['hello', reserve, commit, voiding, 'checkins', 'feedback', 'petitions', 'registrations', 'leases'],
    },
  ),
  accepted(
    'leases',
    { n: 1003, time, key: `lease:${ulid(91)}`, says: 'numbers for an outage', body: { numbersPerService: 30 } },
    {
      leases: [
        lease(9001, 'certification', 'A'),
        lease(9002, 'civil-status', 'B'),
        lease(9003, 'residence', 'C'),
        lease(9004, 'business', 'D'),
      ],
    },
  ),
  accepted(reserve, { n: 1005, ...firstReservation, says: 'a number is reserved' }, firstTicket),
  accepted(
    reserve,
    { n: 1007, ...firstReservation, says: 'the same again, since the answer was lost: a new message id, the same key, the same answer' },
    firstTicket,
  ),
  accepted(
    commit,
    {
      n: 1009,
      time,
      key: `commit:${ulid(100)}`,
      says: 'the paper is out',
      goodForS: 604_800,
      body: { ticketId: ulid(100), offlineTicket: null },
    },
    {},
  ),
  accepted(
    reserve,
    {
      n: 1011,
      time,
      key: `reserve:${ulid(101)}`,
      says: 'two services on one ticket, for somebody of 75 or more',
      body: wish(101, 'visit-2', 'civil-status', { followedBy: ['residence'], priorityClass: 'elderly', language: 'en' }),
    },
    given(101, 'B001', 'civil-status', [0, 0], {
      followedBy: [{ serviceId: 'residence', serviceName: names.residence }],
      priorityClass: 'elderly',
    }),
  ),
  accepted(
    voiding,
    {
      n: 1013,
      time,
      key: `void:${ulid(101)}`,
      says: 'the paper did not come out',
      goodForS: 604_800,
      body: { ticketId: ulid(101), reason: 'PRINTER_PAPER_OUT', offlineTicket: null },
    },
    {},
  ),
  accepted(
    voiding,
    {
      n: 1015,
      time,
      key: `void:${ulid(102)}`,
      says: 'a reservation the queue server has not heard of: accepted, and remembered',
      goodForS: 604_800,
      body: { ticketId: ulid(102), reason: 'no answer in time', offlineTicket: null },
    },
    {},
  ),
  refused(
    reserve,
    { n: 1017, time, key: `reserve:${ulid(102)}`, says: 'that reservation comes late', body: wish(102, 'visit-3', 'certification') },
    'TICKET_WITHDRAWN',
    'the robot gave this reservation up',
  ),
  accepted(
    commit,
    {
      n: 1019,
      time,
      key: `commit:${ulid(105)}`,
      says: 'a ticket that was given from the lease while offline',
      goodForS: 604_800,
      body: { ticketId: ulid(105), offlineTicket },
    },
    {},
  ),
  accepted(
    'checkins',
    {
      n: 1021,
      time,
      key: `reserve:${ulid(106)}`,
      says: 'somebody with a booking is here',
      body: { ticketId: ulid(106), visitId: 'visit-6', bookingCode: 'LT-BOOK-0001', language: 'vi' },
    },
    given(106, 'A002', 'certification', [2, 4]),
  ),
];
