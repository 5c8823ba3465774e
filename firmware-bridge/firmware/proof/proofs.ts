/** Every proof of the firmware. */
import { crcProofs } from './harnesses/crc.ts';
import { decoderProofs } from './harnesses/decoder.ts';
import { dispenseHistoryProofs } from './harnesses/dispense_history.ts';
import { frameReaderProofs } from './harnesses/frame_reader.ts';
import { frameWriterProofs } from './harnesses/frame_writer.ts';
import { freeDistanceProofs } from './harnesses/free_distance.ts';
import { gateProofs } from './harnesses/gate.ts';
import { overRunProofs } from './harnesses/over_run.ts';
import { parserProofs } from './harnesses/parser.ts';
import { supervisorProofs } from './harnesses/supervisor.ts';
import { wheelProofs } from './harnesses/wheel.ts';
import type { Proof } from './proof.ts';

export const proofs: readonly Proof[] = [
  ...parserProofs,
  ...crcProofs,
  ...frameReaderProofs,
  ...frameWriterProofs,
  ...decoderProofs,
  ...gateProofs,
  ...supervisorProofs,
  ...wheelProofs,
  ...freeDistanceProofs,
  ...overRunProofs,
  ...dispenseHistoryProofs,
];
