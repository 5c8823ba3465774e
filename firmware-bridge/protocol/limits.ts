/**
 * Every fixed limit of the safety functions, declared once: name, value, unit and where the number comes from. `generate.ts` turns
 * this file into the firmware's `safety/generated/limits.h` and quotes it in SAFETY.md. Limits of one unit arrive in `configure`.
 */
export interface LimitDeclaration {
  /** C macro; the unit is its last word. */
  name: string;
  value: number;
  unit: 'mm' | 'mm/s' | 'mm/s2' | 'ms' | 'mV' | 'us' | 'pulses' | 'steps' | 'count' | 'strength';
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
  limit('TFMINI_MIN_STRENGTH', 100, 'strength', 'TFmini data sheet: below 100, or 0xFFFF when blinded, the distance is not reliable'),
  limit('RANGE_PERIOD_MS', 10, 'ms', 'TFmini at 100 Hz'),
  limit('RANGE_WALK_MM_S', 1600, 'mm/s', 'ISO 13855: walking speed of a person'),
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
  limit('ACCELERATION_MM_S2', 500, 'mm/s2', 'A standing person beside the robot is not startled'),
  limit('STANDSTILL_MS', 100, 'ms', 'Slower than one pulse in 100 ms is about 5 mm/s at 1,910 pulses/m'),
  limit('BRAKE_LIMIT_MS', 500, 'ms', 'The bridge brakes with both low sides on; then the power goes off whether or not the encoders agree'),
  signedLimit('ENCODER_FAULT_DUTY', 240, 'steps', '30 % duty turns a sound wheel at about 240 mm/s'),
  limit('ENCODER_FAULT_MS', 500, 'ms', 'A sound wheel starts within 100 ms'),
  // Water
  limit('NO_FLOW_MS', 1000, 'ms', 'YF-S201: at the lowest flow of 1 L/min a pulse comes every 133 ms'),
  limit('RUN_ON_MS', 300, 'ms', 'The valve closes in 20-100 ms and the pipe drains'),
  limit('REPORT_PERIOD_MS', 100, 'ms', 'Progress for a person looking on'),
  // Snack
  limit('SNACK_TURN_LIMIT_MS', 5000, 'ms', 'A spiral turn takes 1-2 s; longer is a jam'),
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
