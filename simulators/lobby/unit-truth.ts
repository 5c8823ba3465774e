import type { Random } from '../../src/core/random.ts';

/** What makes this unit's wheels differ from the drawing; the robot has to live with it. */
export interface DriveTruth {
  /** True metres a nominal metre, per wheel. */
  leftScale: number;
  rightScale: number;
  trackMm: number;
}

/** Motor, gear and 60 kg of robot as one first-order lag. */
export interface MotorTruth {
  /** Full duty on a fresh battery. */
  topSpeedMmS: number;
  lagS: number;
}

export interface WaterTruth {
  pulsesPerMl: number;
  /** Full flow goes on so long after the order to close. */
  valveClosingMs: number;
}

/** What each front sensor reads too much. */
export interface RangeTruth {
  frontLeftMm: number;
  frontRightMm: number;
}

/** Everything about one unit that only measuring can tell. */
export interface UnitTruth {
  drive: DriveTruth;
  motor: MotorTruth;
  water: WaterTruth;
  ranges: RangeTruth;
}

export const drawnPulsesPerMetre = 1910;
const drawnTrackMm = 400;
const drawnMotor: MotorTruth = { topSpeedMmS: 800, lagS: 0.08 };
/** YF-S401: 98 pulses a second at one litre a minute. 25 mL/s x 60 ms = 1.5 mL run on after closing. */
const drawnWater: WaterTruth = { pulsesPerMl: 5.88, valveClosingMs: 60 };

/** A unit that was calibrated as the shipped robot file says: wheels within 0.2 %, track within 0.5 %, the rest as drawn. */
export function drawCalibratedUnit(random: Random): UnitTruth {
  const within = (share: number) => 1 + (random.next() * 2 - 1) * share;
  return {
    drive: { leftScale: within(0.002), rightScale: within(0.002), trackMm: drawnTrackMm * within(0.005) },
    motor: drawnMotor,
    water: drawnWater,
    ranges: { frontLeftMm: 0, frontRightMm: 0 },
  };
}

/**
 * A unit as it leaves the workshop, never calibrated: wheels and track within 1 %, motors' lag within a third, flow meter within 8 %
 * (YF-S401: 10 % uncalibrated), a valve that closes in 20-100 ms, range sensors up to 60 mm off.
 */
export function drawFreshUnit(random: Random): UnitTruth {
  const either = () => random.next() * 2 - 1;
  return {
    drive: { leftScale: 1 + 0.01 * either(), rightScale: 1 + 0.01 * either(), trackMm: drawnTrackMm * (1 + 0.01 * either()) },
    motor: { topSpeedMmS: drawnMotor.topSpeedMmS * (1 + 0.08 * either()), lagS: drawnMotor.lagS * (1 + 0.33 * either()) },
    water: { pulsesPerMl: drawnWater.pulsesPerMl * (1 + 0.08 * either()), valveClosingMs: 60 + 40 * either() },
    ranges: { frontLeftMm: 60 * either(), frontRightMm: 60 * either() },
  };
}
