import { join } from 'node:path';
import { t } from '../../../config/texts/texts.ts';
import { openPrinter } from '../../../hardware/printer/printer.driver.ts';
import { type PrinterProfileName, printerProfiles } from '../../../hardware/printer/profiles.ts';
import { ticketPaper } from '../../../hardware/printer/ticket.ts';
import { modelOf } from '../../../simulators/printer/model.ts';
import { PacedLine } from '../../../simulators/printer/paced-line.ts';
import { PrinterSimulator } from '../../../simulators/printer/printer-simulator.ts';
import { PtyPort } from '../../../simulators/pty/pty-port.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import type { TicketRequest } from '../../../src/queue/ticket-desk.ts';
import { site } from '../../hardware/printer/sample-papers.ts';
import { clock, type RobotSide, until } from '../queue/robot-side.ts';

export const baudRate = 115_200;
/** Paper speed and blade of an entry-level printer (TM-T20: 150 mm/s). */
export const speedMmS = 150;
export const cutMs = 200;

/** From the greeting to the choice of a service; nobody is faster. */
const greetingMs = 2000;

export interface PrintTimes {
  /** From asking the queue server to the printer's confirmation, ms. */
  reserveToConfirmedMs: number[];
  /** From the queue server's reply to the paper's first byte on the printer's line, ms. */
  replyToFirstByteMs: number[];
}

/** ESC @, with which every paper begins. */
const begins = (bytes: Uint8Array) => bytes.some((value, at) => value === 0x1b && bytes[at + 1] === 0x40);

/**
 * Vietnamese tickets of the real link and driver, over serialport and a pseudo-terminal that carries 11,520 bytes a second, on the
 * simulated printer with its paper speed, one after the other.
 */
export async function measureTimes(robot: RobotSide, folder: string, profile: PrinterProfileName, count: number): Promise<PrintTimes> {
  const port = new PtyPort({ folder, name: profile });
  port.plug();
  const { widthDots } = printerProfiles[profile];
  const line = new PacedLine(port, { clock, baudRate });
  const simulator = new PrinterSimulator({ transport: line, clock, widthDots, model: modelOf(profile), speedMmS, cutMs });
  const printer = openPrinter({ path: join(folder, profile), baudRate, profile, clock, logger: silentLogger });
  let firstByteMs: number | null = null;
  const stop = port.onData((bytes) => {
    if (begins(bytes)) firstByteMs ??= clock.monotonicMs();
  });
  const times: PrintTimes = { reserveToConfirmedMs: [], replyToFirstByteMs: [] };
  try {
    await until(profile, () => printer.status.status === 'ready');
    // As the greeting does.
    printer.prepare('vi');
    // What it is set up with when it appears begins like a paper.
    await new Promise<void>((resolve) => void clock.after(greetingMs, resolve));
    for (let index = 0; index < count; index += 1) {
      const wish: TicketRequest = {
        visitId: `${profile}-${index}`,
        serviceId: 'certification',
        followedBy: [],
        priorityClass: 'none',
        language: 'vi',
      };
      const startMs = clock.monotonicMs();
      const ticket = await robot.link.reserveTicket(wish);
      const replyMs = clock.monotonicMs();
      firstByteMs = null;
      await printer.print({ processId: String(index).padStart(4, '0'), ...ticketPaper(ticket, site('vi'), t) });
      times.reserveToConfirmedMs.push(clock.monotonicMs() - startMs);
      times.replyToFirstByteMs.push((firstByteMs ?? Number.NaN) - replyMs);
      await robot.link.commitTicket(ticket.ticketId);
    }
    if (simulator.lostBytes + simulator.unknownCommands > 0) throw new Error(`${profile}: the printer lost or did not understand bytes`);
    return times;
  } finally {
    stop();
    await printer.close();
    port.unplug();
  }
}
