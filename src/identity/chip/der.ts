/**
 * Reader and writer of BER-TLV with definite lengths (ISO 7816-4, X.690). What it reads comes from a card that may be hostile: nothing
 * here throws or recurses, and every answer is a view into the input, never longer than it.
 */
export interface Tlv {
  /** All tag bytes as one number, for instance 0x5f1f. */
  tag: number;
  value: Uint8Array;
  /** Tag, length and value as they lie in the input. */
  whole: Uint8Array;
}

/** Most objects of one constructed value; a chip's longest list, the hashes of EF.SOD, has 16. */
const mostParts = 64;

export interface TlvHeader {
  tag: number;
  headerBytes: number;
  /** Header and value; the value may lie outside of what was given. */
  totalBytes: number;
}

/** Reads tag (up to 3 bytes) and length (below 16 MiB) at the start of `bytes`; null where they are malformed or cut off. */
export function readHeader(bytes: Uint8Array): TlvHeader | null {
  let at = 0;
  let tag = bytes[at++] ?? 0;
  if (tag === 0) return null;
  if ((tag & 0x1f) === 0x1f) {
    let next = 0x80;
    for (let more = 0; next & 0x80; more++) {
      if (more === 2 || at >= bytes.length) return null;
      next = bytes[at++] ?? 0;
      tag = (tag << 8) | next;
    }
  }
  const first = bytes[at++];
  if (first === undefined) return null;
  if (first < 0x80) return { tag, headerBytes: at, totalBytes: at + first };
  const count = first & 0x7f;
  if (count === 0 || count > 3 || at + count > bytes.length) return null;
  let length = 0;
  for (let i = 0; i < count; i++) length = (length << 8) | (bytes[at++] ?? 0);
  return { tag, headerBytes: at, totalBytes: at + length };
}

/** The object at the start of `bytes`; what follows it is left alone. Null where it is malformed or cut off. */
export function readTlv(bytes: Uint8Array): Tlv | null {
  const header = readHeader(bytes);
  if (!header || header.totalBytes > bytes.length) return null;
  const { tag, headerBytes, totalBytes } = header;
  return { tag, value: bytes.subarray(headerBytes, totalBytes), whole: bytes.subarray(0, totalBytes) };
}

/** All objects of `bytes`, which they must fill exactly; null otherwise, or where they are more than 64. */
export function readTlvs(bytes: Uint8Array): Tlv[] | null {
  const found: Tlv[] = [];
  for (let at = 0; at < bytes.length; ) {
    const next = readTlv(bytes.subarray(at));
    if (!next || found.length === mostParts) return null;
    found.push(next);
    at += next.whole.length;
  }
  return found;
}

/** Parts of a constructed object; empty where it is absent, has another tag or is malformed. */
export function partsOf(object: Tlv | null | undefined, tag: number): Tlv[] {
  return object?.tag === tag ? (readTlvs(object.value) ?? []) : [];
}

/** Value of an object with that tag, or null. */
export function contentOf(object: Tlv | null | undefined, tag: number): Uint8Array | null {
  return object?.tag === tag ? object.value : null;
}

/** Follows `tags` from the objects of `bytes` inward, the first of each kind; null where one is missing. */
export function find(bytes: Uint8Array, ...tags: number[]): Uint8Array | null {
  let value: Uint8Array | null = bytes;
  for (const tag of tags) {
    const parts: Tlv[] | null = value && readTlvs(value);
    value = parts?.find((part) => part.tag === tag)?.value ?? null;
  }
  return value;
}

/** A non-negative INTEGER below 2^31, or null. */
export function smallInteger(object: Tlv | null | undefined): number | null {
  const value = contentOf(object, 0x02);
  if (!value || value.length === 0 || value.length > 4 || (value[0] ?? 0) >= 0x80) return null;
  return value.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** An OBJECT IDENTIFIER in dotted form, or null. At most 32 bytes, arcs below 2^49. */
export function objectId(object: Tlv | null | undefined): string | null {
  const value = contentOf(object, 0x06);
  if (!value || value.length === 0 || value.length > 32) return null;
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of value) {
    if (arc >= 2 ** 42) return null;
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [first] = arcs;
  if (first === undefined || (value.at(-1) ?? 0) >= 0x80) return null;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...arcs.slice(1)].join('.');
}

/** Writes one object. */
export function tlv(tag: number, ...values: Uint8Array[]): Buffer {
  const length = values.reduce((sum, value) => sum + value.length, 0);
  const lengthBytes = length < 0x80 ? [length] : [0x80 | bigEndian(length).length, ...bigEndian(length)];
  return Buffer.concat([Uint8Array.from([...bigEndian(tag), ...lengthBytes]), ...values]);
}

/** Writes an OBJECT IDENTIFIER from its dotted form. */
export function encodeObjectId(dotted: string): Buffer {
  const [root = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [root * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift(0x80 | (left & 0x7f));
    return groups;
  });
  return tlv(0x06, Uint8Array.from(bytes));
}

function bigEndian(value: number): number[] {
  const bytes = [value & 0xff];
  for (let left = value >>> 8; left > 0; left >>>= 8) bytes.unshift(left & 0xff);
  return bytes;
}
