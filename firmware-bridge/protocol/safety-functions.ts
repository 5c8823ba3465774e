/**
 * What stops the robot, declared once: the table of SAFETY.md. Texts may quote limits of limits.ts as `{NAME}`; generate.ts puts in
 * value and unit, so that the documentation cannot say another number than the code.
 */
import type { stopCauseValues } from './messages.ts';

export interface SafetyFunction {
  /** What happens. */
  cause: string;
  /** Causes as the host sees them; empty where the function is no stop. */
  stopCauses: readonly (keyof typeof stopCauseValues)[];
  reaction: string;
  /** Of IEC 60204-1; `-` for functions that are no stop. */
  category: '0' | '1' | '-';
  release: string;
  /** From the cause to the beginning of the reaction. */
  worstCase: string;
}

const byHand = 'the release button for {BUTTON_DEBOUNCE_MS}';
const inTheTick = 'the tick that sees it: 1 ms';

export const safetyFunctions: readonly SafetyFunction[] = [
  {
    cause: 'e-stop chain open (pressed, or a wire broken)',
    stopCauses: ['eStop'],
    reaction: 'bridge power, PWM, valve and spiral off in the interrupt',
    category: '0',
    release: `chain closed, then ${byHand}`,
    worstCase: '10 us (see the bench `stop`)',
  },
  {
    cause: 'a bumper pressed, or its wire broken',
    stopCauses: ['bumperLeft', 'bumperRight'],
    reaction:
      'as for the e-stop; after the release only backwards and away from the hit side, at {CREEP_MM_S} at most, until the bumpers have been closed for {CONTACT_CLEAR_MS} and the robot has gone {RETREAT_MM}, or the button is pressed once more',
    category: '0',
    release: `${byHand}, also while a bumper is still pressed: it is tolerated until it closes, the other one is not`,
    worstCase: '10 us (see the bench `stop`)',
  },
  {
    cause: 'no floor under a cliff sensor, or its wire broken',
    stopCauses: ['cliff'],
    reaction: 'as for the e-stop',
    category: '0',
    release: `floor under all sensors, then ${byHand}`,
    worstCase: '10 us (see the bench `stop`)',
  },
  {
    cause: 'free distance in front or behind',
    stopCauses: [],
    reaction:
      "both wheel speeds are reduced together to what the free distance allows: the unit's measured braking and delay, the sensor's response of {RANGE_RESPONSE_MS} in front and {REAR_RESPONSE_MS} behind, and the speed at which the thing comes nearer, {RANGE_WALK_MM_S} until that is known",
    category: '-',
    release: 'by itself',
    worstCase: 'response of the sensor and {CONTROL_PERIOD_MS}',
  },
  {
    cause: 'something nearer than the margin of this unit in the direction of motion, or nearer than {SIDE_STOP_MM} on the side turned to',
    stopCauses: ['obstacleFront', 'obstacleRear', 'obstacleLeft', 'obstacleRight'],
    reaction: 'brakes along the ramp to standstill, then power off',
    category: '1',
    release: 'by itself when the way is free to the resume distance of this unit ({SIDE_RESUME_MM} at the sides), then a fresh command',
    worstCase: 'response of the sensor and 1 ms',
  },
  {
    cause:
      'a front sensor silent for {RANGE_STALE_MS}, blinded, damaged, or repeating itself for {RANGE_FROZEN_MM} of travel; an infrared sensor below {INFRARED_BROKEN_STEPS} or above {INFRARED_SHORTED_STEPS} counts as an obstacle',
    stopCauses: ['rangeSensorFailed'],
    reaction: 'brakes along the ramp to standstill, then power off',
    category: '1',
    release: 'by itself when the sensor is sound again, then a fresh command',
    worstCase: '{RANGE_STALE_MS} and 1 ms',
  },
  {
    cause: 'no heartbeat of the host for {HEARTBEAT_TIMEOUT_MS}',
    stopCauses: ['heartbeatLost'],
    reaction: 'brakes along the ramp to standstill, then power off; a portion of water ends after {DISPENSE_RENEWAL_MS}',
    category: '1',
    release: 'by itself with the next heartbeat, then a fresh command',
    worstCase: '{HEARTBEAT_TIMEOUT_MS} after the last heartbeat',
  },
  {
    cause: 'a drive command not renewed within its time (20 to 250 ms)',
    stopCauses: [],
    reaction: 'brakes along the ramp to standstill, then power off',
    category: '1',
    release: 'a fresh command',
    worstCase: '{CONTROL_PERIOD_MS} after its time',
  },
  {
    cause: 'a wheel driven above {STALL_DUTY} is slower than a quarter of its set point, or silent from the start, for {WHEEL_STALL_MS}',
    stopCauses: ['wheelStall'],
    reaction: 'bridge power, PWM, valve and spiral off',
    category: '0',
    release: byHand,
    worstCase: '{WHEEL_STALL_MS} and {CONTROL_PERIOD_MS}',
  },
  {
    cause:
      'a wheel turns against its set point faster than {CONTRARY_MM_S} or exceeds it by {RUNAWAY_MM_S} for {RUNAWAY_MS}; rolls faster than {RUNAWAY_MM_S} for {ROLLING_MS} while it should stand',
    stopCauses: ['runaway'],
    reaction: 'bridge power, PWM, valve and spiral off',
    category: '0',
    release: byHand,
    worstCase: '{RUNAWAY_MS} ({ROLLING_MS} at rest), the measuring window of 50 ms and {CONTROL_PERIOD_MS}',
  },
  {
    cause: 'the pulses of a wheel at {ENCODER_LOSS_MM_S} or more end, or turn round, from one control period to the next',
    stopCauses: ['encoderFault'],
    reaction: 'bridge power, PWM, valve and spiral off',
    category: '0',
    release: byHand,
    worstCase: '40 ms: four control periods',
  },
  {
    cause: 'the motor driver reports a fault',
    stopCauses: ['motorFault'],
    reaction: 'bridge power, PWM, valve and spiral off',
    category: '0',
    release: `no fault any more, then ${byHand}`,
    worstCase: inTheTick,
  },
  {
    cause: 'supply below {BATTERY_LOW_MV} for {BATTERY_LOW_MS}',
    stopCauses: ['batteryLow'],
    reaction: 'brakes along the ramp to standstill, then power off; valve and spiral off',
    category: '1',
    release: `{BATTERY_RESUME_MV} or more, then ${byHand}`,
    worstCase: '{BATTERY_LOW_MS} and 1 ms',
  },
  {
    cause: 'a hatch open',
    stopCauses: ['hatchOpen'],
    reaction: 'brakes along the ramp to standstill, then power off; valve and spiral off',
    category: '1',
    release: `hatch closed, then ${byHand}`,
    worstCase: inTheTick,
  },
  {
    cause:
      'interlock: a drive command while a dispense runs, a dispense while the robot moves or is told to; a robot pushed faster than {DISPENSE_ROLL_MM_S} while it dispenses',
    stopCauses: [],
    reaction: 'refused; valve and spiral off',
    category: '-',
    release: 'the other one has ended',
    worstCase: 'at once',
  },
  {
    cause: 'water: target or volume cap reached, time cap reached, no pulse for {NO_FLOW_MS}, cup gone, tank empty, leak, or any stop',
    stopCauses: [],
    reaction:
      'valve closed: ahead of the target by the run-on to be expected, at the target or cap itself in the interrupt of the flow meter; an id not newer than the newest begun is never served',
    category: '-',
    release: 'a dispense with a new id',
    worstCase: 'at the pulse; 1 ms for all else',
  },
  {
    cause: '{FLOW_STRAY_PULSES} of the flow meter while the valve is closed, {RUN_ON_MS} after the order to close or later',
    stopCauses: [],
    reaction: 'reported; no water is dispensed',
    category: '-',
    release: 'no pulse for {FLOW_QUIET_MS}',
    worstCase: inTheTick,
  },
  {
    cause:
      'spiral: no full turn within {SNACK_TURN_LIMIT_MS}, nothing dropped after {SNACK_EXTRA_QUARTERS} quarter turns more, or any stop',
    stopCauses: [],
    reaction: 'spiral off, {SNACK_LIMIT_MS} after its start at the latest',
    category: '-',
    release: 'a dispense with a new id',
    worstCase: inTheTick,
  },
  {
    cause: 'the program hangs, or its clock stands still',
    stopCauses: ['watchdogReset'],
    reaction: 'reset by the watchdog: all pins safe',
    category: '0',
    release: byHand,
    worstCase: '30 ms',
  },
  {
    cause: 'flash CRC or memory test at boot, or the guard below the stack at any time, shows damage',
    stopCauses: ['selfTestFailed'],
    reaction: 'nothing is powered any more',
    category: '0',
    release: 'none: the board needs a technician',
    worstCase: 'before the first output at boot; 1 ms for the stack',
  },
  {
    cause: 'power comes, or comes back after a brown-out',
    stopCauses: ['powerUp', 'brownOut'],
    reaction: 'boots with everything off',
    category: '0',
    release: byHand,
    worstCase: 'before the first output',
  },
  {
    cause: 'a Firmata client writes to a pin that a safety function owns',
    stopCauses: [],
    reaction: 'refused and counted',
    category: '-',
    release: '-',
    worstCase: 'at once',
  },
];
