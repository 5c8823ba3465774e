import type { ScannedCode } from '../behaviour/model.ts';
import { looksLikeCard, parseCardQr } from './card-qr.ts';
import { readableText } from './chip/text.ts';
import type { Vault } from './vault.ts';

/** Booking codes as the queue server gives them out. */
const bookingPattern = /^LT-BOOK-[A-Z0-9]{4,16}$/;
/** Number of a health-insurance card: two letters and 8 to 13 characters, or ten digits since 2021. */
const insuranceNumber = /^([A-Z]{2}[A-Z0-9]{8,13}|\d{10})$/i;
const hexBytes = /^([0-9a-f]{2})+$/i;

/** Health-insurance codes: many `|` fields, the second a name in hex-encoded UTF-8. */
function looksLikeHealthInsurance(code: string): boolean {
  const [number = '', name = ''] = code.split('|');
  return insuranceNumber.test(number) && hexBytes.test(name) && /\p{L}/u.test(readableText(Buffer.from(name, 'hex')));
}

/**
 * Tells what was scanned. A card's data goes into the vault; only its handle leaves. Without a vault (`null`: no consent to read a
 * card) a card is an unknown code and its data is dropped.
 */
export function classifyScan(text: string, vault: Vault | null): ScannedCode {
  const code = text.trim();
  if (bookingPattern.test(code)) return { kind: 'booking', bookingCode: code };
  if (looksLikeHealthInsurance(code)) return { kind: 'healthInsurance' };
  if (looksLikeCard(code)) {
    if (vault === null) return { kind: 'unknown' };
    const card = parseCardQr(code);
    return card ? { kind: 'card', recordId: vault.put({ kind: 'card', card }) } : { kind: 'cardDamaged' };
  }
  return { kind: 'unknown' };
}
