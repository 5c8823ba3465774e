import { describe, expect, it } from 'vitest';
import { printerProfileNames } from '../../../hardware/printer/profiles.ts';
import { settle, setUpBench } from './bench-printer.ts';

const offline = { status: 'offline', error: { code: 'PRINTER_OFFLINE' } };
const faulty = { status: 'faulty', error: { code: 'DEVICE_FAULTY' } };
const job = { processId: 'T001', lines: [{ kind: 'text', text: 'on paper', size: 'small', align: 'left' } as const] };

describe.each(printerProfileNames)('is it there? (%s)', (profile) => {
  it('a line that tells its loss: offline at once', async () => {
    const { clock, cable, printer } = await setUpBench({ profile });
    cable.unplug();
    expect(printer.status).toMatchObject(offline);
    cable.plug();
    await clock.advanceAsync(1000);
    expect(printer.status).toEqual({ status: 'ready' });
    await printer.close();
  });

  it.each([0, 100, 299])(
    'a hang-up that nobody reports, %i ms after a question: offline within a second, ready within one',
    async (afterMs) => {
      const { clock, printer, simulator } = await setUpBench({ profile });
      await clock.advanceAsync(250 + afterMs);
      simulator.setUnpowered(true);
      await clock.advanceAsync(1000);
      expect(printer.status).toMatchObject(offline);
      simulator.setUnpowered(false);
      await clock.advanceAsync(1000);
      expect(printer.status).toEqual({ status: 'ready' });
      expect(await settle(clock, printer.print(job))).toEqual({ value: undefined });
      await printer.close();
    },
  );

  it('silent in the middle of a ticket: unknown within two seconds, not after a deadline', async () => {
    const { clock, printer, simulator } = await setUpBench({ profile, speedMmS: 100 });
    const started = clock.monotonicMs();
    const printing = printer.print({ ...job, lines: Array.from({ length: 30 }, () => job.lines[0] ?? { kind: 'rule' as const }) });
    printing.catch(() => {});
    await clock.advanceAsync(100);
    simulator.setUnpowered(true);
    expect(await settle(clock, printing)).toEqual({ thrown: expect.objectContaining({ code: 'PRINTER_UNKNOWN_OUTCOME' }) });
    expect(clock.monotonicMs() - started).toBeLessThan(2000);
    await printer.close();
  });

  it('nonsense makes it faulty within a second, and it heals', async () => {
    const { clock, cable, printer, simulator } = await setUpBench({ profile });
    simulator.setUnpowered(true);
    for (let n = 0; n < 100; n += 1) {
      cable.received.emit(Uint8Array.from([0xff, 0x80 + n, 0xc3]));
      await clock.advanceAsync(10);
    }
    expect(printer.status).toMatchObject(faulty);
    expect(await settle(clock, printer.print(job))).toMatchObject({ thrown: expect.objectContaining({ code: 'PRINTER_OFFLINE' }) });
    simulator.setUnpowered(false);
    await clock.advanceAsync(2500);
    expect(printer.status).toEqual({ status: 'ready' });
    await printer.close();
  });

  it('a thousand plugs leave no listener and no timer behind', async () => {
    const { clock, cable, printer } = await setUpBench({ profile });
    const count = () =>
      [cable.opened, cable.closed, cable.received].reduce((sum, signal) => sum + signal.listenerCount, 0) + clock.pendingCount;
    await clock.advanceAsync(3000);
    const before = count();
    for (let cycle = 0; cycle < 1000; cycle += 1) {
      if (cycle % 10 === 0) printer.print(job).catch(() => {});
      cable.unplug();
      await clock.advanceAsync(10);
      cable.plug();
      await clock.advanceAsync(10);
    }
    await clock.advanceAsync(6000);
    expect(printer.status).toEqual({ status: 'ready' });
    expect(count()).toBe(before);
    expect(await settle(clock, printer.print(job))).toEqual({ value: undefined });
    await printer.close();
    expect([cable.opened, cable.closed, cable.received].map((signal) => signal.listenerCount)).toEqual([0, 0, 0]);
  });
});

describe('another printer than the profile says', () => {
  it('a clone behind the Epson profile: faulty with a hint at the profile, nothing printed', async () => {
    const { clock, printer, simulator } = await setUpBench({ profile: 'epson-80mm', model: 'clone' });
    await clock.advanceAsync(3000);
    expect(printer.status).toMatchObject({ ...faulty, error: { code: 'DEVICE_FAULTY', detail: expect.stringContaining('epson-80mm') } });
    expect(await settle(clock, printer.print(job))).toMatchObject({ thrown: expect.objectContaining({ code: 'PRINTER_OFFLINE' }) });
    await clock.advanceAsync(20_000);
    expect(printer.status).toMatchObject(faulty);
    expect(simulator.papers.filter(({ lines }) => lines.includes('on paper'))).toEqual([]);
    await printer.close();
  });

  it('an Epson behind the clone profile serves', async () => {
    const { clock, printer } = await setUpBench({ profile: 'clone-80mm', model: 'epson' });
    expect(await settle(clock, printer.print(job))).toEqual({ value: undefined });
    await printer.close();
  });
});

describe('what the sensors say', () => {
  it.each(printerProfileNames)('%s: cover, paper, heat and offline are told apart within a second', async (profile) => {
    const { clock, printer, simulator } = await setUpBench({ profile });
    const told = async (change: () => void) => {
      change();
      await clock.advanceAsync(1000);
      return printer.status.status === 'ready' ? 'ready' : printer.status.error.code;
    };
    expect(await told(() => simulator.setCoverOpen(true))).toBe('PRINTER_COVER_OPEN');
    expect(await told(() => simulator.setCoverOpen(false))).toBe('ready');
    expect(await told(() => simulator.setOverheated(true))).toBe('PRINTER_OVERHEAT');
    expect(await told(() => simulator.setOverheated(false))).toBe('ready');
    expect(await told(() => simulator.setOffline(true))).toBe('PRINTER_OFFLINE');
    expect(await told(() => simulator.setOffline(false))).toBe('ready');
    expect(await told(() => simulator.setNearEnd(true))).toBe('PRINTER_PAPER_NEAR_END');
    expect(await told(() => simulator.paperOut())).toBe('PRINTER_PAPER_END');
    expect(await told(() => simulator.paperIn())).toBe('ready');
    await printer.close();
  });
});
