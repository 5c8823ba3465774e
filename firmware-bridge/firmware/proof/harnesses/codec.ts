import { faultIn, memorySafety, type Proof } from '../proof.ts';

const fault = faultIn('link/codec.c');
const shared = { harness: 'harnesses/codec.c', sources: [], includes: ['link/codec.c'], unwind: 66 };

export const codecProofs: readonly Proof[] = [
  {
    ...shared,
    entry: 'prove_open',
    faults: [
      fault('sysex[at + 1] > 1u', 'sysex[at + 1] > 3u', 'no frame with a byte outside its seven-bit pair is taken'),
      fault(
        'if (frame_get_u16(reader) != crc)',
        'if ((uint8_t)frame_get_u16(reader) != (uint8_t)crc)',
        'no frame with a wrong CRC is taken',
      ),
      fault('field_bytes != FIELD_BYTES_UNKNOWN && length', 'length', 'a whole frame is taken'),
      fault('  reader->next = &sysex[1];\n  return', '  return', 'an opened frame is read from its seq'),
    ],
  },
  {
    ...shared,
    entry: 'prove_length',
    faults: [fault('length != 7u + 2u * field_bytes', 'length < 7u + 2u * field_bytes', 'no frame of a wrong length is taken')],
  },
  {
    ...shared,
    entry: 'prove_unknown',
    faults: [
      fault('length < 7 || (length & 1u) == 0', '(length & 1u) == 0', memorySafety),
      fault('? FRAME_UNKNOWN_ID : FRAME_OK', '? FRAME_OK : FRAME_OK', 'no frame of an unknown id is taken'),
    ],
  },
  {
    ...shared,
    entry: 'prove_written',
    faults: [
      fault('writer->out[0] = SYSEX_START;', 'writer->out[0] = SYSEX_END;', 'a written frame stands between F0 and F7'),
      fault('writer->crc = crc16_add(writer->crc, value);', '', 'a written frame is taken'),
      fault('(uint16_t)(value >> 16)', '(uint16_t)(value >> 8)', 'what was written is read'),
    ],
  },
];
