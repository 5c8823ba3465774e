import { accepted, at, type Exchange, refused, ulid } from './parts.ts';
import { offlineTicket } from './tickets.ts';

const time = '08:20:00';
const reserve = (ticketId: number, serviceId: string, more: object = {}) => ({
  ticketId: ulid(ticketId),
  visitId: 'visit-20',
  serviceId,
  followedBy: [],
  priorityClass: 'none',
  language: 'vi',
  ...more,
});
const checkin = (ticketId: number, bookingCode: string) => ({ ticketId: ulid(ticketId), visitId: 'visit-21', bookingCode, language: 'vi' });
const key = (ticketId: number) => `reserve:${ulid(ticketId)}`;
const feedback = { visitId: 'visit-22', score: 4, givenAt: at('08:19:50') };
const feedbackKey = `feedback:${ulid(160)}`;
const day = { validFrom: at('08:00:00'), validUntil: at('16:00:00') };

/** What is decided and says no. Final, except TRY_LATER: the same key gets the same answer again. */
export const decidedRefusals: Exchange[] = [
  refused(
    'tickets/reserve',
    { n: 1101, time, key: key(120), says: 'a service that does not exist', body: reserve(120, 'passport') },
    'SERVICE_UNKNOWN',
    'no such service',
  ),
  refused(
    'tickets/reserve',
    {
      n: 1103,
      time,
      key: key(121),
      says: 'a closed service',
      given: 'the service `residence` is closed',
      body: reserve(121, 'residence'),
    },
    'SERVICE_CLOSED',
    'the service is closed',
  ),
  refused(
    'tickets/reserve',
    {
      n: 1105,
      time,
      key: key(122),
      says: 'no number left',
      given: 'all numbers of `business` are given for today',
      body: reserve(122, 'business'),
    },
    'NUMBERS_EXHAUSTED',
    'no number is left today',
  ),
  refused(
    'tickets/commit',
    {
      n: 1107,
      time,
      key: `commit:${ulid(123)}`,
      says: 'a ticket that was never reserved',
      body: { ticketId: ulid(123), offlineTicket: null },
    },
    'TICKET_UNKNOWN',
    'no such reservation',
  ),
  refused(
    'tickets/commit',
    {
      n: 1109,
      time,
      key: `commit:${ulid(101)}`,
      says: 'a ticket that was voided before',
      body: { ticketId: ulid(101), offlineTicket: null },
    },
    'TICKET_STATE',
    'the ticket was voided',
  ),
  refused(
    'tickets/commit',
    {
      n: 1111,
      time,
      key: `commit:${ulid(124)}`,
      says: 'a number outside of every lease of this robot',
      body: { ticketId: ulid(124), offlineTicket: { ...offlineTicket, number: 'A999' } },
    },
    'LEASE_UNKNOWN',
    'the number is of no lease of this robot',
  ),
  refused(
    'tickets/reserve',
    {
      n: 1131,
      time,
      key: `reserve:${ulid(100)}-2`,
      says: 'a `ticketId` that has a number, under a new key',
      body: reserve(100, 'residence'),
    },
    'TICKET_STATE',
    'the ticket exists already',
  ),
  refused(
    'tickets/commit',
    {
      n: 1133,
      time,
      key: `commit:${ulid(102)}`,
      says: 'a ticket voided before it was reserved',
      body: { ticketId: ulid(102), offlineTicket: null },
    },
    'TICKET_UNKNOWN',
    'no such reservation',
  ),
  refused(
    'tickets/void',
    {
      n: 1135,
      time,
      key: `void:${ulid(100)}`,
      says: 'a ticket that was committed',
      body: { ticketId: ulid(100), reason: 'PRINTER_JAM', offlineTicket: null },
    },
    'TICKET_STATE',
    'the ticket is waiting',
  ),
  refused(
    'tickets/void',
    {
      n: 1137,
      time,
      key: `void:${ulid(124)}`,
      says: 'void of a number that was not lent',
      body: { ticketId: ulid(124), reason: 'PRINTER_JAM', offlineTicket: { ...offlineTicket, number: 'A999' } },
    },
    'LEASE_UNKNOWN',
    'the number is of no lease of this robot',
  ),
  refused(
    'checkins',
    {
      n: 1139,
      time,
      key: key(132),
      says: 'a good booking, whose service is closed now: it stays good',
      given: 'the service `residence` is closed',
      body: checkin(132, 'LT-BOOK-0003'),
    },
    'SERVICE_CLOSED',
    'the service is closed',
  ),
  refused(
    'checkins',
    {
      n: 1141,
      time,
      key: key(133),
      says: 'a good booking, and no number is left',
      given: 'all numbers of `business` are given for today',
      body: checkin(133, 'LT-BOOK-0004'),
    },
    'NUMBERS_EXHAUSTED',
    'no number is left today',
  ),
  refused(
    'checkins',
    { n: 1113, time, key: key(125), says: 'a booking nobody made', body: checkin(125, 'LT-BOOK-ZZZZ') },
    'BOOKING_UNKNOWN',
    'no such booking',
  ),
  refused(
    'checkins',
    { n: 1115, time, key: key(126), says: 'a booking checked in before', body: checkin(126, 'LT-BOOK-0001') },
    'BOOKING_USED',
    'the booking was already checked in',
  ),
  refused(
    'checkins',
    {
      n: 1117,
      time,
      key: key(127),
      says: 'a booking for another day',
      given: 'the booking is for 1 October 2025',
      body: checkin(127, 'LT-BOOK-0090'),
    },
    'BOOKING_NOT_TODAY',
    'the booking is for 2025-10-01',
    { validFrom: '2025-10-01T08:00:00.000+07:00', validUntil: '2025-10-01T16:00:00.000+07:00' },
  ),
  refused(
    'checkins',
    {
      n: 1119,
      time: '07:40:00',
      key: key(128),
      says: 'before the window',
      given: 'it is 07:40 and the booking is for today',
      body: checkin(128, 'LT-BOOK-0002'),
    },
    'BOOKING_TOO_EARLY',
    'the window has not begun',
    day,
  ),
  refused(
    'checkins',
    {
      n: 1121,
      time: '16:00:00',
      key: key(129),
      says: 'after the window',
      given: 'it is 16:00 and the booking is for today',
      body: checkin(129, 'LT-BOOK-0002'),
    },
    'BOOKING_TOO_LATE',
    'the window is over',
    day,
  ),
  accepted('feedback', { n: 1123, time, key: feedbackKey, says: 'a first use of a key', body: feedback }, {}),
  refused(
    'feedback',
    { n: 1125, time, key: feedbackKey, says: 'that key with another content', body: { ...feedback, score: 1 } },
    'KEY_REUSED',
    'the key belongs to another request',
  ),
  refused(
    'feedback',
    {
      n: 1127,
      time,
      key: `feedback:${ulid(161)}`,
      says: 'a decision that cannot be made now',
      given: 'the database of the queue server is out of order',
      body: feedback,
    },
    'TRY_LATER',
    'the queue server could not decide',
  ),
];

/** What is not even looked into. Nothing is remembered: corrected, the same key is good. */
export const undecidedRefusals: Exchange[] = [
  refused(
    'tickets/reserve',
    {
      n: 1201,
      time,
      key: key(140),
      says: 'a priority class that does not exist',
      body: reserve(140, 'certification', { priorityClass: 'vip' }),
    },
    'BAD_MESSAGE',
    'priorityClass: invalid_value',
  ),
  refused(
    'feedback',
    {
      n: 1211,
      time,
      key: `feedback:${ulid(162)}`,
      says: 'a day that does not exist',
      body: { ...feedback, givenAt: '2026-02-30T08:19:50.000+07:00' },
    },
    'BAD_MESSAGE',
    'givenAt: invalid_format',
  ),
  refused(
    'tickets/reserve',
    { n: 1203, time, key: key(141), says: 'another version', body: reserve(141, 'certification'), faults: { version: 2 } },
    'WRONG_VERSION',
    'this side speaks version 1',
  ),
  refused(
    'tickets/reserve',
    { n: 1205, time, key: key(142), says: "another ward's message", body: reserve(142, 'certification'), faults: { ward: 'hoan-kiem' } },
    'WRONG_WARD',
    'this is cua-nam',
  ),
  refused(
    'tickets/reserve',
    { n: 1207, time, key: key(143), says: "another robot's message", body: reserve(143, 'certification'), faults: { robotId: 'robot-2' } },
    'WRONG_ROBOT',
    'this is robot-1',
  ),
  refused(
    'tickets/reserve',
    {
      n: 1209,
      time,
      key: key(144),
      says: 'a request that comes too late',
      body: reserve(144, 'certification'),
      faults: { sentAt: at('07:50:00'), expiresAt: at('07:51:00') },
    },
    'EXPIRED',
    'it came too late',
  ),
];
