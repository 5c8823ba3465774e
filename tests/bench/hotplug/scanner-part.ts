import { join } from 'node:path';
import { openQrScanner } from '../../../hardware/qr-scanner/qr-scanner.driver.ts';
import { PtyPort } from '../../../simulators/pty/pty-port.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { type HotPart, rest, type Surroundings, suddenly } from './part.ts';

const code = new TextEncoder().encode('001099012345|123456789|Lê Thử Nghiệm|01011999|Nam|Số 1 phố Thử, Hà Nội|02022021\r');

/** A serial scanner: idle, or in the middle of a code. */
export function scannerPart({ folder, random }: Surroundings): HotPart {
  const port = new PtyPort({ folder, name: 'scanner', hangUpAfterMs: suddenly(random) });
  const parts = { clock: new SystemClock(), logger: silentLogger };
  const driver = openQrScanner({ path: join(folder, 'scanner'), baudRate: 115_200 }, parts);
  const scan = (bytes: Uint8Array) => {
    port.write(bytes);
    return Promise.resolve();
  };
  return {
    name: 'QR scanner',
    driver,
    works: [
      rest,
      { name: 'a code', lastsMs: 20, begin: () => scan(code) },
      { name: 'half a code', lastsMs: 20, begin: () => scan(code.subarray(0, 40)) },
    ],
    restMs: 300,
    plug: () => port.plug(),
    unplug: () => port.unplug(),
    listeners: () => driver.statusChanged.listenerCount + driver.scanned.listenerCount,
    close: async () => {
      await driver.close();
      port.unplug();
    },
  };
}
