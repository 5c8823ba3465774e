import type { PeripheralConfig, SensorConfig, ServoConfig } from '../../config/peripherals.ts';
import type { BoardLink } from '../../firmware-bridge/host/board-link.ts';
import { openSensors } from '../../hardware/sensors/sensors.driver.ts';
import { readingText, type Sensor } from '../../hardware/sensors/sensors.ts';
import { openServo } from '../../hardware/servo/servo.driver.ts';
import type { Servo } from '../../hardware/servo/servo.ts';
import type { Clock } from '../core/clock.ts';
import { errorKinds } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Unsubscribe } from '../core/signal.ts';
import type { QueueLink } from '../queue/client.ts';
import { type DeviceLine, deviceLine } from '../technician/status-report.ts';

/** What hangs on free pins of the control board; often nothing. */
export interface Peripherals {
  sensors: readonly Sensor[];
  servos: readonly Servo[];
}

export function openPeripherals(
  configs: readonly PeripheralConfig[],
  { link, clock }: { link: BoardLink; clock: Clock },
): { peripherals: Peripherals; close(): void } {
  const isServo = (config: PeripheralConfig): config is ServoConfig => config.kind === 'servo';
  const isSensor = (config: PeripheralConfig): config is SensorConfig => config.kind !== 'servo';
  const { sensors, close } = openSensors(configs.filter(isSensor), { link, clock });
  const servos = configs.filter(isServo).map((config) => openServo(config, link));
  return {
    peripherals: { sensors, servos },
    close() {
      close();
      for (const servo of servos) servo.close();
    },
  };
}

/** One line each, for a technician. */
export function peripheralLines({ sensors, servos }: Peripherals): DeviceLine[] {
  return [
    ...sensors.map(({ name, status, reading }) => deviceLine(name, status, readingText(reading))),
    ...servos.map(({ name, status, degrees }) => deviceLine(name, status, degrees === null ? 'not driven' : `${degrees}°`)),
  ];
}

/** Logs what changes, and tells the ward what is more than a warning. A board that is away has been told already. */
export function listenToPeripherals(
  { sensors, servos }: Peripherals,
  { logger, queue }: { logger: Logger; queue: Pick<QueueLink, 'publishError'> },
): Unsubscribe {
  const stops = [...sensors, ...servos].map((part) => {
    let known: string | null = null;
    return part.changed.on(() => {
      const { name, status } = part;
      const code = status.status === 'ready' ? null : status.error.code;
      if (code === known || code === 'BOARD_NOT_CONNECTED') return;
      known = code;
      if (status.status === 'ready') return logger.info({ device: name }, 'device ready');
      logger.warn({ device: name, ...status.error }, 'device not ready');
      if (errorKinds[status.error.code].level !== 'warning') queue.publishError(status.error);
    });
  });
  return () => {
    for (const stop of stops) stop();
  };
}
