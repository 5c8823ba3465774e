import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openPrinter } from '../../../hardware/printer/printer.driver.ts';
import { type PrinterProfileName, printerProfileNames, printerProfiles } from '../../../hardware/printer/profiles.ts';
import { modelOf } from '../../../simulators/printer/model.ts';
import { PacedLine } from '../../../simulators/printer/paced-line.ts';
import { PrinterSimulator } from '../../../simulators/printer/printer-simulator.ts';
import { PtyPort } from '../../../simulators/pty/pty-port.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { readQr } from './pictures.ts';
import { sampleTicket, ticket } from './sample-papers.ts';

// Every profile through serialport and the kernel's terminal, at the speed of a real line and real paper.
const folder = mkdtempSync(join(tmpdir(), 'letan-printer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const clock = new SystemClock();
const baudRate = 115_200;

function plugIn(profile: PrinterProfileName) {
  const port = new PtyPort({ folder, name: profile });
  port.plug();
  const { widthDots } = printerProfiles[profile];
  const transport = new PacedLine(port, { clock, baudRate });
  const simulator = new PrinterSimulator({ transport, clock, widthDots, model: modelOf(profile), speedMmS: 200, cutMs: 100 });
  const printer = openPrinter({ path: join(folder, profile), baudRate, profile, clock, logger: silentLogger });
  const is = (status: string) =>
    new Promise<void>((resolve) => {
      const stop = clock.every(5, () => {
        if (printer.status.status !== status) return;
        stop();
        resolve();
      });
    });
  const end = async () => {
    await printer.close();
    port.unplug();
  };
  return { port, simulator, printer, is, end };
}

describe.each(printerProfileNames)('%s over a kernel terminal', (profile) => {
  it('prints; runs out of paper in a ticket; pulled in another; prints again', async () => {
    const { port, simulator, printer, is, end } = plugIn(profile);
    try {
      await is('ready');
      await printer.print({ processId: 'T001', ...sampleTicket('vi') });
      expect(await readQr(simulator.papers[0]?.png ?? Buffer.alloc(0))).toBe(ticket.ticketId);

      simulator.paperOutAfter(200);
      await expect(printer.print({ processId: 'T002', ...sampleTicket('ko') })).rejects.toMatchObject({ code: 'PRINTER_PAPER_END' });
      simulator.paperIn();
      await is('ready');

      const pulled = expect(printer.print({ processId: 'T003', ...sampleTicket('vi') })).rejects.toMatchObject({
        code: expect.stringMatching(/^PRINTER_(UNKNOWN_OUTCOME|OFFLINE)$/),
      });
      clock.after(150, () => port.unplug());
      await pulled;
      await is('offline');
      port.plug();
      await is('ready');

      await printer.print({ processId: 'T004', ...sampleTicket('en') });
      expect(simulator.papers.at(-1)?.lines).toContain('QUEUE TICKET');
      expect(await readQr(simulator.papers.at(-1)?.png ?? Buffer.alloc(0))).toBe(ticket.ticketId);
      expect(simulator.lostBytes).toBe(0);
    } finally {
      await end();
    }
  });
});
