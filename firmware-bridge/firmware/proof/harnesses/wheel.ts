import { faultIn, memorySafety, type Proof } from '../proof.ts';

const fault = faultIn('safety/wheel.c');
const shared = { harness: 'harnesses/wheel.c', sources: [], includes: ['safety/wheel.c'], unwind: 6 };

export const wheelProofs: readonly Proof[] = [
  {
    ...shared,
    entry: 'prove_measure',
    faults: [
      fault('index < NEWEST; index++', 'index <= NEWEST; index++', memorySafety),
      fault(', MEASURED_LIMIT_MM_S);', ', 32767);', 'measuring keeps the wheel valid'),
    ],
  },
  {
    ...shared,
    entry: 'prove_fault',
    faults: [
      fault('else if (wheel->stalledMs < WHEEL_STALL_MS)', 'else', 'judging keeps the wheel valid'),
      fault(
        'return stalled ? STOP_CAUSE_WHEEL_STALL',
        'return stalled ? STOP_CAUSE_E_STOP',
        "a wheel's faults are encoder, runaway and stall",
      ),
    ],
  },
  {
    ...shared,
    entry: 'prove_control',
    faults: [
      fault(', FULL_DUTY);', ', 800);', 'speed and duty stay in their ranges'),
      fault(', MAX_BEHIND_UM);', ', 2 * MAX_BEHIND_UM);', 'control keeps the wheel valid'),
      fault(
        'ramp(wheel->setpointMmS, target_mm_s, (int16_t)deceleration_mm_s2)',
        'ramp(wheel->setpointMmS, target_mm_s, (int16_t)ACCELERATION_MM_S2)',
        'the set point is under the target, or falls along the braking ramp',
      ),
    ],
  },
  { ...shared, entry: 'prove_rest', faults: [fault('  wheel->duty = 0;\n', '', 'a resting wheel is not driven')] },
];
