import { z } from 'zod';
import { calendarDay } from './chip/text.ts';

/**
 * What the QR code of a citizen card (CCCD / Căn cước) says. Personal data: stays in `identity/`.
 * Dates are ISO 8601 (`1990-01-15`); `oldIdNumber` is '' where the card has none.
 */
export interface CardData {
  idNumber: string;
  oldIdNumber: string;
  fullName: string;
  birthDate: string;
  sex: 'Nam' | 'Nữ' | '';
  address: string;
  issuedDate: string;
}

const isoDate = z
  .string()
  .regex(/^\d{8}$/)
  .transform((text) => `${text.slice(4)}-${text.slice(2, 4)}-${text.slice(0, 2)}`)
  .refine((text) => calendarDay(text) !== null);

/**
 * Fields of the 2021 card (7) and of the 2024 card (11, the last four of unknown content and never shown). Prefix, sex and
 * year of the number are not checked: current law guarantees twelve digits alone.
 */
const cardFields = z.tuple([
  z.string().regex(/^\d{12}$/),
  z.string().regex(/^(\d{9}|\d{12})?$/),
  z.string().min(1).max(200),
  isoDate,
  z.enum(['Nam', 'Nữ', '']),
  z.string().max(500),
  isoDate.or(z.literal('')),
]);

/** True when the text claims to be a card: seven or eleven fields, the first of digits. */
export function looksLikeCard(text: string): boolean {
  const fields = text.split('|');
  return (fields.length === 7 || fields.length === 11) && /^\d+$/.test(fields[0] ?? '');
}

/** Parses a card's QR text; null when a field is damaged. Names and addresses come out in NFC. */
export function parseCardQr(text: string): CardData | null {
  const fields = text.normalize('NFC').split('|').slice(0, 7);
  const parsed = cardFields.safeParse(fields.map((field) => field.trim()));
  if (!parsed.success) return null;
  const [idNumber, oldIdNumber, fullName, birthDate, sex, address, issuedDate] = parsed.data;
  return { idNumber, oldIdNumber, fullName, birthDate, sex, address, issuedDate };
}
