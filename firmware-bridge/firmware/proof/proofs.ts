/** Every proof of the firmware. */
import { crcProofs } from './harnesses/crc.ts';
import { decoderProofs } from './harnesses/decoder.ts';
import { frameReaderProofs } from './harnesses/frame_reader.ts';
import { frameWriterProofs } from './harnesses/frame_writer.ts';
import { gateProofs } from './harnesses/gate.ts';
import { parserProofs } from './harnesses/parser.ts';
import type { Proof } from './proof.ts';

export const proofs: readonly Proof[] = [
  ...parserProofs,
  ...crcProofs,
  ...frameReaderProofs,
  ...frameWriterProofs,
  ...decoderProofs,
  ...gateProofs,
];
