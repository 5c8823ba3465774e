import type { BoardIdentity, BoardTelemetry } from '../../hardware/board/board.ts';
import type { DeviceStatus } from '../core/device.ts';
import { type ErrorInfo, errorKinds } from '../core/errors.ts';

/** One line of the doctor's table. */
export interface DeviceLine {
  device: string;
  state: DeviceStatus['status'];
  /** Error code where something is wrong. */
  code: string | null;
  detail: string;
  hint: string;
}

/** How the link to the queue server does; `error`: why it is offline. */
export interface QueueReport {
  online: boolean;
  outboxLength: number;
  error: ErrorInfo | null;
  /** Host and port; null while not connected. */
  broker: string | null;
  /** `expiresAt`: ISO 8601. */
  certificates: { whose: 'robot' | 'authority' | 'broker'; expiresAt: string }[];
  health: {
    protocol: string;
    stuckCount: number;
    refusedCount: number;
    leasedNumbers: number;
    clockSkewMs: number | null;
    /** ISO 8601; null without a client certificate. */
    certificateExpiresAt: string | null;
    /** By cause, since the start. */
    droppedMessages: Record<string, number>;
  };
}

/** What a technician sees of a running robot. No citizen data by construction. */
export interface StatusReport {
  robotId: string;
  version: string;
  /** ISO 8601. */
  startedAt: string;
  devices: DeviceLine[];
  board: BoardIdentity | null;
  telemetry: BoardTelemetry | null;
  queue: QueueReport;
  /** Screen of the visit. */
  visit: string;
  /** Somebody stands before the robot. */
  presence: boolean;
}

/** Turns a device's status into its line; `detail` is what a healthy device says of itself. */
export function deviceLine(device: string, status: DeviceStatus, detail: string): DeviceLine {
  if (status.status === 'ready') return { device, state: 'ready', code: null, detail, hint: '' };
  return { device, state: status.status, code: status.error.code, detail: status.error.detail, hint: errorKinds[status.error.code].hint };
}

/** The doctor's table as text, one device a line. */
export function formatReport(lines: DeviceLine[]): string {
  const width = Math.max(...lines.map((line) => line.device.length), 6);
  const mark = { ready: 'ok  ', degraded: 'WARN', faulty: 'FAIL', offline: 'FAIL' } as const;
  return lines
    .map((line) => {
      const head = `${mark[line.state]}  ${line.device.padEnd(width)}  ${line.code ? `${line.code}: ` : ''}${line.detail}`;
      return line.hint ? `${head}\n      ${' '.repeat(width)}  -> ${line.hint}` : head;
    })
    .join('\n');
}
