import type { DispenseReportMessage, DispenseResult } from '../../firmware-bridge/protocol/generated/messages.ts';
import { type ErrorCode, LetanError } from '../../src/core/errors.ts';

/** What the flow meter of this unit needs; the robot file's calibration fits. The firmware knows the over-run. */
export interface FlowCalibration {
  flowPulsesPerLitre: number;
}

/** The limits of one portion, as the firmware wants them. */
export interface WaterPortion {
  pulses: number;
  capPulses: number;
  capMs: number;
}

/** A portion beyond this share of its target is cut off. */
const volumeCapShare = 1.2;
/** Half of the lowest flow a YF-S201 measures (1 L/min = 16.7 mL/s): slower than this the portion is given up. */
const slowestFlowMlPerS = 8;
/** The protocol's bounds. */
const pulsesMax = 6000;
const capMsMin = 100;
const capMsMax = 30_000;

const clampWhole = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, Math.round(value)));

/** `volumeMl` 10-300; RangeError outside. */
export function waterPortion(volumeMl: number, calibration: FlowCalibration): WaterPortion {
  if (!(volumeMl >= 10 && volumeMl <= 300)) throw new RangeError(`a portion has 10-300 mL, not ${volumeMl}`);
  const pulsesPerMl = calibration.flowPulsesPerLitre / 1000;
  return {
    pulses: clampWhole(volumeMl * pulsesPerMl, 1, pulsesMax),
    capPulses: clampWhole(volumeMl * volumeCapShare * pulsesPerMl, 1, pulsesMax),
    capMs: clampWhole((volumeMl / slowestFlowMlPerS) * 1000, capMsMin, capMsMax),
  };
}

export const volumeOf = (pulses: number, { flowPulsesPerLitre }: FlowCalibration): number => (pulses * 1000) / flowPulsesPerLitre;

/** What a result means for whoever asked: still under way, done, or failed with this code. `idle`: the board knows nothing of it. */
export const outcomes = {
  running: 'running',
  done: 'done',
  // More than 1.2 times the target ran through: the citizen has her water, the technician sees the volume.
  volumeCap: 'done',
  idle: 'DISPENSE_INTERRUPTED',
  noFlow: 'DISPENSE_NO_FLOW',
  timeCap: 'DISPENSE_TIMEOUT',
  cupMissing: 'DISPENSE_CUP_MISSING',
  tankEmpty: 'DISPENSE_TANK_EMPTY',
  leak: 'DISPENSE_LEAK',
  interrupted: 'DISPENSE_INTERRUPTED',
  notRenewed: 'DISPENSE_INTERRUPTED',
  notDropped: 'SNACK_NOT_DROPPED',
  flowWhileClosed: 'DISPENSE_FLOW_WHILE_CLOSED',
} as const satisfies Record<DispenseResult, ErrorCode | 'running' | 'done'>;

export function failureOf(report: DispenseReportMessage, code: ErrorCode): LetanError {
  return new LetanError(
    code,
    `dispense ${report.dispenseId} ended with ${report.result} after ${report.pulses} pulses and ${report.elapsedMs} ms`,
  );
}
