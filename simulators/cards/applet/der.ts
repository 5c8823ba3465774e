import { concat, ofBigInt, ofText } from './bytes.ts';
import { tlv } from './tlv.ts';

// ITU-T X.690: the few types that certificates, EF.SOD and the data groups take.

export const sequence = (...items: Uint8Array[]) => tlv(0x30, ...items);

/** In the order given: who needs DER's order sorts before. */
export const setOf = (...items: Uint8Array[]) => tlv(0x31, ...items);

export function integer(value: bigint | number): Uint8Array {
  const wide = BigInt(value);
  let length = 1;
  while (wide >> BigInt(length * 8 - 1) > 0n) length++;
  return tlv(0x02, ofBigInt(wide, length));
}

export const octetString = (...content: Uint8Array[]) => tlv(0x04, ...content);

export const bitString = (...content: Uint8Array[]) => tlv(0x03, Uint8Array.of(0), ...content);

export const nothing = () => tlv(0x05);

export const utf8String = (text: string) => tlv(0x0c, ofText(text));

export const printableString = (text: string) => tlv(0x13, ofText(text));

export const boolean = (value: boolean) => tlv(0x01, Uint8Array.of(value ? 0xff : 0));

/** Constructed context tag `[number]`. */
export const context = (number: number, ...content: Uint8Array[]) => tlv(0xa0 | number, ...content);

/** `time`: ISO 8601 in UTC. UTCTime up to 2049, as RFC 5280 asks; none later is written here. */
export const utcTime = (time: string) => tlv(0x17, ofText(`${time.replace(/[-T:]/g, '').slice(2, 14)}Z`));

/** Value of an object identifier given with dots, without its tag. */
export function oidValue(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const arcs = [first * 40 + second, ...rest].map((arc) => {
    const digits = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift((left & 0x7f) | 0x80);
    return Uint8Array.from(digits);
  });
  return concat(...arcs);
}

export const oid = (dotted: string) => tlv(0x06, oidValue(dotted));
