import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import { id, ulid } from './contract/basics.ts';
import { contractVersion, type Envelope, maxPayloadBytes } from './contract.ts';

/** Vietnam keeps UTC+07:00 all year. */
const vietnamOffsetMs = 7 * 3_600_000;

/** ISO 8601 with offset, in Vietnam's time: `2026-01-05T08:00:00.000+07:00`. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs + vietnamOffsetMs).toISOString().replace('Z', '+07:00');
}

/** Calendar day in Vietnam, `2026-01-05`. */
export function localDay(epochMs: number): string {
  return isoTime(epochMs).slice(0, 10);
}

/** First millisecond of the day after `epochMs` in Vietnam. */
export function endOfDayMs(epochMs: number): number {
  const dayMs = 86_400_000;
  return (Math.floor((epochMs + vietnamOffsetMs) / dayMs) + 1) * dayMs - vietnamOffsetMs;
}

export function envelope(clock: Clock, ids: Ids, ward: string): Envelope {
  return { version: contractVersion, ward, messageId: ids.next(), sentAt: isoTime(clock.nowMs()) };
}

/** Why a message was not taken in. */
export const dropCauses = [
  'tooLarge',
  'notUtf8',
  'notJson',
  'wrongVersion',
  'wrongWard',
  'wrongRobot',
  'badShape',
  'expired',
  'repeated',
  'unexpected',
] as const;
export type DropCause = (typeof dropCauses)[number];
export type Read<T> = { ok: true; value: T } | { ok: false; cause: DropCause; detail: string };

const drop = (cause: DropCause, detail: string): Read<never> => ({ ok: false, cause, detail: detail.slice(0, 300) });

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** Told apart from a wrong shape, since another remedy helps. */
const addressSchema = z.object({ version: z.unknown(), ward: z.unknown() });
const questionSchema = z.object({ messageId: ulid, idempotencyKey: id });
const senderSchema = z.object({ robotId: z.unknown(), replyTo: z.unknown() });

/** The deepest message of the contract has five levels; what walks deeper ones by recursion could be made to run out of stack. */
const mostLevels = 12;
const forbiddenKeys = ['__proto__', 'constructor', 'prototype'];

/**
 * Names what no message may hold wherever it stands, or null. `escaped`: the text has `\u` in it; without it neither NUL nor half a
 * surrogate pair can be in what was valid UTF-8 and valid JSON.
 */
function hostileIn(root: unknown, escaped: boolean): string | null {
  let open: unknown[] = [root];
  for (let level = 0; open.length > 0; level++) {
    const inner: unknown[] = [];
    for (const value of open) {
      if (escaped && typeof value === 'string' && (value.includes('\0') || /\p{Cs}/u.test(value)))
        return 'NUL or half a surrogate pair in a text';
      if (typeof value !== 'object' || value === null) continue;
      if (level >= mostLevels) return `more than ${mostLevels} levels deep`;
      if (!Array.isArray(value) && Object.keys(value).some((key) => forbiddenKeys.includes(key))) return 'a forbidden key';
      for (const part of Object.values(value)) if (escaped || typeof part === 'object') inner.push(part);
    }
    open = inner;
  }
  return null;
}

function decode(payload: Uint8Array): Read<unknown> {
  if (payload.byteLength > maxPayloadBytes) return drop('tooLarge', `${payload.byteLength} bytes; at most ${maxPayloadBytes}`);
  let text: string;
  try {
    text = utf8.decode(payload);
  } catch {
    return drop('notUtf8', 'no UTF-8');
  }
  try {
    const value: unknown = JSON.parse(text);
    const hostile = hostileIn(value, text.includes('\\u'));
    return hostile === null ? { ok: true, value } : drop('badShape', hostile);
  } catch {
    return drop('notJson', 'no JSON');
  }
}

/** A payload's version and ward are looked at before its shape. */
function faultOfAddress(value: unknown, ward: string): Read<never> | null {
  const address = addressSchema.safeParse(value);
  if (!address.success) return drop('badShape', 'no object');
  if (address.data.version !== contractVersion) return drop('wrongVersion', `this side speaks version ${contractVersion}`);
  return address.data.ward === ward ? null : drop('wrongWard', `this is ${ward}`);
}

/** Property names the contract declares; any other key in a payload is the sender's and may be a citizen's name. */
const declared = new WeakMap<z.ZodType, Set<string>>();
function declaredNames(schema: z.ZodType): Set<string> {
  const known =
    declared.get(schema) ?? new Set(JSON.stringify(z.toJSONSchema(schema, { unrepresentable: 'any' })).match(/[A-Za-z]+(?=":)/g));
  declared.set(schema, known);
  return known;
}

function shaped<S extends z.ZodType>(schema: S, value: unknown): Read<z.infer<S>> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const names = declaredNames(schema);
  const step = (key: PropertyKey) => (typeof key === 'number' || (typeof key === 'string' && names.has(key)) ? String(key) : '*');
  const faults = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.map(step).join('.') || '(root)'}: ${issue.code}`);
  return drop('badShape', faults.join('; '));
}

/**
 * Reads a payload of `ward` as `schema`. Whatever comes in, it never throws. The detail names paths and kinds of fault, never values
 * or keys that the contract does not declare, since they may be a citizen's.
 */
export function readPayload<S extends z.ZodType>(schema: S, payload: Uint8Array, ward: string): Read<z.infer<S>> {
  const decoded = decode(payload);
  if (!decoded.ok) return decoded;
  return faultOfAddress(decoded.value, ward) ?? shaped(schema, decoded.value);
}

/** What an answer to a request must name. */
export interface Question {
  messageId: string;
  idempotencyKey: string;
}

/** A request as read: `question` is null where it cannot be answered, since nobody can tell what was asked. */
export type ReadRequest<T> = { ok: true; value: T } | { ok: false; cause: DropCause; detail: string; question: Question | null };

/** The same for a request, whose sender is told what was wrong. `robotId` and `replyTo` are those its topic stands for. */
export function readRequest<S extends z.ZodType>(
  schema: S,
  payload: Uint8Array,
  expected: { ward: string; robotId: string; replyTo: string },
): ReadRequest<z.infer<S>> {
  const decoded = decode(payload);
  if (!decoded.ok) return { ...decoded, question: null };
  const { value } = decoded;
  const asked = questionSchema.safeParse(value);
  const sender = senderSchema.safeParse(value);
  const own = sender.success && sender.data.robotId === expected.robotId && sender.data.replyTo === expected.replyTo;
  const read = faultOfAddress(value, expected.ward) ?? (own ? shaped(schema, value) : drop('wrongRobot', `this is ${expected.robotId}`));
  return read.ok ? read : { ...read, question: asked.success ? asked.data : null };
}
