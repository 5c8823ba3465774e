import { join } from 'node:path';
import { openPrinter } from '../../../hardware/printer/printer.driver.ts';
import { PrinterSimulator } from '../../../simulators/printer/printer-simulator.ts';
import { PtyPort } from '../../../simulators/pty/pty-port.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { sampleTicket } from '../../hardware/printer/sample-papers.ts';
import { type HotPart, rest, type Surroundings, suddenly } from './part.ts';

/** An Epson TM that takes its time over paper, with supply of its own: after a re-plug the rest of a paper is still in it. */
export function printerPart({ folder, random }: Surroundings): HotPart {
  const clock = new SystemClock();
  const port = new PtyPort({ folder, name: 'printer', hangUpAfterMs: suddenly(random) });
  const simulator = new PrinterSimulator({ transport: port, clock, widthDots: 576, speedMmS: 200 });
  const driver = openPrinter({ path: join(folder, 'printer'), baudRate: 115_200, profile: 'epson-80mm', clock, logger: silentLogger });
  const { lines } = sampleTicket('vi');
  let job = 0;
  const print = () => {
    job += 1;
    return driver.print({ processId: `J${String(job % 1000).padStart(3, '0')}`, lines });
  };
  return {
    name: 'printer',
    driver,
    works: [rest, { name: 'printing', lastsMs: 900, begin: print }],
    restMs: 200,
    plug: () => port.plug(),
    unplug: () => port.unplug(),
    listeners: () => driver.statusChanged.listenerCount + simulator.printed.listenerCount,
    close: async () => {
      await driver.close();
      port.unplug();
    },
  };
}
