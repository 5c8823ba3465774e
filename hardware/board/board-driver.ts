import type { BoardLink } from '../../firmware-bridge/host/board-link.ts';
import { firmwareVersion, protocolOf } from '../../firmware-bridge/host/identity.ts';
import type { IdentityMessage } from '../../firmware-bridge/protocol/generated/messages.ts';
import type { DeviceStatus, SafetyState } from '../../src/core/device.ts';
import { Signal, type Unsubscribe } from '../../src/core/signal.ts';
import type { Board, BoardIdentity, BoardTelemetry } from './board.ts';
import { stopRecord, telemetryOf } from './telemetry.ts';

/** The control board behind `link`; closing it closes the link. */
export function createBoard(link: BoardLink): Board {
  return new LinkedBoard(link);
}

class LinkedBoard implements Board {
  readonly statusChanged: Signal<DeviceStatus>;
  readonly telemetryChanged = new Signal<BoardTelemetry>();
  readonly safetyChanged = new Signal<SafetyState>();
  private latest: BoardTelemetry | null = null;
  private readonly link: BoardLink;
  private readonly unsubscribe: Unsubscribe;

  constructor(link: BoardLink) {
    this.link = link;
    this.statusChanged = link.statusChanged;
    this.unsubscribe = link.received.on((message) => {
      if (message.name === 'state') this.take(telemetryOf(message, link.roundTripMs));
    });
  }

  get status(): DeviceStatus {
    return this.link.status;
  }

  /** The last telemetry heard, kept through an unplug: read it together with {@link status}. */
  get telemetry(): BoardTelemetry | null {
    return this.latest;
  }

  get identity(): BoardIdentity | null {
    const identity = this.link.identity;
    return identity && identityOf(identity);
  }

  async close(): Promise<void> {
    this.unsubscribe();
    await this.link.close();
  }

  private take(telemetry: BoardTelemetry): void {
    const before = this.latest?.safety;
    this.latest = telemetry;
    if (!before || !sameSafety(before, telemetry.safety)) this.safetyChanged.emit(telemetry.safety);
    this.telemetryChanged.emit(telemetry);
  }
}

function identityOf(identity: IdentityMessage): BoardIdentity {
  const { resetCause, previousUptimeMs, previousStopCause, previousStopAtMs, selfTest } = identity;
  return {
    protocol: protocolOf(identity),
    firmware: firmwareVersion(identity),
    resetCause,
    previousRun: previousUptimeMs === 0 ? null : { uptimeMs: previousUptimeMs, lastStop: stopRecord(previousStopCause, previousStopAtMs) },
    selfTest,
  };
}

const sameSafety = (a: SafetyState, b: SafetyState): boolean =>
  a.stopped === b.stopped && a.cause === b.cause && a.latched === b.latched && a.eStopOpen === b.eStopOpen;
