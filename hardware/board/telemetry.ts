import type { StateMessage, StopCause as WireCause } from '../../firmware-bridge/protocol/generated/messages.ts';
import type { SafetyState } from '../../src/core/device.ts';
import type { BoardTelemetry, StopRecord } from './board.ts';

/** The wire's "nothing seen". */
const nothingSeen = 65535;

const range = (mm: number): number | null => (mm === nothingSeen ? null : mm);

export function safetyOf({ stopCause, flags }: StateMessage): SafetyState {
  const cause = stopCause === 'none' ? null : stopCause;
  return { stopped: cause !== null, cause, latched: flags.latched, eStopOpen: flags.eStopOpen };
}

/** The wire's cause and time; null for no stop. */
export const stopRecord = (cause: WireCause, atMs: number): StopRecord | null => (cause === 'none' ? null : { cause, atMs });

/** One state frame in the house's terms. */
export function telemetryOf(state: StateMessage, roundTripMs: number | null): BoardTelemetry {
  return {
    uptimeMs: state.uptimeMs,
    leftPulses: state.leftPulses,
    rightPulses: state.rightPulses,
    leftMmS: state.leftMmS,
    rightMmS: state.rightMmS,
    rangesMm: {
      frontLeft: range(state.rangeFrontLeftMm),
      frontRight: range(state.rangeFrontRightMm),
      left: range(state.rangeLeftMm),
      right: range(state.rangeRightMm),
      rear: range(state.rangeRearMm),
    },
    batteryMv: state.batteryMv,
    moving: state.flags.moving,
    dispensing: state.flags.dispensing,
    cupPresent: state.flags.cupPresent,
    tankEmpty: state.flags.tankEmpty,
    leak: state.flags.leak,
    flowWhileClosed: state.flags.flowWhileClosed,
    safety: safetyOf(state),
    retreatOnly: state.flags.retreatOnly,
    speedCapMmS: state.speedCapMmS,
    lastStop: stopRecord(state.lastStopCause, state.lastStopAtMs),
    roundTripMs,
    rejectedFrames: state.rejectedFrames,
    refusedPinWrites: state.refusedPinWrites,
  };
}
