import type { ErrorInfo } from './errors.ts';

export type DeviceStatus = { status: 'ready' } | { status: 'degraded' | 'faulty' | 'offline'; error: ErrorInfo };

/** Why the wheels and the valve are held still. The firmware alone decides. */
export const stopCauses = [
  'powerUp',
  'watchdogReset',
  'eStop',
  'bumperLeft',
  'bumperRight',
  'cliff',
  'obstacleFront',
  'obstacleLeft',
  'obstacleRight',
  'obstacleRear',
  'rangeSensorFailed',
  'heartbeatLost',
  'encoderFault',
  'motorFault',
  'batteryLow',
  'hatchOpen',
  'wheelStall',
  'runaway',
  'selfTestFailed',
  'brownOut',
] as const;
export type StopCause = (typeof stopCauses)[number];

/** Safety state as the firmware reports it. */
export interface SafetyState {
  stopped: boolean;
  /** First cause of the present stop; null when not stopped. */
  cause: StopCause | null;
  /** A person must release it (e-stop, bumper, power-up …); false for a protective stop, which releases itself. */
  latched: boolean;
  eStopOpen: boolean;
}
