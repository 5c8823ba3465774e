import { faultIn, type Proof } from '../proof.ts';

const fault = faultIn('link/codec.h');

export const crcProofs: readonly Proof[] = [
  {
    harness: 'harnesses/crc.c',
    entry: 'prove_crc',
    sources: [],
    includes: ['link/codec.h'],
    unwind: 9,
    faults: [fault('(uint8_t)(top << 5)', '(uint8_t)(top << 6)', 'crc16_add is CRC-16/CCITT-FALSE')],
  },
];
