import { join } from 'node:path';
import type { PresentCard } from '../../../hardware/card-reader/card-reader.ts';
import { openPn532 } from '../../../hardware/card-reader/pn532.driver.ts';
import { Pn532Simulator } from '../../../simulators/cards/reader/pn532-simulator.ts';
import { PtyPort } from '../../../simulators/pty/pty-port.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { EchoCard } from '../../hardware/card-reader/bench-reader.ts';
import { type HotPart, rest, type Surroundings, suddenly } from './part.ts';

const command = Uint8Array.from({ length: 400 }, (_, at) => at % 256);

/** A PN532 with a card on it: asleep, looking for cards, or in the middle of an exchange. */
export function readerPart({ folder, random }: Surroundings): HotPart {
  const clock = new SystemClock();
  const port = new PtyPort({ folder, name: 'reader', hangUpAfterMs: suddenly(random) });
  const simulator = new Pn532Simulator({ transport: port, clock, random });
  simulator.field.processingMs = 5;
  const driver = openPn532({ path: join(folder, 'reader'), baudRate: 115_200, clock, logger: silentLogger });
  const seek = async () => driver.seek(true);
  /** One exchange after the other until one fails. */
  const exchange = async (card: PresentCard) => {
    for (;;) {
      const { kind } = await card.transceive(command);
      if (kind === 'failed') return;
    }
  };
  const card = new EchoCard();
  const read = async () => {
    card.heard.length = 0;
    const take = simulator.put({ kind: 'chip', type: 'A', card });
    const unplugged = new Promise<null>((resolve) => {
      const stop = driver.statusChanged.on(({ status }) => {
        if (status !== 'offline') return;
        stop();
        resolve(null);
      });
    });
    const found = new Promise<PresentCard>((resolve) => {
      const stop = driver.presenceChanged.on((presence) => {
        if (presence.kind !== 'card') return;
        stop();
        resolve(presence.card);
      });
      void unplugged.then(stop);
    });
    driver.seek(true);
    const present = await Promise.race([found, unplugged]);
    if (present) await exchange(present);
    await unplugged;
    take();
  };
  const stopSeeking = async (work: () => Promise<void>) => {
    await work();
    driver.seek(false);
  };
  return {
    name: 'card reader',
    driver,
    works: [
      { ...rest, begin: () => stopSeeking(() => Promise.resolve()) },
      { name: 'seeking', lastsMs: 300, begin: seek },
      { name: 'reading', lastsMs: 900, begin: () => stopSeeking(read) },
    ],
    restMs: 200,
    plug: () => simulator.plug(),
    unplug: () => simulator.unplug(),
    listeners: () => driver.statusChanged.listenerCount + driver.presenceChanged.listenerCount,
    close: async () => {
      await driver.close();
      simulator.unplug();
    },
  };
}
