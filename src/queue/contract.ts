import { z } from 'zod';
import { priorityClasses } from '../behaviour/model.ts';
import { languages } from '../core/language.ts';

/**
 * The queue contract, version 1: what travels between robots and the ward's queue server over MQTT 5 or 3.1.1. Message id, reply
 * topic, expiry and idempotency key are in the payload, so a 3.1.1 broker loses nothing. Unknown keys are dropped, so that later
 * versions may add some.
 */
export const contractVersion = 1;

/** Largest payload either side reads, bytes: a petition of 2,000 characters encrypts to about 11 kB, a couple's cards to 3 kB. */
export const maxPayloadBytes = 64 * 1024;

const ulid = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
const isoTime = z.iso.datetime({ offset: true });
const id = z.string().regex(/^[\w.:-]{1,64}$/);
const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/);
const text = z.string().min(1).max(200);
const localText = z.object({ vi: text, en: text, ko: text });
const count = z.number().int().min(0).max(100_000);
const counter = z.number().int().min(1).max(99);
const ticketNumber = z.string().regex(/^[A-Z]\d{3}$/);
/** Compact JWE, ECDH-ES with A256GCM, to the queue server's P-256 key. */
const jwe = z
  .string()
  .max(48 * 1024)
  .regex(/^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/);

/** Head of every message. `sentAt` is ISO 8601 with offset. */
export const envelopeSchema = z.object({ version: z.literal(contractVersion), messageId: ulid, sentAt: isoTime });
export type Envelope = z.infer<typeof envelopeSchema>;

/** Head of every request: later than `expiresAt` it is refused, and a repeated `idempotencyKey` gets the first answer again. */
export const requestEnvelopeSchema = envelopeSchema.extend({
  robotId: slug,
  replyTo: z.string().min(1).max(200),
  expiresAt: isoTime,
  idempotencyKey: id,
});
export type RequestEnvelope = z.infer<typeof requestEnvelopeSchema>;

/** A ticket given from a lease while offline; the queue server learns of it when it is committed. */
const offlineTicket = z.object({
  leaseId: id,
  number: ticketNumber,
  serviceId: id,
  priorityClass: z.enum(priorityClasses),
  visitId: id,
  issuedAt: isoTime,
});
export type OfflineTicket = z.infer<typeof offlineTicket>;

/** The robot names the ticket (`ticketId`), so that a reservation whose answer never came can still be voided. */
const reserve = requestEnvelopeSchema.extend({
  ticketId: ulid,
  visitId: id,
  serviceId: id,
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
const petition = requestEnvelopeSchema.extend({ visitId: id, receiptNumber: id, jwe });
const registration = requestEnvelopeSchema.extend({ visitId: id, personCount: z.number().int().min(1).max(2), jwe });
/** Asks for the numbers this robot may give while offline; also an answer to "do I still hold them". */
const lease = requestEnvelopeSchema.extend({ numbersPerService: z.number().int().min(1).max(100) });

/** One request per operation; the topic is `…/queue/<operation>`. */
export const requestSchemas = {
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
    priorityClass: z.enum(priorityClasses),
    waitingCount: count,
    estimatedWaitMin: count,
    issuedAt: isoTime,
  }),
  /** An uncommitted reservation is withdrawn then. */
  reservedUntil: isoTime,
});

/** Numbers `first`..`last` (inclusive) of a service's band, for one robot and one day. */
const leaseGrant = z.object({
  leaseId: id,
  serviceId: id,
  prefix: z.string().regex(/^[A-Z]$/),
  first: z.number().int().min(1).max(999),
  last: z.number().int().min(1).max(999),
  expiresAt: isoTime,
});
export type LeaseGrant = z.infer<typeof leaseGrant>;

const nothing = z.object({});
/** What an accepted request brings back. */
export const resultSchemas = {
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

/** Why a request was refused. Only `TRY_LATER` is worth sending again; the others are final. */
export const refusalCodes = [
  'BAD_MESSAGE',
  'EXPIRED',
  'SERVICE_UNKNOWN',
  'SERVICE_CLOSED',
  'NUMBERS_EXHAUSTED',
  'TICKET_UNKNOWN',
  'TICKET_WITHDRAWN',
  'TICKET_STATE',
  'BOOKING_UNKNOWN',
  'BOOKING_NOT_TODAY',
  'BOOKING_USED',
  'LEASE_UNKNOWN',
  'RECEIPT_TAKEN',
  'COMMAND_REFUSED',
  'TRY_LATER',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

const replyHead = envelopeSchema.extend({ inReplyTo: ulid, idempotencyKey: id });
const refusal = replyHead.extend({ ok: z.literal(false), code: z.enum(refusalCodes), detail: z.string().max(500) });
/** Answer to a request, on its `replyTo`. `result` is checked with the operation's {@link resultSchemas}. */
export const replySchema = z.discriminatedUnion('ok', [replyHead.extend({ ok: z.literal(true), result: z.unknown() }), refusal]);
export type Reply = z.infer<typeof replySchema>;
export type Outcome = { ok: true; result: unknown } | { ok: false; code: RefusalCode; detail: string };

/** `…/queue/connection` and `…/robots/<robot>/connection`, retained. `connectionBroken` is the will's. */
export const connectionSchema = envelopeSchema.extend({ state: z.enum(['online', 'offline', 'connectionBroken']) });
export type ConnectionState = z.infer<typeof connectionSchema>['state'];

/** `…/queue/services`, retained. */
export const servicesSchema = envelopeSchema.extend({
  services: z
    .array(
      z.object({
        serviceId: id,
        prefix: z.string().regex(/^[A-Z]$/),
        name: localText,
        open: z.boolean(),
        hours: z.string().max(60),
        waitingCount: count,
        estimatedWaitMin: count,
        procedureCodes: z.array(z.string().max(20)).max(200),
      }),
    )
    .max(26),
});

/** `…/queue/calls`. A recall is the same call with a higher `sequence`. */
export const callSchema = envelopeSchema.extend({
  callId: ulid,
  ticketNumber,
  counter,
  sequence: z.number().int().min(1).max(1000),
  recall: z.boolean(),
  expiresAt: isoTime,
});

/** `…/queue/counters/<n>/serving`, retained. */
export const servingSchema = envelopeSchema.extend({ counter, ticketNumber: ticketNumber.nullable() });

/** `…/robots/<robot>/commands`. */
export const robotCommandSchema = z.discriminatedUnion('command', [
  requestEnvelopeSchema.extend({ command: z.literal('pause') }),
  requestEnvelopeSchema.extend({ command: z.literal('resume') }),
  requestEnvelopeSchema.extend({ command: z.literal('goTo'), place: z.string().min(1).max(40) }),
]);
export type RobotCommand = { command: 'pause' } | { command: 'resume' } | { command: 'goTo'; place: string };

const deviceState = z.object({ status: z.enum(['ready', 'degraded', 'faulty', 'offline']), code: z.string().max(60).nullable() });
/** What the robot is doing, without anything about the citizen. */
export const robotStateSchema = z.object({
  screen: z.string().max(40),
  paused: z.boolean(),
  driving: z.boolean(),
  stopped: z.boolean(),
  stopCause: z.string().max(40).nullable(),
  devices: z.record(z.string().max(40), deviceState),
});
export type RobotState = z.infer<typeof robotStateSchema>;
/** `…/robots/<robot>/state`, retained. */
export const stateSchema = envelopeSchema.extend({ robotId: slug, state: robotStateSchema, outboxLength: count });

/** `…/robots/<robot>/telemetry`. Position in mm and degrees of the site file's frame, battery in V. */
export const robotTelemetrySchema = z.object({
  xMm: z.number(),
  yMm: z.number(),
  headingDeg: z.number(),
  batteryV: z.number().nullable(),
});
export type RobotTelemetry = z.infer<typeof robotTelemetrySchema>;
export const telemetrySchema = envelopeSchema.extend({ robotId: slug, telemetry: robotTelemetrySchema });

/** `…/robots/<robot>/errors`. */
export const errorSchema = envelopeSchema.extend({
  robotId: slug,
  code: z.string().max(60),
  level: z.enum(['warning', 'urgent', 'critical', 'fatal']),
  detail: z.string().max(500),
  hint: z.string().max(500),
});
