import type { ScannedCode } from '../behaviour/model.ts';
import { looksLikeCard, parseCardQr } from './card-qr.ts';
import type { Vault } from './vault.ts';

/** Booking codes as the queue server gives them out. */
const bookingPattern = /^LT-BOOK-[A-Z0-9]{4,16}$/;
/** Health-insurance codes: many `|` fields and a name in hex-encoded UTF-8. */
const healthInsurancePattern = /^[A-Z]{2}[A-Z0-9]{8,13}\|([0-9a-f]{2})+\|/i;

/**
 * Tells what was scanned. A card's data goes into the vault; only its handle leaves. Without a vault (`null`: no consent to read a
 * card) a card is an unknown code and its data is dropped.
 */
export function classifyScan(text: string, vault: Vault | null): ScannedCode {
  const code = text.trim();
  if (bookingPattern.test(code)) return { kind: 'booking', bookingCode: code };
  if (looksLikeCard(code)) {
    if (vault === null) return { kind: 'unknown' };
    const card = parseCardQr(code);
    return card ? { kind: 'card', recordId: vault.put({ kind: 'card', card }) } : { kind: 'cardDamaged' };
  }
  if (healthInsurancePattern.test(code)) return { kind: 'healthInsurance' };
  return { kind: 'unknown' };
}
