/** How an exchange with a card can end; a card taken away is an outcome, not an exception. */
export type TransceiveOutcome =
  | { kind: 'answer'; bytes: Uint8Array }
  | { kind: 'cardGone' }
  | { kind: 'severalCards' }
  | { kind: 'readerGone' };

/** Capability of a contactless reader, whatever its chip: one APDU to the card (4-261 bytes), one answer (2-258 bytes) back. No driver yet. */
export interface CardReader {
  transceive(apdu: Uint8Array): Promise<TransceiveOutcome>;
  close(): Promise<void>;
}
