import { accepted, at, type Exchange, refused, ulid } from './parts.ts';
import { exampleJwe } from './sealed.ts';

const time = '08:10:00';
const goodForS = 604_800;
const registration = {
  registrationId: ulid(114),
  visitId: 'visit-2',
  personCount: 2,
  readAt: at('08:09:30'),
  jwe: exampleJwe.registrations,
};
const petition = (visitId: string) => ({ visitId, receiptNumber: 'PA-260105-7XK2QM', filedAt: at('08:09:58'), jwe: exampleJwe.petitions });

/** Feedback, petitions and registrations. */
export const archiveExchanges: Exchange[] = [
  accepted(
    'feedback',
    {
      n: 1031,
      time,
      key: `feedback:${ulid(110)}`,
      goodForS,
      says: 'content',
      body: { visitId: 'visit-1', score: 5, givenAt: at('08:09:55') },
    },
    {},
  ),
  accepted('petitions', { n: 1033, time, key: `petitions:${ulid(111)}`, goodForS, says: 'a petition', body: petition('visit-7') }, {}),
  refused(
    'petitions',
    {
      n: 1035,
      time,
      key: `petitions:${ulid(112)}`,
      goodForS,
      says: 'another petition with a receipt number that exists',
      body: petition('visit-8'),
    },
    'RECEIPT_TAKEN',
    'the receipt number exists already',
  ),
  accepted(
    'registrations',
    {
      n: 1037,
      time,
      key: `registrations:${ulid(113)}`,
      goodForS,
      says: 'cards of two people, for a marriage',
      body: registration,
    },
    {},
  ),
  accepted(
    'registrations',
    {
      n: 1039,
      time,
      key: `registrations:${ulid(115)}`,
      goodForS,
      says: 'the same registration under another key: accepted, and kept once',
      body: registration,
    },
    {},
  ),
];
