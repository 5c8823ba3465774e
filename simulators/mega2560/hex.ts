import { LetanError } from '../../src/core/errors.ts';

/** Flash of an ATmega2560 in bytes. */
export const flashBytes = 0x40000;

const hexLine = /^:(?:[0-9a-f]{2}){5,260}$/i;

/** A data record's bytes placed into `flash`, or the new base address of the records that follow. */
function applyRecord(record: Buffer, flash: Uint8Array, base: number, where: string): { base: number; end: boolean } {
  const [length = 0, , , type] = record;
  if (record.length !== length + 5) throw new LetanError('CONFIG_INVALID', `${where}: length byte does not match`);
  if (record.reduce((sum, byte) => (sum + byte) & 0xff, 0) !== 0) throw new LetanError('CONFIG_INVALID', `${where}: checksum is wrong`);
  const payload = record.subarray(4, 4 + length);
  switch (type) {
    case 0x00: {
      const at = base + record.readUInt16BE(1);
      if (at + length > flash.length) throw new LetanError('CONFIG_INVALID', `${where}: address 0x${at.toString(16)} is beyond the flash`);
      flash.set(payload, at);
      return { base, end: false };
    }
    case 0x01:
      return { base, end: true };
    case 0x02:
      return { base: payload.readUInt16BE(0) * 16, end: false };
    case 0x04:
      return { base: payload.readUInt16BE(0) * 0x10000, end: false };
    case 0x03:
    case 0x05: // start address: the part always starts at its reset vector
      return { base, end: false };
    default:
      throw new LetanError('CONFIG_INVALID', `${where}: unknown record type ${type}`);
  }
}

/**
 * Reads Intel HEX into a whole flash image (262144 bytes, 0xFF where nothing is written). Throws `CONFIG_INVALID` naming the
 * line of a malformed record, a wrong checksum, an address beyond the flash or a missing end record.
 */
export function parseHex(text: string, name = 'hex'): Uint8Array {
  const flash = new Uint8Array(flashBytes).fill(0xff);
  let base = 0;
  let ended = false;
  text.split(/\r?\n/).forEach((line, index) => {
    if (line === '' || ended) return;
    const where = `${name}:${index + 1}`;
    if (!hexLine.test(line)) throw new LetanError('CONFIG_INVALID', `${where}: not an Intel HEX record`);
    ({ base, end: ended } = applyRecord(Buffer.from(line.slice(1), 'hex'), flash, base, where));
  });
  if (!ended) throw new LetanError('CONFIG_INVALID', `${name}: the end record is missing`);
  return flash;
}
