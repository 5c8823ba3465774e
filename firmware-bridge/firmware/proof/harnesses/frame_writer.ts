import { faultIn, type Proof } from '../proof.ts';

const fault = faultIn('link/codec.c');

export const frameWriterProofs: readonly Proof[] = [
  {
    harness: 'harnesses/frame_writer.c',
    entry: 'prove_written',
    sources: [],
    includes: ['link/codec.c'],
    unwind: 33,
    faults: [
      fault('writer->out[0] = SYSEX_START;', 'writer->out[0] = SYSEX_END;', 'a written frame stands between F0 and F7'),
      fault('writer->crc = crc16_add(writer->crc, value);', '', 'a written frame is taken'),
      fault('(uint16_t)(value >> 16)', '(uint16_t)(value >> 8)', 'what was written is read'),
    ],
  },
];
