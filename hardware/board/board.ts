import type { DeviceStatus, SafetyState } from '../../src/core/device.ts';
import type { Signal } from '../../src/core/signal.ts';

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
  safety: SafetyState;
  /** Heartbeat round trip; null before the first echo. */
  roundTripMs: number | null;
  rejectedFrames: number;
  refusedPinWrites: number;
}

export interface BoardIdentity {
  protocol: string;
  firmware: string;
  resetCause: string;
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
