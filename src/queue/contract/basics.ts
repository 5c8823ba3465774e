import { z } from 'zod';

/** Major version of the contract. Additions keep it; what an older side would misread makes the next one. It is in every topic and payload. */
export const contractVersion = 1;

/** Largest payload either side reads, bytes: a petition of 2,000 characters encrypts to about 11 kB, a couple's cards to 3 kB. */
export const maxPayloadBytes = 64 * 1024;

export const ulid = z
  .string()
  .regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)
  .describe('ULID');
export const isoTime = z.iso.datetime({ offset: true }).max(40).describe('ISO 8601 with seconds and offset');
export const id = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,64}$/)
  .describe('1 to 64 letters, digits, and . : _ -');
export const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,30}$/)
  .describe('1 to 31 lower-case letters, digits and dashes');
export const text = z.string().min(1).max(200);
/** Line breaks, control and invisible characters, and what turns the direction of writing: they could fake a screen, a paper or a log. */
const unprintable =
  '\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff';
/** A text that citizens see, hear or hold in their hands. */
export const shownText = text
  .regex(new RegExp(`^[^${unprintable}]+$`))
  .describe('shown to citizens: one line without control, invisible or direction-turning characters');
export const localText = z.object({ vi: shownText, en: shownText, ko: shownText }).describe('the same in Vietnamese, English and Korean');
export const count = z.number().int().min(0).max(100_000);
export const counterNumber = z.number().int().min(1).max(99).describe('number of a counter');
export const ticketNumber = z
  .string()
  .regex(/^[A-Z][0-9]{3}$/)
  .describe('what is printed and called: the letter of the service, three digits');
export const prefix = z
  .string()
  .regex(/^[A-Z]$/)
  .describe("letter of a service's numbers");
/** Compact JWE, ECDH-ES with A256GCM, to the queue server's P-256 key. */
export const jwe = z
  .string()
  .max(48 * 1024)
  .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/)
  .describe("compact JWE (ECDH-ES, A256GCM) to the queue server's public key");

/** Head of every message. */
export const envelopeSchema = z.object({
  version: z.literal(contractVersion).describe('major version of the contract'),
  ward: slug.describe('the ward, as in the topic'),
  messageId: ulid.describe('new for every message, also for a repeated one'),
  sentAt: isoTime.describe("the sender's clock"),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/** Head of every request: later than `expiresAt` it is refused, and a repeated `idempotencyKey` gets the first answer again. */
export const requestEnvelopeSchema = envelopeSchema.extend({
  robotId: slug.describe('the robot, as in the topic'),
  replyTo: z.string().min(1).max(200).describe('topic of the answer; only the one this contract names is accepted'),
  expiresAt: isoTime.describe('from then on nobody may act on it'),
  idempotencyKey: id.describe('stays the same when the request is repeated'),
});
export type RequestEnvelope = z.infer<typeof requestEnvelopeSchema>;
