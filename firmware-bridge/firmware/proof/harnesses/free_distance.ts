import { faultIn, memorySafety, type Proof } from '../proof.ts';

const fault = faultIn('safety/free_distance.c');
const shared = { harness: 'harnesses/free_distance.c', sources: ['safety/ranging.c'], includes: ['safety/free_distance.c'], unwind: 17 };

export const freeDistanceProofs: readonly Proof[] = [
  {
    ...shared,
    entry: 'prove_start',
    faults: [fault('(FreeDistance){.turn = 0}', '(FreeDistance){.rearCapMmS = 1}', 'no way is free before a sensor has spoken')],
  },
  {
    ...shared,
    entry: 'prove_step',
    faults: [
      fault('place((uint8_t)(older + HALF_WINDOW))', '(uint8_t)(older + 200u)', memorySafety),
      fault(
        'if (++free_distance->turn == RANGE_PERIOD_MS)',
        'if (++free_distance->turn > RANGE_PERIOD_MS)',
        'looking around keeps the view valid',
      ),
    ],
  },
  {
    ...shared,
    entry: 'prove_cap',
    faults: [
      fault('return SPEED_LIMIT_MM_S;', 'return 2u * SPEED_LIMIT_MM_S;', 'no way allows more than 600 mm/s'),
      fault(
        'return at_most(free_distance->left.capMmS, free_distance->right.capMmS);',
        'return free_distance->left.capMmS;',
        'forwards both front sensors have a say',
      ),
      fault('return free_distance->rearCapMmS;', 'return SPEED_LIMIT_MM_S;', 'backwards the rear sensor has a say'),
    ],
  },
];
