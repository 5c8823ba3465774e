import type { RobotEvent } from '../behaviour/events.ts';
import type { Call, DeviceName } from '../behaviour/model.ts';
import type { expectedScan } from '../behaviour/view-state.ts';
import type { DeviceStatus } from '../core/device.ts';
import { type ErrorCode, errorKinds } from '../core/errors.ts';
import type { Signal, Unsubscribe } from '../core/signal.ts';
import { classifyScan } from '../identity/scanned-code.ts';
import { endOfDayMs } from '../queue/wire.ts';
import type { RobotParts } from './parts.ts';
import { listenToPeripherals } from './peripherals.ts';
import { furnitureRange, PresenceDetector } from './presence.ts';
import { waterFault } from './water-fault.ts';

type Send = (event: RobotEvent) => void;
type ExpectedScan = ReturnType<typeof expectedScan>;

interface Device {
  status: DeviceStatus;
  statusChanged: Signal<DeviceStatus>;
}

/** A warning that the ward's office acts on: somebody brings a roll. */
const officeWarnings: readonly ErrorCode[] = ['PRINTER_PAPER_NEAR_END'];

/**
 * Passes a device's state on, now and whenever it changes. A new fault is logged and told to the ward; being still on its way is none.
 * A warning for the office is told once until the device is ready again: once per roll.
 */
export function watchDevice(
  parts: Pick<RobotParts, 'logger'> & { queue: Pick<RobotParts['queue'], 'publishError'> },
  name: DeviceName,
  device: Device,
  send: Send,
): Unsubscribe {
  let known = faultCode(device.status);
  const warned = new Set<ErrorCode>();
  send({ type: 'device.changed', device: name, state: device.status });
  return device.statusChanged.on((state) => {
    send({ type: 'device.changed', device: name, state });
    if (faultCode(state) === known) return;
    known = faultCode(state);
    if (state.status === 'ready') {
      warned.clear();
      return parts.logger.info({ device: name }, 'device ready');
    }
    const { code } = state.error;
    parts.logger.warn({ device: name, ...state.error }, 'device not ready');
    const isWarning = errorKinds[code].level === 'warning';
    if (isWarning && (!officeWarnings.includes(code) || warned.has(code))) return;
    if (isWarning) warned.add(code);
    parts.queue.publishError(state.error);
  });
}

const faultCode = (state: DeviceStatus) => (state.status === 'ready' ? null : state.error.code);

/** Water's state follows flow meter, tray and tank as the board reports them. A new fault is logged and told to the ward. */
function watchWater(parts: RobotParts, send: Send): Unsubscribe {
  let known: string | null | undefined;
  return parts.board.telemetryChanged.on((telemetry) => {
    const error = waterFault(telemetry);
    const code = error?.code ?? null;
    if (code === known) return;
    known = code;
    send({ type: 'device.changed', device: 'water', state: error ? { status: 'faulty', error } : { status: 'ready' } });
    if (!error) return;
    parts.logger.warn({ device: 'water', ...error }, 'device not ready');
    parts.queue.publishError(error);
  });
}

function watchPresence(parts: RobotParts, send: Send): Unsubscribe {
  const { board, clock, config, wheels } = parts;
  const detector = new PresenceDetector(clock, config.robot.behaviour.presenceDistanceMm);
  const furnitureRangeMm = furnitureRange(config.site);
  return board.telemetryChanged.on(({ rangesMm }) => {
    const seen = [rangesMm.frontLeft, rangesMm.frontRight].filter((range) => range !== null);
    const change = detector.update(seen.length > 0 ? Math.min(...seen) : null, furnitureRangeMm(wheels.pose));
    if (change) send({ type: change === 'near' ? 'presence.near' : 'presence.left' });
  });
}

/** A call that waits for the screen until it is too late leaves it again. */
function hearCall({ clock, queue }: RobotParts, call: Call, send: Send): void {
  const { callId, sequence, expiresAtMs } = call;
  send({ type: 'call.received', call });
  clock.after(Math.max(0, expiresAtMs - queue.serverNowMs()), () => send({ type: 'call.expired', callId, sequence }));
}

const dayCheckEveryMs = 60_000;

/** Yesterday's missed numbers help nobody. Asked every minute, since clocks are set. */
function watchDay({ clock, queue }: RobotParts, send: Send): Unsubscribe {
  let endMs = endOfDayMs(queue.serverNowMs());
  return clock.every(dayCheckEveryMs, () => {
    const nextMs = endOfDayMs(queue.serverNowMs());
    if (nextMs === endMs) return;
    endMs = nextMs;
    send({ type: 'day.began' });
  });
}

function watchQueue(parts: RobotParts, send: Send): Unsubscribe[] {
  const { queue, logger } = parts;
  return [
    queue.onlineChanged.on((status) => {
      logger.info(status.online ? {} : { ...status.error }, status.online ? 'queue server online' : 'queue server offline');
      send(status.online ? { type: 'link.online' } : { type: 'link.offline', error: status.error });
    }),
    queue.servicesChanged.on((services) => send({ type: 'services.changed', services })),
    queue.servingChanged.on((serving) => send({ type: 'serving.changed', serving })),
    queue.callReceived.on((call) => hearCall(parts, call, send)),
    queue.ticketUpdated.on((update) => send({ type: 'ticket.updated', update })),
    watchDay(parts, send),
  ];
}

/** A code that no screen asks for is forgotten at once, and a card before another scan than a card's: nobody consented to reading it. */
function watchScanner({ scanner, vault, logger }: RobotParts, expected: () => ExpectedScan, send: Send): Unsubscribe {
  return scanner.scanned.on((text) => {
    const kind = expected();
    if (kind === null) return logger.info({ length: text.length }, 'code scanned while none was asked for: dropped');
    send({ type: 'scan.read', code: classifyScan(text, kind === 'card' ? vault : null) });
  });
}

/**
 * The machine's ears: turns what devices, board and queue report into events. `expected`: the code that the screen asks for now.
 * Returns what ends the listening.
 */
export function listen(parts: RobotParts, expected: () => ExpectedScan, send: Send): Unsubscribe {
  const { board, printer, scanner, touchscreen, chip } = parts;
  const stops = [
    watchDevice(parts, 'board', board, send),
    watchDevice(parts, 'printer', printer, send),
    watchDevice(parts, 'qrScanner', scanner, send),
    ...(touchscreen ? [watchDevice(parts, 'touchscreen', touchscreen, send)] : []),
    ...(chip ? [watchDevice(parts, 'cardReader', chip.reader, send)] : []),
    listenToPeripherals(parts.peripherals, parts),
    watchWater(parts, send),
    watchPresence(parts, send),
    board.safetyChanged.on((safety) => send({ type: 'safety.changed', safety })),
    watchScanner(parts, expected, send),
    ...watchQueue(parts, send),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
