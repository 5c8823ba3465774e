/** Longest text of a field; the longest address of a ward is below 200. */
const mostCharacters = 500;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** UTF-8 as text for people: NFC, without control characters, at most 500 characters. Empty where the bytes are no UTF-8. */
export function readableText(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.normalize('NFC').replace(controls, ' ').trim().slice(0, mostCharacters);
  } catch {
    return '';
  }
}

/** `dd/MM/yyyy` as ISO 8601; null where it is no day of the calendar. */
export function isoOfVietnameseDate(text: string): string | null {
  const [, day, month, year] = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text) ?? [];
  return day && month && year ? calendarDay(`${year}-${month}-${day}`) : null;
}

/** The date itself where the calendar has that day, else null. */
export function calendarDay(isoDate: string): string | null {
  const date = new Date(`${isoDate}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(isoDate) ? isoDate : null;
}
