/** Every proof of the firmware. */
import { codecProofs } from './harnesses/codec.ts';
import { decoderProofs } from './harnesses/decoder.ts';
import { parserProofs } from './harnesses/parser.ts';
import type { Proof } from './proof.ts';

export const proofs: readonly Proof[] = [...parserProofs, ...codecProofs, ...decoderProofs];
