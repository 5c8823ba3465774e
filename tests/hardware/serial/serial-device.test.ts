import { describe, expect, it } from 'vitest';
import { SerialDevice } from '../../../hardware/serial/serial-device.ts';
import type { PortHandle } from '../../../hardware/serial/serial-port.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { type Logger, silentLogger } from '../../../src/core/logger.ts';

interface Handle {
  /** The driver of the kernel reports the loss. */
  hangUp(reason: string): void;
  data(bytes: Uint8Array): void;
  open: boolean;
}

/** A port whose fate the test decides; every opening makes a new handle, as with serialport. */
function bench(device: string | null) {
  const clock = new SimulatedClock();
  const world = { device, refuses: null as string | null, openingHangs: false, writesHang: false };
  const openedAtMs: number[] = [];
  const handles: Handle[] = [];
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (_, message) => warnings.push(message) };
  const createPort = (): PortHandle => {
    let onClose: (reason: string) => void = () => {};
    let onData: (bytes: Uint8Array) => void = () => {};
    const handle: Handle = { hangUp: (reason) => onClose(reason), data: (bytes) => onData(bytes), open: false };
    return {
      open: (done) => {
        openedAtMs.push(clock.monotonicMs());
        handles.push(handle);
        if (world.openingHangs) return;
        handle.open = world.refuses === null;
        done(world.refuses === null ? null : new Error(world.refuses));
      },
      close: (done) => {
        handle.open = false;
        done();
        onClose('closed');
      },
      write: (_, done) => {
        if (!world.writesHang) done(null);
      },
      onData: (listener) => {
        onData = listener;
      },
      onClose: (listener) => {
        onClose = listener;
      },
    };
  };
  const link = new SerialDevice({ path: 'port', baudRate: 9600, clock, logger, createPort, findDevice: () => world.device });
  const seen: string[] = [];
  link.opened.on(() => seen.push(`${clock.monotonicMs()} opened`));
  link.closed.on((reason) => seen.push(`${clock.monotonicMs()} closed: ${reason}`));
  link.received.on((bytes) => seen.push(`received ${bytes.length}`));
  return { clock, world, link, openedAtMs, handles, warnings, seen };
}

describe('SerialDevice', () => {
  it('tries a device that refuses with growing pauses, never longer than a second, and logs once', () => {
    const { clock, world, link, openedAtMs, warnings } = bench(null);
    world.device = 'a';
    world.refuses = 'permission denied';
    clock.advance(4250);
    expect(openedAtMs).toEqual([250, 350, 600, 1100, 2100, 3100, 4100]);
    expect(warnings).toEqual(['serial port cannot be opened; trying on']);
    world.refuses = null;
    clock.advance(1000);
    expect(link.isOpen).toBe(true);
  });

  it('opens nothing where there is no device, and finds one within 250 ms, however long it was away', () => {
    const { clock, world, link, openedAtMs, seen } = bench(null);
    clock.advance(3_600_010);
    expect(openedAtMs).toEqual([]);
    world.device = 'a';
    clock.advance(250);
    expect(seen).toEqual(['3600250 opened']);
    expect(link.isOpen).toBe(true);
  });

  it('another device that appears during the pause is tried at once', () => {
    const { clock, world, openedAtMs } = bench(null);
    world.refuses = 'busy';
    world.device = 'a';
    clock.advance(4250);
    world.device = 'b';
    clock.advance(250);
    expect(openedAtMs.slice(-2)).toEqual([4100, 4500]);
  });

  it.each([
    ['vanished', null, 'unplugged'],
    ['was replaced', 'b', 'another device is at its path'],
  ])('notices that its device %s although the port says nothing', (_, device, reason) => {
    const { clock, world, link, handles, seen } = bench('a');
    clock.advance(1000);
    world.device = device;
    clock.advance(250);
    expect(seen).toEqual([`1250 closed: ${reason}`]);
    expect(link.isOpen).toBe(false);
    expect(handles[0]?.open).toBe(false);
    clock.advance(100);
    expect(link.isOpen).toBe(device !== null);
  });

  it('comes back after a hang-up and forgets the old handle', async () => {
    const { clock, link, handles, seen } = bench('a');
    handles[0]?.hangUp('hang-up');
    await expect(link.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'CANCELLED' });
    clock.advance(100);
    expect(link.isOpen).toBe(true);
    handles[0]?.data(Uint8Array.of(1, 2, 3));
    handles[1]?.data(Uint8Array.of(1));
    handles[0]?.hangUp('late echo of the old handle');
    expect(seen).toEqual(['0 closed: hang-up', '100 opened', 'received 1']);
    expect(link.isOpen).toBe(true);
  });

  it('gives up an opening that hangs, or whose device vanishes meanwhile', () => {
    const { clock, world, link, handles } = bench(null);
    world.openingHangs = true;
    world.device = 'a';
    clock.advance(2249);
    expect(handles).toHaveLength(1);
    clock.advance(101);
    expect(handles).toHaveLength(2);
    world.device = null;
    world.openingHangs = false;
    clock.advance(500);
    expect(handles).toHaveLength(2);
    world.device = 'b';
    clock.advance(250);
    expect(link.isOpen).toBe(true);
    expect(handles).toHaveLength(3);
  });

  it('a write that never ends is rejected when the line is lost, and what waits is bounded', async () => {
    const { clock, world, link } = bench('a');
    world.writesHang = true;
    const stuck = link.write(new Uint8Array(131_072));
    await expect(link.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'CANCELLED' });
    world.device = null;
    clock.advance(250);
    await expect(stuck).rejects.toMatchObject({ code: 'CANCELLED' });
    world.device = 'b';
    world.writesHang = false;
    clock.advance(250);
    await link.write(new Uint8Array(131_072));
  });

  it.each(['open', 'absent', 'refused', 'opening'])('leaves no timer and no open port behind when closed while %s', async (when) => {
    const { clock, world, link, handles } = bench(null);
    world.refuses = when === 'refused' ? 'busy' : null;
    world.openingHangs = when === 'opening';
    if (when !== 'absent') world.device = 'a';
    clock.advance(1000);
    const count = handles.length;
    await link.close();
    expect(handles.filter(({ open }) => open)).toEqual([]);
    expect(clock.pendingCount).toBe(0);
    clock.advance(5000);
    expect(handles).toHaveLength(count);
  });

  it('a thousand hang-ups and re-plugs keep one handle and one timer, the look at the path', () => {
    const { clock, world, link, handles } = bench('0');
    for (let n = 1; n <= 1000; n += 1) {
      world.device = String(n);
      if (n % 2 === 0) handles.at(-1)?.hangUp('pulled');
      clock.advance(500);
      expect(link.isOpen).toBe(true);
    }
    expect(handles).toHaveLength(1001);
    expect(handles.filter(({ open }) => open)).toHaveLength(1);
    expect(clock.pendingCount).toBe(1);
  });
});
