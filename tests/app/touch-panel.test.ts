import { expect, it } from 'vitest';
import { openTouchscreen } from '../../hardware/touchscreen/touchscreen.driver.ts';
import { MemoryHidBus } from '../../simulators/hid/memory-hid-bus.ts';
import { TouchPanelSimulator } from '../../simulators/hid/touch-panel.ts';
import { watchDevice } from '../../src/app/listen.ts';
import type { RobotEvent } from '../../src/behaviour/events.ts';
import { SimulatedClock } from '../../src/core/clock.ts';
import type { ErrorInfo } from '../../src/core/errors.ts';
import { silentLogger } from '../../src/core/logger.ts';

it("the panel's state reaches the machine; a suspicion the ward too, once while it lasts", async () => {
  const clock = new SimulatedClock();
  const bus = new MemoryHidBus();
  const panel = new TouchPanelSimulator('multi');
  const touchscreen = openTouchscreen({}, { clock, logger: silentLogger, backend: bus });
  const told: ErrorInfo[] = [];
  const states: string[] = [];
  const parts = { logger: silentLogger, queue: { publishError: (error: ErrorInfo) => void told.push(error) } };
  const note = (event: RobotEvent) => {
    if (event.type === 'device.changed') states.push(`${event.device} ${event.state.status}`);
  };
  const stop = watchDevice(parts, 'touchscreen', touchscreen, note);
  const flicker = async () => {
    for (let n = 0; n < 40; n += 1) {
      panel.touch([{ contactId: 0, x: 0.2, y: 0.2 }]);
      clock.advance(8);
      panel.lift();
      await clock.advanceAsync(200, 100);
    }
  };

  bus.plug(panel);
  await clock.advanceAsync(1000);
  await flicker();
  expect(told).toMatchObject([{ code: 'TOUCHSCREEN_SUSPECT', detail: expect.stringContaining('20 %, 20 %') }]);
  await clock.advanceAsync(90_000, 1000);
  await flicker();
  expect(told.map(({ code }) => code)).toEqual(['TOUCHSCREEN_SUSPECT', 'TOUCHSCREEN_SUSPECT']);
  bus.unplug(panel);
  expect(states.filter((state, index) => state !== states[index - 1])).toEqual([
    'touchscreen offline',
    'touchscreen ready',
    'touchscreen degraded',
    'touchscreen ready',
    'touchscreen degraded',
    'touchscreen offline',
  ]);
  stop();
  await touchscreen.close();
});
