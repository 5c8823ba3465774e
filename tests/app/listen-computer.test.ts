import { expect, it } from 'vitest';
import { listenToComputer } from '../../src/app/listen-computer.ts';
import { isHalted, isPaused } from '../../src/behaviour/view-state.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import type { ErrorInfo } from '../../src/core/errors.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { Signal } from '../../src/core/signal.ts';
import { Robot } from '../behaviour/robot.ts';

function bench() {
  const robot = Robot.ready();
  const computer = {
    status: { status: 'ready' } as DeviceStatus,
    statusChanged: new Signal<DeviceStatus>(),
    servicePressed: new Signal<void>(),
  };
  const told: string[] = [];
  const queue = { publishError: ({ code }: ErrorInfo) => void told.push(code) };
  const stop = listenToComputer(computer, robot.actor, { logger: silentLogger, queue });
  const become = (status: DeviceStatus) => {
    computer.status = status;
    computer.statusChanged.emit(status);
  };
  return { robot, press: () => computer.servicePressed.emit(), become, told, stop };
}

it('the service button pauses the robot and ends the pause', () => {
  const { robot, press, stop } = bench();
  press();
  expect(isPaused(robot.snapshot)).toBe(true);
  press();
  expect(isPaused(robot.snapshot)).toBe(false);
  stop();
  press();
  expect(isPaused(robot.snapshot)).toBe(false);
});

it('the service button does not end a stop that the ward ordered', () => {
  const { robot, press } = bench();
  robot.send({ type: 'robot.stop' });
  press();
  expect(isHalted(robot.snapshot)).toBe(true);
});

it('e-stops that disagree are told to the ward once, lines that cannot be used are not', () => {
  const { become, told } = bench();
  const disagrees: DeviceStatus = { status: 'faulty', error: { code: 'E_STOP_DISAGREES', detail: 'open, closed' } };
  become({ status: 'degraded', error: { code: 'GPIO_UNAVAILABLE', detail: 'no chip' } });
  expect(told).toEqual([]);
  become(disagrees);
  become(disagrees);
  expect(told).toEqual(['E_STOP_DISAGREES']);
  become({ status: 'ready' });
  become(disagrees);
  expect(told).toEqual(['E_STOP_DISAGREES', 'E_STOP_DISAGREES']);
});
