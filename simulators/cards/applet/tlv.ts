import { concat, ofNumber, toNumber } from './bytes.ts';

/** One BER-TLV object; `tag` as its bytes read as one number (0x87, 0x7F49), `whole` as it came, tag and length included. */
export interface Tlv {
  tag: number;
  value: Uint8Array;
  whole: Uint8Array;
}

function encodedLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
  return concat(Uint8Array.of(0x80 | bytes), ofNumber(length, bytes));
}

/** Writes one object, definite length in as few bytes as it takes (DER). */
export function tlv(tag: number, ...content: Uint8Array[]): Uint8Array {
  const value = concat(...content);
  return concat(ofNumber(tag, tag > 0xff ? 2 : 1), encodedLength(value.length), value);
}

function lengthAt(bytes: Uint8Array, at: number): { length: number; next: number } | null {
  const first = bytes[at];
  if (first === undefined) return null;
  if (first < 0x80) return { length: first, next: at + 1 };
  const count = first & 0x7f;
  if (count < 1 || count > 3 || at + 1 + count > bytes.length) return null;
  return { length: toNumber(bytes.subarray(at + 1, at + 1 + count)), next: at + 1 + count };
}

/** Reads a sequence of objects that fills `bytes`; null when it is none. Tags of one or two bytes. */
export function parseTlvs(bytes: Uint8Array): Tlv[] | null {
  const objects: Tlv[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tagLength = ((bytes[at] ?? 0) & 0x1f) === 0x1f ? 2 : 1;
    const tag = toNumber(bytes.subarray(at, at + tagLength));
    const length = lengthAt(bytes, at + tagLength);
    if (length === null || length.next + length.length > bytes.length) return null;
    const end = length.next + length.length;
    objects.push({ tag, value: bytes.subarray(length.next, end), whole: bytes.subarray(at, end) });
    at = end;
  }
  return objects;
}
