import { expect, it } from 'vitest';
import type { Reading, Sensor } from '../../hardware/sensors/sensors.ts';
import type { Servo } from '../../hardware/servo/servo.ts';
import { listenToPeripherals, peripheralLines } from '../../src/app/peripherals.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import type { ErrorInfo } from '../../src/core/errors.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { Signal } from '../../src/core/signal.ts';

class HandSensor implements Sensor {
  readonly name = 'case';
  readonly changed = new Signal<void>();
  reading: Reading | null = { kind: 'temperature', celsius: 41.46 };
  status: DeviceStatus = { status: 'ready' };
  tell(status: DeviceStatus): void {
    this.status = status;
    this.changed.emit();
  }
}
const wrong = (status: 'degraded' | 'faulty' | 'offline', code: ErrorInfo['code']): DeviceStatus => ({
  status,
  error: { code, detail: 'case' },
});

it('a technician sees each part with its value, or with what to do', () => {
  const sensor = new HandSensor();
  const servo: Servo = { name: 'head', status: { status: 'ready' }, changed: new Signal(), degrees: 135, show: () => {} };
  const shown = () =>
    peripheralLines({ sensors: [sensor], servos: [servo] }).map(({ device, state, code, detail }) => [device, state, code, detail]);
  expect(shown()).toEqual([
    ['case', 'ready', null, '41.5 °C'],
    ['head', 'ready', null, '135°'],
  ]);
  sensor.tell(wrong('faulty', 'PERIPHERAL_FAULTY'));
  expect(shown()[0]).toEqual(['case', 'faulty', 'PERIPHERAL_FAULTY', 'case']);
});

it('the ward hears of heat and of broken sensors, once each; not of warnings, nor of a board that is away', () => {
  const sensor = new HandSensor();
  const published: string[] = [];
  const queue = { publishError: (error: ErrorInfo) => published.push(error.code) };
  const stop = listenToPeripherals({ sensors: [sensor], servos: [] }, { logger: silentLogger, queue });
  const hot = wrong('degraded', 'PERIPHERAL_TOO_HOT');
  sensor.tell(wrong('offline', 'BOARD_NOT_CONNECTED'));
  sensor.tell(wrong('degraded', 'PERIPHERAL_LEVEL_LOW'));
  sensor.tell(hot);
  sensor.tell(hot);
  // An unplugged board in between makes it no second fault.
  sensor.tell(wrong('offline', 'BOARD_NOT_CONNECTED'));
  sensor.tell(hot);
  expect(published).toEqual(['PERIPHERAL_TOO_HOT']);
  sensor.tell({ status: 'ready' });
  sensor.tell(hot);
  sensor.tell(wrong('faulty', 'PERIPHERAL_FAULTY'));
  expect(published).toEqual(['PERIPHERAL_TOO_HOT', 'PERIPHERAL_TOO_HOT', 'PERIPHERAL_FAULTY']);
  stop();
  sensor.tell(hot);
  expect(published).toHaveLength(3);
});
