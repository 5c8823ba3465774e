/** A chip card as a reader meets it: power, and command APDUs that get response APDUs. `VirtualCard` of the applet is one. */
export interface ContactlessCard {
  /** Answer to select of ISO 14443-4, its length byte first. */
  readonly ats: Uint8Array;
  /** ISO 14443-3; none: a random one, as a passport-like chip shows. */
  readonly uid?: Uint8Array;
  /** As a PC/SC reader tells it; none: made of the ATS. */
  readonly atr?: Uint8Array;
  /** False once it was torn away by itself, wherever it seems to lie. */
  readonly inField?: boolean;
  /** How long the last command took on the chip, ms. */
  readonly processingMs?: number;
  /** Enters the field, or is reset: forgets every session. */
  powerOn(): void;
  powerOff(): void;
  /** Answers one command APDU. Nothing at all, throwing, or never settling: a card that fell silent. */
  process(command: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** ATS (TL T0 [TA] [TB] [TC] historical bytes) -> historical bytes. */
function historicalBytes(ats: Uint8Array): Uint8Array {
  const format = ats[1] ?? 0;
  const interfaceBytes = [0x10, 0x20, 0x40].filter((bit) => (format & bit) !== 0).length;
  return ats.slice(Math.min(2 + interfaceBytes, ats.length));
}

/** The ATR by which a PC/SC reader shows a contactless card (PC/SC part 3, 3.1.3.2.3): 3B 8n 80 01, historical bytes, checksum. */
export function atrOf(card: ContactlessCard): Uint8Array {
  if (card.atr) return card.atr;
  const historical = historicalBytes(card.ats).slice(0, 15);
  const body = [0x80 | historical.length, 0x80, 0x01, ...historical];
  return Uint8Array.from([0x3b, ...body, body.reduce((check, value) => check ^ value, 0)]);
}
