import { concat, ofHex } from './bytes.ts';
import { integer } from './der.ts';
import { tlv } from './tlv.ts';

/** Card capabilities (ISO 7816-4, 8.1.1.2.7): selection by name and short identifier; extended lengths 40, chaining 80. */
const capabilities = (extended: boolean) => concat(ofHex('8421'), Uint8Array.of(extended ? 0xc0 : 0x80));

/** Historical bytes (ISO 7816-4, 8.1.1): compact TLV 73. */
const historical = (extended: boolean) => concat(ofHex('8073'), capabilities(extended));

/** EF.ATR/INFO (ICAO 9303-10, 3.11.1): capabilities, and how long extended commands and responses may be. */
export const atrInfoFile = (longestBytes: number): Uint8Array =>
  concat(tlv(0x47, capabilities(true)), tlv(0x7f66, integer(longestBytes), integer(longestBytes)));

/** A random identifier of four bytes: 08 first (ISO 14443-3, 6.5.4). */
export const anticollisionId = (drawn: Uint8Array): Uint8Array => concat(Uint8Array.of(0x08), drawn);

/** Answer to select: frames of 256 bytes (FSCI 8), 106 kbit/s both ways, waiting time 77 ms (FWI 8), CID. */
export function answerToSelect(extended: boolean): Uint8Array {
  const content = concat(ofHex('78808002'), historical(extended));
  return concat(Uint8Array.of(content.length + 1), content);
}

/** What a PC/SC reader makes of it (PC/SC part 3, 3.1.3.2.3): 3B 8n 80 01, historical bytes, check byte over all but the first. */
export function answerToReset(extended: boolean): Uint8Array {
  const content = historical(extended);
  const body = concat(Uint8Array.of(0x80 | content.length), ofHex('8001'), content);
  return concat(Uint8Array.of(0x3b), body, Uint8Array.of(body.reduce((check, byte) => check ^ byte, 0)));
}
