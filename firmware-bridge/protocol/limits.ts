/**
 * Every fixed limit of the safety functions, declared once: name, value, unit and where the number comes from. `generate.ts` turns
 * this file into the firmware's `safety/generated/limits.h` and quotes it in SAFETY.md. Limits of one unit arrive in `configure`.
 */
export interface LimitDeclaration {
  /** C macro; the unit is its last word. */
  name: string;
  value: number;
  unit: 'mm' | 'mm/s' | 'mm/s2' | 'ms' | 'mV' | 'us' | '0.1 ms' | 'pulses' | 'steps' | 'count' | 'strength';
  /** Signed in C; all others carry the suffix `u`. */
  signed: boolean;
  /** Why this number: standard, data sheet or measurement. */
  source: string;
}

const limit = (name: string, value: number, unit: LimitDeclaration['unit'], source: string): LimitDeclaration => ({
  name,
  value,
  unit,
  signed: false,
  source,
});
const signedLimit = (name: string, value: number, unit: LimitDeclaration['unit'], source: string): LimitDeclaration => ({
  ...limit(name, value, unit, source),
  signed: true,
});

export const limits: readonly LimitDeclaration[] = [
  // Front range sensors
  limit('RANGE_NOTHING_MM', 65535, 'mm', 'Reading of a sensor that sees nothing'),
  limit('RANGE_STALE_MS', 20, 'ms', 'A TFmini sends every 10 ms: two frames missing is a failed sensor'),
  limit('TFMINI_MIN_STRENGTH', 100, 'strength', 'TFmini data sheet: with a weaker echo the distance is not reliable'),
  limit('TFMINI_BLINDED_STRENGTH', 65535, 'strength', 'TFmini data sheet: the echo saturates the receiver'),
  limit('RANGE_PERIOD_MS', 10, 'ms', 'TFmini at 100 Hz'),
  limit('RANGE_LIMIT_MM', 12000, 'mm', 'TFmini: what is 12 m away or farther is sent as 1200 cm at a sound strength'),
  limit('RANGE_WALK_MM_S', 1600, 'mm/s', 'ISO 13855: walking speed of a person'),
  limit('RANGE_RESPONSE_MS', 32, 'ms', 'RANGE_STALE_MS until a missing reading counts, RANGE_PERIOD_MS until its turn comes, two ticks'),
  limit(
    'RANGE_WINDOW',
    10,
    'count',
    'Readings compared, 5 older with 5 newer: a walker is known within RANGE_WINDOW x RANGE_PERIOD_MS = 100 ms',
  ),
  limit(
    'CLOSING_DEAD_BAND_MM_S',
    352,
    'mm/s',
    'Readings +-1 cm in steps of 1 cm make a standing wall seem to move at 82 mm/s (one standard deviation): 4.3 of them',
  ),
  limit('RANGE_JUMP_MM', 100, 'mm', 'A walker makes 32 mm in two periods, noise of two readings adds 60 mm: more is another thing'),
  limit('RANGE_FROZEN_MM', 300, 'mm', 'Own travel without any change of a reading; 5 mm of travel changes a live one'),
  limit('SPEED_LIMIT_MM_S', 600, 'mm/s', 'Fastest wheel speed that the protocol knows'),
  // Side and rear infrared sensors
  limit('INFRARED_BROKEN_STEPS', 20, 'steps', '0.1 V: a GP2Y0A21 that sees nothing gives 0.25 V, a broken wire none'),
  limit('INFRARED_NOTHING_STEPS', 82, 'steps', "0.4 V is the data sheet's 80 cm: less is noise"),
  limit('INFRARED_SHORTED_STEPS', 655, 'steps', '3.2 V: the curve has its peak of 3.1 V at 7 cm'),
  limit('REAR_LIMIT_MM', 800, 'mm', 'GP2Y0A21 sees no farther: a walker may stand right behind'),
  limit('REAR_BLIND_MM', 100, 'mm', 'Nearer the GP2Y0A21 reads far again; it is set back into the shell'),
  limit(
    'REAR_RESPONSE_MS',
    69,
    'ms',
    'GP2Y0A21 period 38.3 + 9.6 ms, up to 8 ms until its turn on the converter, RANGE_PERIOD_MS, three ticks',
  ),
  limit('SIDE_STOP_MM', 150, 'mm', "A turn sweeps the robot's own outline; nearer than this would touch"),
  limit('SIDE_RESUME_MM', 200, 'mm', 'SIDE_STOP_MM and 50 mm of hysteresis'),
  signedLimit(
    'DIRECTION_DEAD_BAND_MM_S',
    10,
    'mm/s',
    "Slower sums and differences of wheel speeds are the rounding of the host's odometry",
  ),
  // Host
  limit('HEARTBEAT_TIMEOUT_MS', 100, 'ms', 'Silence of the host begins a controlled stop'),
  limit(
    'DISPENSE_RENEWAL_MS',
    250,
    'ms',
    'A portion in a cup bears a late host better than a motion: at 25 mL/s 6 mL, and the caps stand anyway',
  ),
  // Person
  limit('BUTTON_DEBOUNCE_MS', 50, 'ms', 'A contact bounces for about 10 ms; 50 ms is still felt as immediate'),
  // Retreat after a bumper hit
  limit('CREEP_MM_S', 100, 'mm/s', 'A third of the 0.3 m/s that lobby robots keep beside people'),
  limit('RETREAT_MM', 150, 'mm', 'Travel after which a hit bumper is clear of what it hit'),
  limit('CONTACT_CLEAR_MS', 50, 'ms', 'Bounce of a closing contact, as for the button'),
  // Battery
  limit('BATTERY_LOW_MV', 21000, 'mV', '24 V lead-acid: deep-discharge limit'),
  limit('BATTERY_RESUME_MV', 22000, 'mV', 'Needs a charger'),
  limit('BATTERY_LOW_MS', 1000, 'ms', 'Starting currents sag for less than a second'),
  // Wheels
  limit('CONTROL_PERIOD_MS', 10, 'ms', 'Ten times faster than the drive of 80 ms'),
  limit('SPEED_WINDOW', 5, 'count', 'Control periods averaged: 50 ms, 20 mm/s a pulse at 1,000 pulses/m'),
  signedLimit('FULL_DUTY', 799, 'steps', 'Timer 4 counts 0..799 for 20 kHz'),
  signedLimit('ACCELERATION_MM_S2', 500, 'mm/s2', 'A standing person beside the robot is not startled'),
  limit('STANDSTILL_MS', 100, 'ms', 'Slower than one pulse in 100 ms is about 5 mm/s at 1,910 pulses/m'),
  limit('BRAKE_LIMIT_MS', 500, 'ms', 'The bridge brakes with both low sides on; then the power goes off whether or not the encoders agree'),
  signedLimit('PERIOD_PULSES', 1000, 'pulses', 'More in a control period is no wheel: 600 mm/s at 20,000 pulses/m are 120'),
  signedLimit(
    'MEASURED_LIMIT_MM_S',
    2000,
    'mm/s',
    'Three times what the drive can do: whatever counts faster is fast enough to be a runaway',
  ),
  signedLimit(
    'ENCODER_LOSS_MM_S',
    100,
    'mm/s',
    'From here a tyre needs more than a control period to stop, even at the 8 m/s2 of rubber on tiles',
  ),
  signedLimit('ENCODER_LOSS_PULSES', 4, 'count', 'Fewer in two control periods may pause by chance'),
  signedLimit('CONTRARY_MM_S', 60, 'mm/s', 'Three pulses in 50 ms at 1,000 pulses/m: more than the lag of a reversal leaves'),
  signedLimit('RUNAWAY_MM_S', 200, 'mm/s', 'Above the set point: twice the lag of a wheel that brakes at 1 m/s2'),
  limit('RUNAWAY_MS', 100, 'ms', 'Longer than the drive of 80 ms lags behind'),
  limit('ROLLING_MS', 500, 'ms', 'Brakes stop a wheel from 600 mm/s in 300 ms; longer at RUNAWAY_MM_S is a slope or failed brakes'),
  signedLimit('STALL_DUTY', 240, 'steps', '30 % duty turns a sound wheel at about 240 mm/s'),
  limit('WHEEL_STALL_MS', 200, 'ms', 'A sound wheel starts within 100 ms'),
  // Water
  limit('NO_FLOW_MS', 1000, 'ms', 'YF-S201: at the lowest flow of 1 L/min a pulse comes every 133 ms'),
  limit('FLOW_BLOCK_PULSES', 16, 'pulses', 'Rate of the latest 16 pulses: at 147 pulses/s 109 ms, known to 1 ms'),
  limit('SLOWEST_BLOCK_MS', 30000, 'ms', 'The longest time cap of the protocol: no block of pulses takes longer'),
  signedLimit('CLOSING_MAX_100US', 3000, '0.1 ms', 'Bound of `configure`; valves of this size close in 20-100 ms'),
  signedLimit('CLOSING_STEP_100US', 100, '0.1 ms', 'One portion teaches at most 10 ms: an outlier costs 2 pulses of the next'),
  limit('RUN_ON_MS', 1000, 'ms', 'Ten times the slowest closing: what flows after that is no run-on'),
  limit('RUN_ON_QUIET_MS', 200, 'ms', 'Longer than the 133 ms between pulses of the lowest flow and than any closing'),
  limit('FLOW_STRAY_PULSES', 4, 'pulses', 'A knock on the pipe makes a pulse or two'),
  limit('FLOW_QUIET_MS', 1000, 'ms', 'As NO_FLOW_MS: without a pulse for this long nothing flows'),
  signedLimit('DISPENSE_ROLL_MM_S', 100, 'mm/s', 'Over the window of 50 ms 5 mm of way: more than a robot gives that is leaned on'),
  limit('REPORT_PERIOD_MS', 100, 'ms', 'Progress for a person looking on'),
  // Snack
  limit('SNACK_TURN_LIMIT_MS', 5000, 'ms', 'A spiral turn takes 1-2 s; longer is a jam'),
  limit('SNACK_LIMIT_MS', 10000, 'ms', 'A turn of 2 s, three quarters and four falls take 6 s'),
  limit('SNACK_FALL_MS', 600, 'ms', 'Fall from the top column to the beam: 0.8 m takes 400 ms'),
  limit('SNACK_EXTRA_QUARTERS', 3, 'count', 'Quarter turns more until the beam sees a drop'),
  limit('SNACK_HOME_DEBOUNCE_MS', 5, 'ms', 'Leaving and reaching the home switch, free of bounces'),
];

/** Value of a limit; RangeError for an unknown name. */
export function limitOf(name: string): LimitDeclaration {
  const found = limits.find((entry) => entry.name === name);
  if (!found) throw new RangeError(`no limit is called ${name}`);
  return found;
}
