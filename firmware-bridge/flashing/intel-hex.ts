import { LetanError } from '../../src/core/errors.ts';

const recordType = { data: 0x00, end: 0x01, segmentBase: 0x02, segmentStart: 0x03, linearBase: 0x04, linearStart: 0x05 } as const;
const hexLine = /^:(?:[0-9a-f]{2})*[0-9a-f]?$/i;
/** Length, address and type in front of the data, the checksum behind it. */
const recordOverhead = 5;

interface HexRecord {
  type: number;
  offset: number;
  data: Uint8Array;
}

function parseRecord(line: string, where: string): HexRecord {
  if (!hexLine.test(line)) throw new LetanError('FIRMWARE_IMAGE_INVALID', `${where}: not an Intel HEX record`);
  const record = Buffer.from(line.slice(1), 'hex');
  const length = record[0] ?? 0;
  const digits = line.length - 1;
  const wanted = (length + recordOverhead) * 2;
  if (digits < wanted) throw new LetanError('FIRMWARE_TRUNCATED', `${where}: length byte does not match, the line is cut off`);
  if (digits > wanted) throw new LetanError('FIRMWARE_IMAGE_INVALID', `${where}: length byte does not match, the line is too long`);
  if (record.reduce((sum, byte) => (sum + byte) & 0xff, 0) !== 0) throw new LetanError('FIRMWARE_CHECKSUM', `${where}: checksum is wrong`);
  return { type: record[3] ?? 0, offset: record.readUInt16BE(1), data: record.subarray(4, 4 + length) };
}

function baseAddress({ data }: HexRecord, unit: number, where: string): number {
  if (data.length !== 2) throw new LetanError('FIRMWARE_IMAGE_INVALID', `${where}: a base address has two bytes`);
  return (((data[0] ?? 0) << 8) | (data[1] ?? 0)) * unit;
}

/**
 * Reads Intel HEX into the bytes from address 0 to the highest one given, 0xFF where nothing is written. Addresses reach up to
 * `limitBytes`. Throws `FIRMWARE_TRUNCATED` (a cut line, no end record), `FIRMWARE_CHECKSUM` or `FIRMWARE_IMAGE_INVALID`
 * (no hex, nothing in it, an address beyond the limit), each naming the line.
 */
export function parseIntelHex(text: string, name: string, limitBytes: number): Uint8Array {
  const flash = new Uint8Array(limitBytes).fill(0xff);
  let end = 0;
  let base = 0;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === '') continue;
    const where = `${name}:${index + 1}`;
    const record = parseRecord(line, where);
    switch (record.type) {
      case recordType.data: {
        const at = base + record.offset;
        const beyond = at + record.data.length;
        if (beyond > limitBytes) {
          const detail = `${where}: address 0x${at.toString(16)} is beyond the ${limitBytes} bytes that a program may take`;
          throw new LetanError('FIRMWARE_IMAGE_INVALID', detail);
        }
        flash.set(record.data, at);
        end = Math.max(end, beyond);
        break;
      }
      case recordType.end:
        return flash.subarray(0, end);
      case recordType.segmentBase:
        base = baseAddress(record, 0x10, where);
        break;
      case recordType.linearBase:
        base = baseAddress(record, 0x10000, where);
        break;
      case recordType.segmentStart:
      case recordType.linearStart: // the part always starts at its reset vector
        break;
      default:
        throw new LetanError('FIRMWARE_IMAGE_INVALID', `${where}: unknown record type ${record.type}`);
    }
  }
  throw new LetanError('FIRMWARE_TRUNCATED', `${name}: the end record is missing, the file is cut off`);
}
