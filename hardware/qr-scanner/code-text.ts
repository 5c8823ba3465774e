/** Longest code taken, bytes; a citizen card's QR has about 200. */
export const codeLimitBytes = 4096;

export const rejectionCauses = ['tooLong', 'notUtf8', 'cutShort'] as const;
export type RejectionCause = (typeof rejectionCauses)[number];

/** Symbology identifier of ISO/IEC 15424, for instance `]Q1` for a QR code. */
const aimPrefix = /^\][A-Za-z][0-9A-Za-z]/;

/** The text of a code, NFC-normalised, without AIM prefix; null for what is not UTF-8. */
export function decodeCode(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.replace(aimPrefix, '').normalize('NFC');
  } catch {
    return null;
  }
}
