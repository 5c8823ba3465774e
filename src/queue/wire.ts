import type { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import type { Ids } from '../core/ids.ts';
import { fail, ok, type Result } from '../core/result.ts';
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

export function envelope(clock: Clock, ids: Ids): Envelope {
  return { version: contractVersion, messageId: ids.next(), sentAt: isoTime(clock.nowMs()) };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a payload as `schema`. Whatever comes in (oversized, no UTF-8, no JSON, wrong shape) ends as `QUEUE_BAD_MESSAGE`; it never
 * throws. The detail names paths and kinds of fault, never values, since they may be a citizen's.
 */
export function parsePayload<S extends z.ZodType>(schema: S, payload: Uint8Array): Result<z.infer<S>> {
  if (payload.byteLength > maxPayloadBytes) return bad(`payload of ${payload.byteLength} bytes; at most ${maxPayloadBytes}`);
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(payload));
  } catch {
    return bad('payload is not JSON in UTF-8');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const faults = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.code}`);
  return bad(faults.join('; '));
}

function bad(detail: string) {
  return fail({ code: 'QUEUE_BAD_MESSAGE', detail: detail.slice(0, 300) });
}
