import { faultIn, type Proof } from '../proof.ts';

const fault = faultIn('safety/dispense_history.c');
const shared = { harness: 'harnesses/dispense_history.c', sources: [], includes: ['safety/dispense_history.c'], unwind: 9 };

export const dispenseHistoryProofs: readonly Proof[] = [
  {
    ...shared,
    entry: 'prove_recover',
    faults: [
      fault('history->newest >= HISTORY_RECORDS ||', '', 'any memory is made a valid history'),
      fault('record->result = DISPENSE_RESULT_INTERRUPTED;', 'record->pulses = 0;', 'nothing is running after a reset'),
    ],
  },
  {
    ...shared,
    entry: 'prove_put',
    faults: [
      fault('history->newestIdInverse = ~dispense_id;', 'history->newestIdInverse = dispense_id;', 'writing keeps the history valid'),
      fault('history->records[history->newest] = *record;', '', 'what was written is found'),
      fault('    remember_id(history, record->dispenseId);\n', '', 'the newest id is remembered'),
    ],
  },
];
