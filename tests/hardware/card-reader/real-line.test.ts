import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openPn532 } from '../../../hardware/card-reader/pn532.driver.ts';
import { Pn532Simulator } from '../../../simulators/cards/reader/pn532-simulator.ts';
import { PtyPort } from '../../../simulators/pty/pty-port.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { EchoCard, when } from './bench-reader.ts';

// Through serialport and the kernel's own terminals, with a real cable pull (hang-up).
const folder = mkdtempSync(join(tmpdir(), 'letan-reader-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const clock = new SystemClock();
const select = Uint8Array.from(Buffer.from('00a4040c07a0000002471001', 'hex'));

describe('a PN532 at a kernel terminal', () => {
  it('finds a card, exchanges short and long APDUs, survives the card torn away and the cable pulled, plugs again', async () => {
    const port = new PtyPort({ folder, name: 'reader' });
    const simulator = new Pn532Simulator({ transport: port, clock, random: new SeededRandom(7) });
    const reader = openPn532({ path: join(folder, 'reader'), baudRate: 115200, clock, logger: silentLogger });
    const becomes = (kind: string) => when(reader.presenceChanged, (presence) => presence.kind === kind);
    try {
      expect(reader.status).toMatchObject({ status: 'offline', error: { code: 'CARD_READER_OFFLINE' } });
      const ready = when(reader.statusChanged, ({ status }) => status === 'ready');
      simulator.plug();
      await ready;
      const card = new EchoCard();
      const take = simulator.put({ kind: 'chip', type: 'A', card });
      const found = becomes('card');
      reader.seek(true);
      const first = await found;
      if (first.kind !== 'card') throw new Error('no card');
      expect(await first.card.transceive(select)).toEqual({ kind: 'answered', response: Uint8Array.from([...select, 0x90, 0x00]) });
      const long = Uint8Array.from({ length: 3000 }, (_, at) => at % 256);
      expect(await first.card.transceive(long)).toEqual({ kind: 'answered', response: Uint8Array.from([...long, 0x90, 0x00]) });

      card.answer = () => {
        take();
        return new Promise(() => {});
      };
      expect(await first.card.transceive(select)).toEqual({ kind: 'failed', failure: 'cardRemoved' });
      expect(reader.presence).toEqual({ kind: 'none' });

      card.answer = null;
      const again = becomes('card');
      simulator.put({ kind: 'chip', type: 'A', card });
      const second = await again;
      if (second.kind !== 'card') throw new Error('no card');
      card.answer = () => {
        simulator.unplug();
        return new Promise(() => {});
      };
      const gone = when(reader.statusChanged, ({ status }) => status === 'offline');
      expect(await second.card.transceive(select)).toEqual({ kind: 'failed', failure: 'readerUnplugged' });
      expect(await gone).toMatchObject({ error: { code: 'CARD_READER_OFFLINE' } });

      card.answer = null;
      const back = becomes('card');
      simulator.plug();
      const third = await back;
      expect(third.kind === 'card' && (await third.card.transceive(select))).toMatchObject({ kind: 'answered' });
    } finally {
      await reader.close();
      simulator.unplug();
    }
  });
});
