const minuteMs = 60_000;

/** Minutes after midnight, from (inclusive) and until (exclusive). */
export interface Span {
  fromMin: number;
  untilMin: number;
}

/** Spans of `07:30-11:30, 13:30-17:00`; null where the text says nothing of the kind or a span ends before it begins. */
export function spansOf(hours: string): Span[] | null {
  const spans = hours.split(',').map((part) => /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(part.trim()));
  const read = spans.flatMap((match) => {
    if (!match) return [];
    const [fromHour = 99, fromMinute = 0, untilHour = 99, untilMinute = 0] = match.slice(1).map(Number);
    const [fromMin, untilMin] = [fromHour * 60 + fromMinute, untilHour * 60 + untilMinute];
    return fromMinute < 60 && untilMinute < 60 && fromMin < untilMin && untilMin <= 24 * 60 ? [{ fromMin, untilMin }] : [];
  });
  const ordered = read.every((span, index) => index === 0 || (read[index - 1]?.untilMin ?? 0) <= span.fromMin);
  return read.length === spans.length && ordered ? read : null;
}

/** Epoch ms of `minute` after midnight of `day` (`2026-01-05`) in Vietnam. */
export function timeOnDay(day: string, minute: number): number {
  return Date.parse(`${day}T00:00:00+07:00`) + minute * minuteMs;
}
