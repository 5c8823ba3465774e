import { describe, expect, it } from 'vitest';
import { type PortHandle, SerialDevice } from '../../../hardware/serial/serial-device.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { type Logger, silentLogger } from '../../../src/core/logger.ts';

/** A port whose fate the test decides; every opening makes a new handle, as with serialport. */
function bench(present: { now: boolean }) {
  const clock = new SimulatedClock();
  const openedAtMs: number[] = [];
  const handles: { close: (reason: string) => void; data: (bytes: Uint8Array) => void; open: boolean }[] = [];
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (_, message) => warnings.push(message) };
  const createPort = (): PortHandle => {
    let onClose: (reason: string) => void = () => {};
    let onData: (bytes: Uint8Array) => void = () => {};
    const handle = { close: (reason: string) => onClose(reason), data: (bytes: Uint8Array) => onData(bytes), open: false };
    return {
      open: (done) => {
        openedAtMs.push(clock.monotonicMs());
        handle.open = present.now;
        if (present.now) handles.push(handle);
        done(present.now ? null : new Error('no such file'));
      },
      close: (done) => {
        handle.open = false;
        done(null);
        onClose('closed');
      },
      write: (_, done) => done(present.now ? null : new Error('gone')),
      onData: (listener) => {
        onData = listener;
      },
      onClose: (listener) => {
        onClose = listener;
      },
    };
  };
  const device = new SerialDevice({ path: 'port', baudRate: 9600, clock, logger, createPort });
  return { clock, device, openedAtMs, handles, warnings };
}

describe('SerialDevice', () => {
  it('tries on with growing pauses, never longer than a second, and logs once', () => {
    const { clock, openedAtMs, warnings } = bench({ now: false });
    clock.advance(4000);
    expect(openedAtMs).toEqual([0, 100, 350, 850, 1850, 2850, 3850]);
    expect(warnings).toEqual(['serial port cannot be opened; trying on']);
  });

  it('comes back after a lost line and forgets the old handle', async () => {
    const present = { now: true };
    const { clock, device, handles } = bench(present);
    const seen: string[] = [];
    device.opened.on(() => seen.push('opened'));
    device.closed.on((reason) => seen.push(`closed: ${reason}`));
    device.received.on((bytes) => seen.push(`received ${bytes.length}`));
    handles[0]?.close('hang-up');
    await expect(device.write(Uint8Array.from([1]))).rejects.toMatchObject({ code: 'CANCELLED' });
    clock.advance(100);
    expect(device.isOpen).toBe(true);
    handles[0]?.data(Uint8Array.from([1, 2, 3]));
    handles[1]?.data(Uint8Array.from([1]));
    handles[0]?.close('late echo of the old handle');
    expect(seen).toEqual(['closed: hang-up', 'opened', 'received 1']);
    expect(device.isOpen).toBe(true);
  });

  it('leaves no timer and no open port behind', async () => {
    const present = { now: true };
    const { clock, device, handles } = bench(present);
    await device.close();
    expect(handles.map((handle) => handle.open)).toEqual([false]);
    clock.advance(5000);
    expect(handles).toHaveLength(1);
    expect(clock.pendingCount).toBe(0);
    const absent = bench({ now: false });
    await absent.device.close();
    expect(absent.clock.pendingCount).toBe(0);
  });

  it('a thousand re-plugs keep one handle and no timers', () => {
    const { clock, device, handles } = bench({ now: true });
    for (let n = 0; n < 1000; n += 1) {
      handles.at(-1)?.close('pulled');
      clock.advance(100);
    }
    expect(handles).toHaveLength(1001);
    expect(device.isOpen).toBe(true);
    expect(clock.pendingCount).toBe(0);
  });
});
