import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
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

const utf8 = new TextDecoder('utf-8', { fatal: true });
/** Told apart from a wrong shape, since another remedy helps. */
const addressSchema = z.object({ version: z.unknown(), ward: z.unknown() });

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

function decode(payload: Uint8Array): Read<unknown> {
  if (payload.byteLength > maxPayloadBytes) return drop('tooLarge', `${payload.byteLength} bytes; at most ${maxPayloadBytes}`);
  let text: string;
  try {
    text = utf8.decode(payload);
  } catch {
    return drop('notUtf8', 'no UTF-8');
  }
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return drop('notJson', 'no JSON');
  }
}

/**
 * Reads a payload of `ward` as `schema`. Whatever comes in, it never throws. The detail names paths and kinds of fault, never values,
 * since they may be a citizen's.
 */
export function readPayload<S extends z.ZodType>(schema: S, payload: Uint8Array, ward: string): Read<z.infer<S>> {
  const decoded = decode(payload);
  if (!decoded.ok) return decoded;
  const address = addressSchema.safeParse(decoded.value);
  if (!address.success) return drop('badShape', 'no object');
  if (address.data.version !== contractVersion) return drop('wrongVersion', `this side speaks version ${contractVersion}`);
  if (address.data.ward !== ward) return drop('wrongWard', `this is ${ward}`);
  const parsed = schema.safeParse(decoded.value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const faults = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.code}`);
  return drop('badShape', faults.join('; '));
}
