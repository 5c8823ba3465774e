import { describeQrScanner } from '../../hardware/qr-scanner/qr-scanner.driver.ts';
import type { RobotSnapshot } from '../behaviour/actor.ts';
import { describeVisit, isDriving, isHalted, isPaused, isRestarting } from '../behaviour/view-state.ts';
import type { RobotState } from '../queue/contract.ts';
import { deviceLine, type QueueReport, type StatusReport } from '../technician/status-report.ts';
import type { RobotParts } from './parts.ts';
import { peripheralLines } from './peripherals.ts';

/** What the ward sees of the robot over MQTT: a projection of the machine's snapshot, nothing about the citizen. */
export function projectRobotState(snapshot: RobotSnapshot): RobotState {
  const { safety, devices } = snapshot.context;
  const states = Object.entries(devices).map(([name, state]) => [
    name,
    { status: state.status, code: state.status === 'ready' ? null : state.error.code },
  ]);
  return {
    screen: describeVisit(snapshot).screen,
    paused: isPaused(snapshot),
    driving: isDriving(snapshot),
    stopped: safety.stopped || isHalted(snapshot),
    stopCause: safety.cause ?? (isHalted(snapshot) ? 'stopCommand' : null),
    announcing: snapshot.context.announcement !== null,
    rebooting: isRestarting(snapshot),
    devices: Object.fromEntries(states),
  };
}

function reportQueue({ queue, store }: RobotParts, snapshot: RobotSnapshot): QueueReport {
  const { online, broker, health } = queue;
  const certificates = queue.certificates.map(({ whose, expiresAtMs }) => ({ whose, expiresAt: new Date(expiresAtMs).toISOString() }));
  return { online, outboxLength: store.outbox.length, error: snapshot.context.linkError, broker, certificates, health };
}

/** What a technician sees: the same snapshot, and what the parts say of themselves. */
export function createReport(parts: RobotParts, version: string, startedAtMs: number): (snapshot: RobotSnapshot) => StatusReport {
  const { board, printer, scanner, touchscreen, chip, computer, voice, store, config } = parts;
  return (snapshot) => {
    const identity = board.identity;
    return {
      robotId: config.robot.robotId,
      version,
      startedAt: new Date(startedAtMs).toISOString(),
      devices: [
        deviceLine('board', board.status, identity ? `firmware ${identity.firmware}, protocol ${identity.protocol}` : ''),
        deviceLine('printer', printer.status, printer.paperNearEnd ? 'paper nearly used up' : config.robot.printer.profile),
        deviceLine('qrScanner', scanner.status, describeQrScanner(config.robot.qrScanner)),
        ...(touchscreen ? [deviceLine('touchscreen', touchscreen.status, 'touch panel')] : []),
        ...(chip ? [deviceLine('cardReader', chip.reader.status, config.robot.cardReader?.kind ?? '')] : []),
        ...(computer ? [deviceLine('computer', computer.status, computer.detail)] : []),
        deviceLine('voice', voice.status, 'espeak-ng'),
        ...peripheralLines(parts.peripherals),
        deviceLine('store', store.health, config.robot.store.file),
      ],
      board: identity,
      telemetry: board.telemetry,
      queue: reportQueue(parts, snapshot),
      visit: describeVisit(snapshot).screen,
      presence: snapshot.context.near,
    };
  };
}
