import { z } from 'zod';
import { priorityClasses } from '../../behaviour/model.ts';
import { languages } from '../../core/language.ts';
import {
  contractVersion,
  count,
  envelopeSchema,
  id,
  isoTime,
  jwe,
  localText,
  prefix,
  type RequestEnvelope,
  requestEnvelopeSchema,
  text,
  ticketNumber,
  ulid,
} from './basics.ts';

/** Services one ticket may be carried through. */
const mostServices = 5;

const followedBy = z
  .array(id)
  .max(mostServices - 1)
  .describe('services after the first, in order; the ticket keeps its number through all of them');

/** A ticket given from a lease while offline; the queue server learns of it when it is committed or voided. */
const offlineTicket = z.object({
  leaseId: id,
  number: ticketNumber,
  serviceId: id,
  followedBy,
  priorityClass: z.enum(priorityClasses),
  visitId: id,
  issuedAt: isoTime,
});
export type OfflineTicket = z.infer<typeof offlineTicket>;

/** First request after every connection: which versions the robot speaks, and what it holds. Its `expiresAt` is not looked at, so that a robot with a wrong clock learns the time from the answer's `sentAt`. */
const hello = requestEnvelopeSchema.extend({
  versions: z.array(z.number().int().min(1).max(99)).min(1).max(10).describe('contract versions the robot speaks'),
  software: z.string().max(60).describe('name and version'),
  configurationVersion: z.string().max(64).nullable(),
});
/** The robot names the ticket (`ticketId`), so that a reservation whose answer never came can still be voided. */
const reserve = requestEnvelopeSchema.extend({
  ticketId: ulid,
  visitId: id,
  serviceId: id,
  followedBy,
  priorityClass: z.enum(priorityClasses),
  language: z.enum(languages),
});
const commit = requestEnvelopeSchema.extend({ ticketId: ulid, offlineTicket: offlineTicket.nullable() });
const voidTicket = requestEnvelopeSchema.extend({ ticketId: ulid, reason: text, offlineTicket: offlineTicket.nullable() });
const checkIn = requestEnvelopeSchema.extend({
  ticketId: ulid,
  visitId: id,
  bookingCode: z.string().min(1).max(64),
  language: z.enum(languages),
});
const feedback = requestEnvelopeSchema.extend({ visitId: id, score: z.number().int().min(1).max(5), givenAt: isoTime });
const petition = requestEnvelopeSchema.extend({ visitId: id, receiptNumber: id, filedAt: isoTime, jwe });
/** Card data of one person, or of two who come together, as for a marriage. */
const registration = requestEnvelopeSchema.extend({
  registrationId: ulid,
  visitId: id,
  personCount: z.number().int().min(1).max(2),
  readAt: isoTime,
  jwe,
});
/** Asks for numbers that this robot may give while offline. */
const lease = requestEnvelopeSchema.extend({ numbersPerService: z.number().int().min(1).max(100) });

/** One request per operation; the topic is `…/queue/<operation>/<robot>`. */
export const requestSchemas = {
  hello,
  'tickets/reserve': reserve,
  'tickets/commit': commit,
  'tickets/void': voidTicket,
  checkins: checkIn,
  feedback,
  petitions: petition,
  registrations: registration,
  leases: lease,
} as const;
export type Operation = keyof typeof requestSchemas;
export const operations = [
  'hello',
  'tickets/reserve',
  'tickets/commit',
  'tickets/void',
  'checkins',
  'feedback',
  'petitions',
  'registrations',
  'leases',
] as const satisfies readonly Operation[];
export type RequestOf<O extends Operation> = z.infer<(typeof requestSchemas)[O]>;
/** A request without its head. */
export type RequestBody<O extends Operation> = Omit<RequestOf<O>, keyof RequestEnvelope>;

const ticketResult = z.object({
  ticket: z.object({
    ticketId: ulid,
    number: ticketNumber,
    serviceId: id,
    serviceName: localText,
    followedBy: z.array(z.object({ serviceId: id, serviceName: localText })).max(mostServices - 1),
    priorityClass: z.enum(priorityClasses),
    waitingCount: count.describe('people ahead'),
    estimatedWaitMin: count.describe('minutes'),
    issuedAt: isoTime,
  }),
  /** An uncommitted reservation is withdrawn then. */
  reservedUntil: isoTime,
});

/** Numbers `first`..`last` (inclusive) of a service's band, for one robot and one day. */
const leaseGrant = z.object({
  leaseId: id,
  serviceId: id,
  prefix,
  first: z.number().int().min(1).max(999),
  last: z.number().int().min(1).max(999),
  expiresAt: isoTime,
});
export type LeaseGrant = z.infer<typeof leaseGrant>;

const nothing = z.object({});
/** What an accepted request brings back. */
export const resultSchemas = {
  hello: z.object({
    version: z.literal(contractVersion).describe('the version to go on with'),
    software: z.string().max(60),
    operations: z.array(z.string().max(40)).max(50).describe('operations the queue server answers'),
  }),
  'tickets/reserve': ticketResult,
  'tickets/commit': nothing,
  'tickets/void': nothing,
  checkins: ticketResult,
  feedback: nothing,
  petitions: nothing,
  registrations: nothing,
  leases: z.object({ leases: z.array(leaseGrant).max(100) }),
} as const satisfies Record<Operation, z.ZodType>;
export type ResultOf<O extends Operation> = z.infer<(typeof resultSchemas)[O]>;

/** Why a request was refused, and what it means. `TRY_LATER` and what is about the two sides' set-up is worth sending again; the others are final. */
export const refusals = {
  BAD_MESSAGE: 'the payload does not fit the contract',
  WRONG_VERSION: 'the payload is of a version the reader does not speak',
  WRONG_WARD: "the payload's ward is not the topic's",
  WRONG_ROBOT: "the payload's robot or reply topic is not the topic's robot's",
  NOT_SUPPORTED: 'the operation or command is not supported here',
  EXPIRED: 'it came after its `expiresAt`; compare the answer’s `sentAt` with your clock',
  KEY_REUSED: 'the idempotency key was used for another operation or another content',
  SERVICE_UNKNOWN: 'no such service',
  SERVICE_CLOSED: 'the service is closed now',
  NUMBERS_EXHAUSTED: 'no number of the service is left today',
  TICKET_UNKNOWN: 'no such reservation of this robot',
  TICKET_WITHDRAWN: 'the robot voided this reservation before it was heard of, or it expired and its booking was checked in again',
  TICKET_STATE: 'the ticket is in a state that does not allow it, or its number or `ticketId` is in use',
  BOOKING_UNKNOWN: 'no such booking',
  BOOKING_NOT_TODAY: 'the booking is for another day: `validFrom`, `validUntil`',
  BOOKING_TOO_EARLY: 'the booking’s window has not begun: `validFrom`, `validUntil`',
  BOOKING_TOO_LATE: 'the booking’s window is over: `validFrom`, `validUntil`',
  BOOKING_USED: 'the booking was already checked in',
  LEASE_UNKNOWN: 'the number is of no lease of this robot',
  RECEIPT_TAKEN: 'another petition has this receipt number',
  COMMAND_REFUSED: 'the robot cannot do that now; see `detail`',
  TRY_LATER: 'the reader could not decide; send it again with the same key',
} as const;
export type RefusalCode = keyof typeof refusals;
// Object.keys forgets the key type; the literal above has no others.
export const refusalCodes = Object.keys(refusals) as [RefusalCode, ...RefusalCode[]];

/** Any request and command may be refused with these; `hello` with neither `EXPIRED` nor `KEY_REUSED`. */
export const generalRefusals: readonly RefusalCode[] = [
  'BAD_MESSAGE',
  'WRONG_VERSION',
  'WRONG_WARD',
  'WRONG_ROBOT',
  'NOT_SUPPORTED',
  'EXPIRED',
  'KEY_REUSED',
  'TRY_LATER',
];
const reserveRefusals: readonly RefusalCode[] = [
  'SERVICE_UNKNOWN',
  'SERVICE_CLOSED',
  'TICKET_WITHDRAWN',
  'TICKET_STATE',
  'NUMBERS_EXHAUSTED',
];
/** What each operation may be refused with besides, in the order in which it is looked for. */
export const operationRefusals: Readonly<Record<Operation, readonly RefusalCode[]>> = {
  hello: [],
  'tickets/reserve': reserveRefusals,
  'tickets/commit': ['LEASE_UNKNOWN', 'TICKET_UNKNOWN', 'TICKET_WITHDRAWN', 'TICKET_STATE'],
  'tickets/void': ['LEASE_UNKNOWN', 'TICKET_STATE'],
  checkins: ['BOOKING_UNKNOWN', 'BOOKING_NOT_TODAY', 'BOOKING_TOO_EARLY', 'BOOKING_TOO_LATE', 'BOOKING_USED', ...reserveRefusals],
  feedback: [],
  petitions: ['RECEIPT_TAKEN'],
  registrations: [],
  leases: ['NUMBERS_EXHAUSTED'],
};

/** Later releases add codes. Whoever does not know one takes it as final, which `BAD_MESSAGE` is. */
const refusalCode = z.union([
  z.enum(refusalCodes),
  z
    .string()
    .regex(/^[A-Z][A-Z_]{1,39}$/)
    .transform((): RefusalCode => 'BAD_MESSAGE'),
]);

const replyHead = envelopeSchema.extend({
  inReplyTo: ulid.describe('`messageId` of the request'),
  idempotencyKey: id.describe('of the request'),
});
const refusal = replyHead.extend({
  ok: z.literal(false),
  code: refusalCode.describe('of the table, or one of a later release, which is final'),
  detail: z.string().max(500).describe('for a technician; never personal data'),
  validFrom: isoTime.optional(),
  validUntil: isoTime.optional(),
});
/** Answer to a request whose result is of that shape. */
export const replySchemaOf = (result: z.ZodType) =>
  z.discriminatedUnion('ok', [replyHead.extend({ ok: z.literal(true), result }), refusal]);
/** Answer to a request, on its `replyTo`. `result` is checked with the operation's {@link resultSchemas}. */
export const replySchema = z.discriminatedUnion('ok', [replyHead.extend({ ok: z.literal(true), result: z.unknown() }), refusal]);
export type Reply = z.infer<typeof replySchema>;
export type Outcome = { ok: true; result: unknown } | RefusedOutcome;
export interface RefusedOutcome {
  ok: false;
  code: RefusalCode;
  detail: string;
  /** ISO 8601; of a booking that is not good now. */
  validFrom?: string | undefined;
  validUntil?: string | undefined;
}
