import { beforeAll, describe, expect, it } from 'vitest';
import { loadDrawing } from '../../../hardware/printer/compile.ts';
import { EscposPrinter } from '../../../hardware/printer/printer.driver.ts';
import { type PrinterProfileName, printerProfileNames, printerProfiles } from '../../../hardware/printer/profiles.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { settle, setUpBench } from './bench-printer.ts';
import { readQr } from './pictures.ts';
import { sampleTicket } from './sample-papers.ts';

// Every profile: whatever stopped a ticket, and wherever, nothing of it prints as a ticket afterwards, and the next one is whole.
const next = { processId: 'N001', lines: [{ kind: 'text', text: 'next one', size: 'small', align: 'left' } as const] };
/** Running, without moving the clock. */
const started = (work: Promise<void>): Promise<void> => {
  work.catch(() => {});
  return work;
};
const rejected = (code: string) => ({ thrown: expect.objectContaining({ code }) });
/** Rule, "VOID" and one line, measured on the simulated paper with their feed to the blade. */
const markDots = 300;

/** What may come out after the fault: nothing from a printer that can be emptied; a scrap marked void from one that cannot. */
async function expectNoTicket(profile: PrinterProfileName, papers: { lines: string[]; heightDots: number; cut: boolean; png: Buffer }[]) {
  if (printerProfiles[profile].clearing === 'realTime') return expect(papers).toEqual([]);
  expect(papers.length).toBeLessThanOrEqual(1);
  for (const paper of papers) {
    expect(paper.cut).toBe(true);
    expect(paper.lines).toContain('VOID');
    // One line that is higher than the window may be whole: the number, 168 dots.
    expect(paper.heightDots - markDots).toBeLessThanOrEqual(168);
    expect(await readQr(paper.png)).toBeNull();
  }
}

// Loading takes time that the simulated clock does not see.
beforeAll(() => loadDrawing());

describe.each(printerProfileNames)('%s', (profile) => {
  it.each([0, 1, 60, 110, 150, 210, 290, 330, 410, 480, 560, 640, 700])('paper ends after %i dot lines of the ticket', async (dotLines) => {
    const { clock, printer, simulator } = await setUpBench({ profile, speedMmS: 150, cutMs: 200 });
    simulator.paperOutAfter(dotLines);
    expect(await settle(clock, printer.print({ processId: 'T001', ...sampleTicket('vi') }))).toEqual(rejected('PRINTER_PAPER_END'));
    expect(printer.status).toMatchObject({ status: 'faulty', error: { code: 'PRINTER_PAPER_END' } });
    await clock.advanceAsync(3000);
    simulator.paperIn();
    const torn = simulator.papers.length;
    await clock.advanceAsync(4000);
    await expectNoTicket(profile, simulator.papers.slice(torn));
    expect(printer.status).toEqual({ status: 'ready' });
    const before = simulator.papers.length;
    expect(await settle(clock, printer.print(next))).toEqual({ value: undefined });
    expect(simulator.papers.slice(before).map(({ lines }) => lines)).toEqual([['next one']]);
    await clock.advanceAsync(3000);
    expect(simulator.papers).toHaveLength(before + 1);
    expect([simulator.waiting, simulator.lostBytes, simulator.unknownCommands]).toEqual([0, 0, 0]);
    await printer.close();
  });

  it.each([100, 300, 500])('cover opened after %i ms', async (afterMs) => {
    const { clock, printer, simulator } = await setUpBench({ profile, speedMmS: 150 });
    const printing = started(printer.print({ processId: 'T001', ...sampleTicket('ko') }));
    await clock.advanceAsync(afterMs);
    simulator.setCoverOpen(true);
    expect(await settle(clock, printing)).toEqual(rejected('PRINTER_COVER_OPEN'));
    simulator.setCoverOpen(false);
    await clock.advanceAsync(4000);
    expect(await settle(clock, printer.print(next))).toEqual({ value: undefined });
    expect(simulator.papers.at(-1)?.lines).toEqual(['next one']);
    // The torn part was cut off on its own, and nobody takes it for a ticket.
    expect(simulator.papers.slice(0, -1).map(({ lines }) => lines.at(-1))).toEqual(['VOID']);
    await printer.close();
  });

  it('cutter jams: rejected; once cleared, the printer recovers and the next is whole', async () => {
    const { clock, printer, simulator } = await setUpBench({ profile });
    simulator.jamCutter();
    expect(await settle(clock, printer.print({ processId: 'K001', ...sampleTicket('en') }))).toEqual(rejected('PRINTER_CUTTER'));
    simulator.clearCutter();
    await clock.advanceAsync(16_000);
    expect(printer.status).toEqual({ status: 'ready' });
    expect(await settle(clock, printer.print(next))).toEqual({ value: undefined });
    expect(simulator.papers.at(-1)?.lines).toEqual(['next one']);
    await printer.close();
  });

  it.each([60, 300, 550])('cable pulled after %i ms: unknown; plugged in again, nothing old prints as a ticket', async (afterMs) => {
    const { clock, cable, printer, simulator } = await setUpBench({ profile, speedMmS: 150 });
    const printing = started(printer.print({ processId: 'T001', ...sampleTicket('vi') }));
    await clock.advanceAsync(afterMs);
    cable.unplug();
    expect(await settle(clock, printing)).toEqual(rejected('PRINTER_UNKNOWN_OUTCOME'));
    expect(await settle(clock, printer.print(next))).toEqual(rejected('PRINTER_OFFLINE'));
    await clock.advanceAsync(500);
    // Without a cable the printer goes on with what it has.
    const before = simulator.papers.length;
    cable.plug();
    await clock.advanceAsync(5000);
    expect(printer.status).toEqual({ status: 'ready' });
    expect(await settle(clock, printer.print(next))).toEqual({ value: undefined });
    expect(simulator.papers.at(-1)?.lines).toEqual(['next one']);
    expect(simulator.papers.slice(before, -1).map(({ lines }) => lines.at(-1))).toEqual(['VOID']);
    await printer.close();
  });

  it('starts on a printer that holds the ticket of an earlier run, out of paper', async () => {
    const first = await setUpBench({ profile, speedMmS: 150 });
    first.simulator.paperOutAfter(200);
    const printing = started(first.printer.print({ processId: 'T001', ...sampleTicket('vi') }));
    await first.clock.advanceAsync(100);
    // The program dies: nothing more is heard of it.
    first.cable.unplug();
    await settle(first.clock, printing);
    await first.printer.close();
    first.cable.plug();
    const { clock, cable, simulator } = first;
    const second = new EscposPrinter({ link: cable, profile: first.profile, clock, logger: silentLogger });
    await clock.advanceAsync(3000);
    simulator.paperIn();
    const torn = simulator.papers.length;
    await clock.advanceAsync(5000);
    await expectNoTicket(profile, simulator.papers.slice(torn));
    expect(await settle(clock, second.print(next))).toEqual({ value: undefined });
    expect(simulator.papers.at(-1)?.lines).toEqual(['next one']);
    await second.close();
  });
});
