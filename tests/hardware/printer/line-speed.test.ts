import { beforeAll, describe, expect, it } from 'vitest';
import { loadDrawing } from '../../../hardware/printer/compile.ts';
import type { DeviceStatus } from '../../../src/core/device.ts';
import { settle, setUpBench } from './bench-printer.ts';
import { sampleTicket } from './sample-papers.ts';

beforeAll(() => loadDrawing());

describe.each(['epson-80mm', 'clone-58mm'] as const)('%s', (profile) => {
  it.each([9600, 38_400, 115_200])(
    'at %i baud: a ticket is printed, nothing is lost, and the printer never seems gone',
    async (baudRate) => {
      const { clock, printer, simulator } = await setUpBench({ profile, baudRate, speedMmS: 150, cutMs: 200 });
      await clock.advanceAsync(2000);
      expect(printer.status).toEqual({ status: 'ready' });
      const changes: DeviceStatus[] = [];
      printer.statusChanged.on((status) => changes.push(status));
      expect(await settle(clock, printer.print({ processId: 'T001', ...sampleTicket('vi') }))).toEqual({ value: undefined });
      await clock.advanceAsync(3000);
      expect(changes).toEqual([]);
      expect([simulator.papers.length, simulator.lostBytes, simulator.unknownCommands]).toEqual([1, 0, 0]);
      await printer.close();
    },
  );

  it('at 9600 baud: the paper ends in the ticket, and nothing old prints as a ticket after the refill', async () => {
    const { clock, printer, simulator } = await setUpBench({ profile, baudRate: 9600, speedMmS: 150, cutMs: 200 });
    await clock.advanceAsync(2000);
    simulator.paperOutAfter(300);
    const outcome = await settle(clock, printer.print({ processId: 'T001', ...sampleTicket('vi') }));
    expect(outcome).toEqual({ thrown: expect.objectContaining({ code: 'PRINTER_PAPER_END' }) });
    simulator.paperIn();
    const torn = simulator.papers.length;
    await clock.advanceAsync(15_000);
    expect(simulator.papers.slice(torn).every(({ lines }) => lines.at(-1) === 'VOID')).toBe(true);
    expect(simulator.lostBytes).toBe(0);
    const next = await settle(
      clock,
      printer.print({ processId: 'T002', lines: [{ kind: 'text', text: 'next', size: 'small', align: 'left' }] }),
    );
    expect(next).toEqual({ value: undefined });
    expect(simulator.papers.at(-1)?.lines).toEqual(['next']);
    await printer.close();
  });
});
