import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openPrinter } from '../../../hardware/printer/printer.driver.ts';
import { openQrScanner } from '../../../hardware/qr-scanner/qr-scanner.driver.ts';
import { PrinterSimulator } from '../../../simulators/printer/printer-simulator.ts';
import { PtyPort } from '../../../simulators/pty/pty-port.ts';
import { ScannerSimulator } from '../../../simulators/scanner/scanner-simulator.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import type { Signal } from '../../../src/core/signal.ts';
import { readQr } from '../printer/pictures.ts';
import { sampleTicket, ticket } from '../printer/sample-papers.ts';

// Through serialport and the kernel's own terminals, with a real cable pull (hang-up).
const folder = mkdtempSync(join(tmpdir(), 'letan-line-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const clock = new SystemClock();
const logger = silentLogger;

/** Resolves at the first value that fits; the test's own time limit is the deadline. */
function when<T>(signal: Signal<T>, fits: (value: T) => boolean): Promise<T> {
  return new Promise((resolve) => {
    const stop = signal.on((value) => {
      if (!fits(value)) return;
      stop();
      resolve(value);
    });
  });
}

const isReady = ({ status }: { status: string }) => status === 'ready';

describe('over a kernel terminal', () => {
  it('prints a ticket, survives a re-plug, prints again', async () => {
    const port = new PtyPort({ folder, name: 'printer' });
    port.plug();
    const simulator = new PrinterSimulator({ transport: port, clock, widthDots: 576, speedMmS: null });
    const printer = openPrinter({ path: join(folder, 'printer'), baudRate: 115200, profile: 'epson-80mm', clock, logger });
    try {
      await when(printer.statusChanged, isReady);
      const { lines } = sampleTicket('vi');
      await printer.print({ processId: 'R001', lines });
      expect(simulator.unknownCommands).toBe(0);
      expect(await readQr(simulator.papers[0]?.png ?? Buffer.alloc(0))).toBe(ticket.ticketId);

      const lost = when(printer.statusChanged, ({ status }) => status === 'offline');
      port.unplug();
      await lost;
      await expect(printer.print({ processId: 'R002', lines })).rejects.toMatchObject({ code: 'PRINTER_OFFLINE' });
      const back = when(printer.statusChanged, isReady);
      port.plug();
      await back;
      await printer.print({ processId: 'R003', lines });
      expect(simulator.papers).toHaveLength(2);
      expect(simulator.papers[1]?.png.equals(simulator.papers[0]?.png ?? Buffer.alloc(0))).toBe(true);
    } finally {
      await printer.close();
      port.unplug();
    }
  });

  it('scans a card, waits for a scanner that is not there yet', async () => {
    const port = new PtyPort({ folder, name: 'scanner' });
    const scanner = openQrScanner({ path: join(folder, 'scanner'), baudRate: 115200 }, { clock, logger });
    try {
      expect(scanner.status).toMatchObject({ status: 'offline', error: { code: 'SCANNER_OFFLINE' } });
      const ready = when(scanner.statusChanged, isReady);
      port.plug();
      await ready;
      const card = '001099012345|123456789|Lê Thử Nghiệm|01011999|Nam|Số 1 phố Thử, Hà Nội|02022021';
      const code = when(scanner.scanned, () => true);
      new ScannerSimulator({ transport: port, aimPrefix: true, suffix: '\r\n' }).scan(card);
      expect(await code).toBe(card);
    } finally {
      await scanner.close();
      port.unplug();
    }
  });
});
