import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openTouchscreen } from '../../../hardware/touchscreen/touchscreen.driver.ts';
import type { Contact, TouchSuspicion } from '../../../hardware/touchscreen/touchscreen.ts';
import { MemoryHidBus } from '../../../simulators/hid/memory-hid-bus.ts';
import { PosScannerSimulator } from '../../../simulators/hid/pos-scanner.ts';
import { type TouchPanelForm, TouchPanelSimulator } from '../../../simulators/hid/touch-panel.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';

async function setUp(form: TouchPanelForm = 'multi') {
  const clock = new SimulatedClock();
  const bus = new MemoryHidBus();
  const panel = new TouchPanelSimulator(form);
  bus.plug(panel);
  const touchscreen = openTouchscreen({}, { clock, logger: silentLogger, backend: bus });
  const frames: Contact[][] = [];
  const presence: boolean[] = [];
  const suspicions: TouchSuspicion[] = [];
  const states: string[] = [];
  touchscreen.touched.on((contacts) => frames.push(contacts));
  touchscreen.presenceChanged.on((present) => presence.push(present));
  touchscreen.suspected.on((suspicion) => suspicions.push(suspicion));
  touchscreen.statusChanged.on(({ status }) => states.push(status));
  expect(touchscreen.status).toMatchObject({ status: 'offline', error: { code: 'TOUCHSCREEN_OFFLINE' } });
  await clock.advanceAsync(10);
  const finger = { contactId: 0, x: 0.5, y: 0.5 };
  return { clock, bus, panel, touchscreen, frames, presence, suspicions, states, finger };
}

describe('HidTouchscreen', () => {
  it.each(['single', 'multi', 'hybrid', 'overlong'] as const)('%s: a finger comes and goes', async (form) => {
    const { panel, touchscreen, frames, finger, clock } = await setUp(form);
    expect(touchscreen.status).toEqual({ status: 'ready' });
    panel.touch([finger]);
    panel.lift();
    const range = touchscreen.range;
    const middle = range && { contactId: 0, x: Math.round((range.minX + range.maxX) / 2), y: Math.round((range.minY + range.maxY) / 2) };
    expect(frames).toEqual([[middle], []]);
    await touchscreen.close();
    expect(clock.pendingCount).toBe(0);
  });

  it('presence: from the first touch until 10 s after the last, a resting finger included', async () => {
    const { panel, touchscreen, presence, finger, clock } = await setUp();
    panel.touch([finger]);
    expect(presence).toEqual([true]);
    clock.advance(25_000);
    expect(presence).toEqual([true]);
    panel.touch([finger]);
    panel.lift();
    clock.advance(9999);
    expect(presence).toEqual([true]);
    clock.advance(1);
    expect(presence).toEqual([true, false]);
    panel.touch([finger]);
    expect(presence).toEqual([true, false, true]);
    await touchscreen.close();
  });

  it('a touch that rests for a minute is suspect and nobody; the status says so until it is gone', async () => {
    const { panel, touchscreen, presence, suspicions, finger, clock } = await setUp();
    panel.touch([finger]);
    clock.advance(59_000);
    expect(suspicions).toEqual([]);
    clock.advance(2000);
    expect(suspicions).toEqual([{ kind: 'ghostTouch', x: 2048, y: 2048 }]);
    expect(touchscreen.status).toMatchObject({
      status: 'degraded',
      error: { code: 'TOUCHSCREEN_SUSPECT', detail: expect.stringContaining('50 %') },
    });
    clock.advance(20_000);
    expect(presence).toEqual([true, false]);
    panel.lift();
    clock.advance(80_000);
    expect(touchscreen.status).toEqual({ status: 'ready' });
    expect(suspicions).toHaveLength(1);
    expect(clock.pendingCount).toBe(0);
    await touchscreen.close();
  });

  it('flicker at one spot is suspect, told once while it lasts and again when it comes back', async () => {
    const { panel, touchscreen, suspicions, states, clock } = await setUp();
    const flicker = (times: number) => {
      for (let n = 0; n < times; n += 1) {
        panel.touch([{ contactId: 1, x: 0.1, y: 0.9 }]);
        clock.advance(8);
        panel.lift();
        clock.advance(300);
      }
    };
    flicker(100);
    expect(suspicions).toEqual([{ kind: 'ghostTouch', x: 410, y: 3686 }]);
    clock.advance(90_000);
    flicker(20);
    expect(suspicions).toHaveLength(2);
    expect(states).toEqual(['ready', 'degraded', 'ready', 'degraded']);
    await touchscreen.close();
  });

  it('a hole in the glass is found', async () => {
    const { panel, touchscreen, suspicions, clock } = await setUp('single');
    panel.dead = { left: 7 / 16, right: 8 / 16, top: 4 / 9, bottom: 5 / 9 };
    for (let n = 0; n < 110; n += 1) {
      for (const [column, row] of [
        [6, 4],
        [7, 4],
        [8, 4],
        [7, 3],
        [7, 5],
      ] as const) {
        panel.touch([{ contactId: 0, x: (column + 0.5) / 16, y: (row + 0.5) / 9 }]);
        clock.advance(80);
        panel.lift();
        clock.advance(200);
      }
    }
    // The middle of the eighth column is at -62.5, of the fifth row at 0.
    expect(suspicions).toEqual([{ kind: 'deadZone', x: -62, y: 0 }]);
    await touchscreen.close();
  });

  it('is faulty after five reports that make no sense, and ready after one that does', async () => {
    const { panel, touchscreen, finger } = await setUp();
    for (let n = 0; n < 5; n += 1) {
      expect(touchscreen.status).toEqual({ status: 'ready' });
      panel.reported.emit(Uint8Array.of(1, 1, 0, 0xff, 0xff, 0xff));
    }
    expect(touchscreen.status).toMatchObject({ status: 'faulty', error: { code: 'DEVICE_FAULTY' } });
    panel.touch([finger]);
    expect(touchscreen.status).toEqual({ status: 'ready' });
    await touchscreen.close();
  });

  it('unplugged under a finger: the finger is gone, presence ends, and the panel comes back', async () => {
    const { panel, touchscreen, bus, frames, presence, finger, clock } = await setUp();
    panel.touch([finger]);
    bus.unplug(panel);
    expect(touchscreen.status).toMatchObject({ status: 'offline', error: { code: 'TOUCHSCREEN_OFFLINE' } });
    expect(touchscreen.range).toBeNull();
    expect(frames.at(-1)).toEqual([]);
    await clock.advanceAsync(10_000, 100);
    expect(presence).toEqual([true, false]);
    bus.plug(panel);
    await clock.advanceAsync(1000);
    expect(touchscreen.status).toEqual({ status: 'ready' });
    panel.touch([finger]);
    expect(frames.at(-1)).toHaveLength(1);
    await touchscreen.close();
    expect(clock.pendingCount).toBe(0);
    expect(bus.openCount).toBe(0);
  });

  it('says when it may not be opened, and when what it found is no panel', async () => {
    const clock = new SimulatedClock();
    const bus = new MemoryHidBus();
    bus.plug(new TouchPanelSimulator('multi'), { forbidden: true });
    const touchscreen = openTouchscreen({ vendorId: '222a' }, { clock, logger: silentLogger, backend: bus });
    await clock.advanceAsync(10);
    expect(touchscreen.status).toMatchObject({ error: { code: 'HID_PERMISSION' } });
    await touchscreen.close();
    const other = new MemoryHidBus();
    const { descriptor } = new PosScannerSimulator({ form: 'published' });
    other.plug(Object.assign(new TouchPanelSimulator('multi'), { descriptor }));
    const strange = openTouchscreen({}, { clock, logger: silentLogger, backend: other });
    await clock.advanceAsync(10);
    expect(strange.status).toMatchObject({ status: 'faulty', error: { code: 'DEVICE_FAULTY' } });
    await strange.close();
  });

  it('survives bursts of garbage between touches', async () => {
    const { panel, touchscreen, frames, finger, clock } = await setUp();
    const burst = fc.array(
      fc.uint8Array({ maxLength: 40 }).map((tail) => Uint8Array.of(1, ...tail)),
      { maxLength: 50 },
    );
    fc.assert(
      fc.property(burst, (reports) => {
        for (const report of reports) panel.reported.emit(report);
        clock.advance(5000);
        panel.touch([finger]);
        expect(frames.at(-1)).toEqual([{ contactId: 0, x: 2048, y: 2048 }]);
        panel.lift();
      }),
    );
    await touchscreen.close();
    expect(clock.pendingCount).toBe(0);
  });
});
