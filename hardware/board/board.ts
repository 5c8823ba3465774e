import type { DeviceStatus, SafetyState, StopCause } from '../../src/core/device.ts';
import type { Signal } from '../../src/core/signal.ts';

/** A stop of the firmware: its first cause and the uptime, in ms, at which it began. */
export interface StopRecord {
  cause: StopCause;
  atMs: number;
}

/** What the control board measures, units in the names; null = nothing seen. */
export interface BoardTelemetry {
  uptimeMs: number;
  leftPulses: number;
  rightPulses: number;
  leftMmS: number;
  rightMmS: number;
  rangesMm: { frontLeft: number | null; frontRight: number | null; left: number | null; right: number | null; rear: number | null };
  batteryMv: number;
  moving: boolean;
  dispensing: boolean;
  cupPresent: boolean;
  tankEmpty: boolean;
  /** Water outside of the cup, or running although the valve is closed. */
  leak: boolean;
  flowWhileClosed: boolean;
  safety: SafetyState;
  /** After a bumper hit: only backwards and away from the hit side, slowly, until the robot has gone far enough. */
  retreatOnly: boolean;
  /** What the free distance in the direction of motion allows. */
  speedCapMmS: number;
  /** Latest stop since boot, over or not; null before the first. */
  lastStop: StopRecord | null;
  /** Heartbeat round trip; null before the first echo. */
  roundTripMs: number | null;
  rejectedFrames: number;
  refusedPinWrites: number;
}

export interface BoardIdentity {
  protocol: string;
  firmware: string;
  resetCause: string;
  /** How long the program had run at that reset, and its latest stop; null when nothing is known of it. */
  previousRun: { uptimeMs: number; lastStop: StopRecord | null } | null;
  /** What the self test at boot found damaged. */
  selfTest: { flashDamaged: boolean; ramDamaged: boolean };
}

/** Capability of the control board: connection, telemetry and safety state. It reconnects by itself after an unplug. */
export interface Board {
  readonly status: DeviceStatus;
  readonly statusChanged: Signal<DeviceStatus>;
  readonly identity: BoardIdentity | null;
  readonly telemetry: BoardTelemetry | null;
  readonly telemetryChanged: Signal<BoardTelemetry>;
  readonly safetyChanged: Signal<SafetyState>;
  close(): Promise<void>;
}
