import { faultIn, type Proof } from '../proof.ts';

const fault = faultIn('safety/over_run.c');
const shared = { harness: 'harnesses/over_run.c', sources: [], includes: ['safety/over_run.c'], unwind: 5 };

export const overRunProofs: readonly Proof[] = [
  {
    ...shared,
    entry: 'prove_rate',
    faults: [fault('rate->blockMs = (uint16_t)(elapsed_ms - rate->markMs);', 'rate->blockMs = 0;', 'the flow rate stays valid')],
  },
  {
    ...shared,
    entry: 'prove_learn',
    faults: [
      fault('if (learned < 0) return 0;', 'if (learned < 0) return CLOSING_MAX_100US;', 'one portion teaches a little'),
      fault('return learned > CLOSING_MAX_100US ? CLOSING_MAX_100US :', 'return', 'what is learned stays in its range'),
    ],
  },
];
