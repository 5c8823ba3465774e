import { faultIn, memorySafety, type Proof } from '../proof.ts';

const fault = faultIn('link/codec.c');

export const frameReaderProofs: readonly Proof[] = [
  {
    harness: 'harnesses/frame_reader.c',
    entry: 'prove_open',
    sources: [],
    includes: ['link/codec.c'],
    unwind: 66,
    faults: [
      fault('length < 7 || (length & 1u) == 0', '(length & 1u) == 0', memorySafety),
      fault('? FRAME_UNKNOWN_ID : FRAME_OK', '? FRAME_OK : FRAME_OK', 'no frame of an unknown id is taken'),
      fault('length != 7u + 2u * field_bytes', 'length < 7u + 2u * field_bytes', 'no frame of a wrong length is taken'),
      fault('sysex[at + 1] > 1u', 'sysex[at + 1] > 3u', 'no frame with a byte outside its seven-bit pair is taken'),
      fault('crc16_add(CRC_START, sysex[0]);\n  const', 'CRC_START;\n  const', 'the CRC is that of id, seq and every field'),
      fault('&sysex[length - 4]', '&sysex[length - 6]', 'the CRC is that of id, seq and every field'),
      fault(
        'if (frame_get_u16(reader) != crc)',
        'if ((uint8_t)frame_get_u16(reader) != (uint8_t)crc)',
        'no frame with a wrong CRC is taken',
      ),
      fault('field_bytes != FIELD_BYTES_UNKNOWN && length', 'field_bytes != 4 && length', 'no frame of a wrong length is taken'),
      fault('if (frame_get_u16(reader) != crc)', '(void)crc;\n  if (frame_get_u16(reader) != 0)', 'a whole frame is taken'),
      fault('  reader->next = &sysex[1];\n  return', '  return', 'an opened frame is read from its seq'),
    ],
  },
];
