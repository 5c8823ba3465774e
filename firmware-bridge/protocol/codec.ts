/** The parts of the wire format that do not depend on which messages exist. */

/** CRC-16/CCITT-FALSE: poly 0x1021, init 0xFFFF, not reflected, no final XOR. */
export function crc16(bytes: Iterable<number>): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

/** Each byte as two seven-bit bytes, least significant first. */
export function toSevenBit(bytes: readonly number[]): number[] {
  return bytes.flatMap((byte) => [byte & 0x7f, byte >> 7]);
}

/** Reverse of {@link toSevenBit}; null when a byte is no half of a pair. The length must be even. */
export function fromSevenBit(pairs: Uint8Array): Uint8Array | null {
  const bytes = new Uint8Array(pairs.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    const low = pairs[2 * index] ?? 0xff;
    const high = pairs[2 * index + 1] ?? 0xff;
    if (low > 0x7f || high > 1) return null;
    bytes[index] = low | (high << 7);
  }
  return bytes;
}

const widths = { u8: 1, u16: 2, u32: 4, i16: 2, i32: 4 } as const;
export type WireType = keyof typeof widths;

/** What the generated table says about a field. */
export interface WireField {
  type: WireType;
  min: number;
  max: number;
}

/** Appends `value` little-endian. Throws RangeError when it is no integer of the field's range. */
export function writeField(out: number[], name: string, field: WireField, value: number): void {
  if (!Number.isInteger(value) || value < field.min || value > field.max) {
    throw new RangeError(`${name} = ${value} is outside ${field.min}..${field.max}`);
  }
  for (let index = 0; index < widths[field.type]; index++) out.push((value >>> (8 * index)) & 0xff);
}

/** Reads the fields of one frame in order and remembers whether any was out of range. */
export class FieldReader {
  readonly #view: DataView;
  #at: number;
  inRange = true;

  constructor(bytes: Uint8Array, start: number) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
  }

  read(field: WireField): number {
    const value = this.#take(field.type);
    if (value < field.min || value > field.max) this.inRange = false;
    return value;
  }

  /** Reads an enumeration; `first` stands in for an unknown value, which is out of range. */
  readName<Name extends string>(field: WireField, names: ReadonlyMap<number, Name>, first: Name): Name {
    const name = names.get(this.read(field));
    if (name === undefined) this.inRange = false;
    return name ?? first;
  }

  #take(type: WireType): number {
    const at = this.#at;
    this.#at += widths[type];
    switch (type) {
      case 'u8':
        return this.#view.getUint8(at);
      case 'u16':
        return this.#view.getUint16(at, true);
      case 'u32':
        return this.#view.getUint32(at, true);
      case 'i16':
        return this.#view.getInt16(at, true);
      case 'i32':
        return this.#view.getInt32(at, true);
    }
  }
}

/** Wraps id, seq and fields into `F0 … F7`. */
export function wrapFrame(id: number, seq: number, fields: readonly number[]): Uint8Array {
  const body = [seq & 0xff, ...fields];
  const crc = crc16([id, ...body]);
  return Uint8Array.from([0xf0, id, ...toSevenBit([...body, crc & 0xff, crc >> 8]), 0xf7]);
}

export type FrameFault = 'length' | 'crc' | 'unknownId' | 'range' | 'sevenBit';
export type Unwrapped = { ok: true; id: number; seq: number; bytes: Uint8Array } | { ok: false; cause: FrameFault };

/**
 * Undoes {@link wrapFrame} for the bytes between F0 and F7. `fieldBytes` tells the size of an id's fields, undefined for an
 * unknown id. `bytes` holds seq, fields and CRC.
 */
export function unwrapFrame(sysex: Uint8Array, fieldBytes: (id: number) => number | undefined): Unwrapped {
  const id = sysex[0];
  // Shortest frame: id and the pairs of seq and CRC.
  if (id === undefined || sysex.length < 7 || sysex.length % 2 === 0) return { ok: false, cause: 'length' };
  const expected = fieldBytes(id);
  if (expected !== undefined && sysex.length !== 7 + 2 * expected) return { ok: false, cause: 'length' };
  const bytes = fromSevenBit(sysex.subarray(1));
  if (!bytes || id > 0x7f) return { ok: false, cause: 'sevenBit' };
  const end = bytes.length - 2;
  const stated = (bytes[end] ?? 0) | ((bytes[end + 1] ?? 0) << 8);
  if (crc16([id, ...bytes.subarray(0, end)]) !== stated) return { ok: false, cause: 'crc' };
  if (expected === undefined) return { ok: false, cause: 'unknownId' };
  return { ok: true, id, seq: bytes[0] ?? 0, bytes };
}
