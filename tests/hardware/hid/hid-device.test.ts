import { describe, expect, it } from 'vitest';
import { HidDevice, type HidWanted } from '../../../hardware/hid/hid-device.ts';
import type { HidModel } from '../../../simulators/hid/hid-model.ts';
import { MemoryHidBus } from '../../../simulators/hid/memory-hid-bus.ts';
import { PosScannerSimulator } from '../../../simulators/hid/pos-scanner.ts';
import { TouchPanelSimulator } from '../../../simulators/hid/touch-panel.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';

function setUp(wanted: Partial<HidWanted> = {}, plugged: HidModel[] = [], bus = new MemoryHidBus()) {
  const clock = new SimulatedClock();
  for (const model of plugged) bus.plug(model);
  const logged: string[] = [];
  const device = new HidDevice({
    what: 'touch panel',
    wanted: { usagePage: 0x0d, usages: [4], ...wanted },
    offlineCode: 'TOUCHSCREEN_OFFLINE',
    clock,
    logger: { ...silentLogger, warn: (_, message) => logged.push(message) },
    backend: bus,
  });
  const seen: string[] = [];
  device.opened.on(({ product }) => seen.push(`opened ${product}`));
  device.closed.on(({ code, detail }) => seen.push(`${code}: ${detail}`));
  device.received.on((report) => seen.push(`received ${report.length}`));
  return { clock, bus, device, seen, logged };
}

/** Another panel from the same bus, for ids. */
class OtherPanel extends TouchPanelSimulator {
  override readonly product = 'Other panel';
  override readonly productId = 0x0002;
}

describe('HidDevice', () => {
  it('finds its device among others by usage, and by id where one is asked for', async () => {
    const panel = new TouchPanelSimulator('multi');
    const scanner = new PosScannerSimulator({ form: 'vendor' });
    const first = setUp({}, [scanner, panel, new OtherPanel('multi')]);
    const second = setUp({ vendorId: 0x222a, productId: 2 }, [scanner, panel, new OtherPanel('multi')]);
    await first.clock.advanceAsync(10);
    await second.clock.advanceAsync(10);
    expect(first.seen).toEqual(['opened Simulated touch panel']);
    expect(first.device.identity).toMatchObject({ vendorId: 0x222a, productId: 1 });
    expect(second.seen).toEqual(['opened Other panel']);
    panel.touch([{ contactId: 1, x: 0.5, y: 0.5 }]);
    expect(first.seen.at(-1)).toBe('received 34');
    await first.device.close();
    await second.device.close();
  });

  it('takes a touch screen before what calls itself a mere digitizer, whichever was plugged first', async () => {
    const tablet = Object.assign(new OtherPanel('single'), { collections: [{ usagePage: 0x0d, usage: 1 }] });
    const { clock, device, seen } = setUp({ usages: [4, 1] }, [tablet, new TouchPanelSimulator('multi')]);
    const alone = setUp({ usages: [4, 1] }, [tablet]);
    await clock.advanceAsync(10);
    await alone.clock.advanceAsync(10);
    expect([...seen, ...alone.seen]).toEqual(['opened Simulated touch panel', 'opened Other panel']);
    await Promise.all([device.close(), alone.device.close()]);
  });

  it('looks again after 100, 250, 500 and then every 1000 ms, and complains once', async () => {
    const { clock, bus, device, seen, logged } = setUp();
    const times: number[] = [];
    const { list } = bus;
    bus.list = () => {
      times.push(clock.monotonicMs());
      return list.call(bus);
    };
    // The first look has failed by then.
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advanceAsync(4000);
    expect(times).toEqual([100, 350, 850, 1850, 2850, 3850]);
    expect(seen).toEqual(['TOUCHSCREEN_OFFLINE: no touch panel among 0 HID devices']);
    expect(logged).toHaveLength(1);
    await device.close();
    expect(clock.pendingCount).toBe(0);
  });

  it('comes back after an unplug within the back-off, closes what it opened and forgets the old handle', async () => {
    const panel = new TouchPanelSimulator('hybrid');
    const { clock, bus, device, seen } = setUp({}, [panel]);
    await clock.advanceAsync(10);
    for (let round = 0; round < 3; round += 1) {
      bus.unplug(panel);
      expect(device.identity).toBeNull();
      expect(device.trouble).toMatchObject({ code: 'TOUCHSCREEN_OFFLINE' });
      await expect(device.sendFeature(Uint8Array.of(2, 5))).rejects.toMatchObject({ code: 'CANCELLED' });
      await clock.advanceAsync(1500);
      bus.plug(panel);
      await clock.advanceAsync(1000);
      expect(device.identity).not.toBeNull();
      expect(device.trouble).toBeNull();
    }
    expect(seen.filter((what) => what.startsWith('opened'))).toHaveLength(4);
    expect(bus.openCount).toBe(1);
    expect(panel.reported.listenerCount).toBe(1);
    await device.close();
    expect(bus.openCount).toBe(0);
    expect(panel.reported.listenerCount).toBe(0);
  });

  it('says when it may not be opened, and opens once it may', async () => {
    const bus = new MemoryHidBus();
    const panel = new TouchPanelSimulator('multi');
    bus.plug(panel, { forbidden: true });
    const { clock, device, seen } = setUp({}, [], bus);
    await clock.advanceAsync(3000);
    expect(device.trouble).toMatchObject({ code: 'HID_PERMISSION', detail: expect.stringContaining('/dev/hidraw0') });
    expect(seen).toHaveLength(1);
    bus.unplug(panel);
    await clock.advanceAsync(2000);
    expect(device.trouble).toMatchObject({ code: 'TOUCHSCREEN_OFFLINE' });
    bus.plug(panel);
    await clock.advanceAsync(1000);
    expect(device.trouble).toBeNull();
    await device.close();
  });

  it('names a damaged descriptor', async () => {
    const panel: HidModel = Object.assign(new TouchPanelSimulator('multi'), { descriptor: Uint8Array.of(0x05) });
    const { clock, device } = setUp({}, [panel]);
    await clock.advanceAsync(10);
    expect(device.trouble).toMatchObject({ code: 'DEVICE_FAULTY', detail: expect.stringContaining('truncated') });
    await device.close();
  });

  it('reads and writes feature reports; a refusal rejects', async () => {
    const { clock, bus, device } = setUp({}, [new TouchPanelSimulator('multi')]);
    await clock.advanceAsync(10);
    expect([...(await device.getFeature(2, 1))]).toEqual([10]);
    await device.sendFeature(Uint8Array.of(2, 7));
    expect(bus.sent).toHaveLength(1);
    await expect(device.getFeature(9, 1)).rejects.toThrow();
    await expect(device.sendFeature(Uint8Array.of(9, 1))).rejects.toThrow();
    await device.close();
  });

  it('gives up a device that answers nothing: opening after 3 s, a feature report after 1 s', async () => {
    const panel = new TouchPanelSimulator('multi');
    const { clock, bus, device } = setUp({}, [panel]);
    await clock.advanceAsync(10);
    const { open } = bus;
    bus.open = async (path) => ({ ...(await open.call(bus, path)), getFeature: () => new Promise(() => {}) });
    device.reopen('test');
    await clock.advanceAsync(200);
    const asked = expect(device.getFeature(2, 1)).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
    await clock.advanceAsync(1000);
    await asked;
    let letOpen = () => {};
    bus.open = (path) =>
      new Promise((resolve) => {
        letOpen = () => void open.call(bus, path).then(resolve);
      });
    device.reopen('test');
    await clock.advanceAsync(110);
    await clock.advanceAsync(2980);
    expect(device.trouble).toEqual({ code: 'TOUCHSCREEN_OFFLINE', detail: 'test' });
    await clock.advanceAsync(20);
    expect(device.trouble).toEqual({ code: 'TOUCHSCREEN_OFFLINE', detail: expect.stringContaining('no answer within 3000 ms') });
    // What opens too late is closed again.
    letOpen();
    bus.open = open;
    await clock.advanceAsync(2000);
    expect(device.identity).not.toBeNull();
    expect(bus.openCount).toBe(1);
    await device.close();
    expect(bus.openCount).toBe(0);
  });

  it('closed while it is being opened, it leaves nothing open', async () => {
    const { clock, bus, device, seen } = setUp({}, [new TouchPanelSimulator('multi')]);
    const closing = device.close();
    await clock.advanceAsync(5000);
    await closing;
    expect(seen).toEqual([]);
    expect(bus.openCount).toBe(0);
    expect(clock.pendingCount).toBe(0);
  });
});
