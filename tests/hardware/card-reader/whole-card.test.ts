import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CardReader } from '../../../hardware/card-reader/card-reader.ts';
import { openCardReader } from '../../../hardware/card-reader/open-card-reader.ts';
import { tornAway } from '../../../simulators/cards/applet/variants.ts';
import { Pn532Simulator } from '../../../simulators/cards/reader/pn532-simulator.ts';
import { PtyPort } from '../../../simulators/pty/pty-port.ts';
import { SystemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { expectWholeCard, issue, laidCard, read } from './whole-card.ts';

// Every byte of a virtual citizen card through the driver, serialport, a kernel terminal and a simulated PN532.
const folder = mkdtempSync(join(tmpdir(), 'letan-card-'));
const clock = new SystemClock();
let simulator: Pn532Simulator;
let reader: CardReader;

beforeEach(() => {
  simulator = new Pn532Simulator({ transport: new PtyPort({ folder, name: 'reader' }), clock, random: new SeededRandom(1) });
  simulator.plug();
  reader = openCardReader({ kind: 'pn532', path: join(folder, 'reader'), baudRate: 115200 }, { clock, logger: silentLogger });
  reader.seek(true);
});
afterEach(async () => {
  await reader.close();
  simulator.unplug();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a citizen card on a PN532', () => {
  it.each(['A', 'B'] as const)('of type %s is read and checked, portrait and all', async (type) => {
    simulator.put({ kind: 'chip', type, card: issue() });
    expectWholeCard(await read(await laidCard(reader)));
  });

  it.each([3, 9, 14])('torn away after %i commands: cardRemoved; laid down again, it is read', async (afterCommands) => {
    const torn = issue(tornAway(afterCommands));
    const take = simulator.put({ kind: 'chip', type: 'A', card: torn });
    expect(await read(await laidCard(reader))).toMatchObject({ kind: 'failed', failure: 'cardRemoved' });
    take();
    torn.tearAwayAfter(null);
    simulator.put({ kind: 'chip', type: 'A', card: torn });
    expectWholeCard(await read(await laidCard(reader)));
  });

  it.each(['opening', 'reading', 'portrait', 'checking'] as const)(
    'the cable pulled while %s: readerUnplugged; plugged again, the card is read',
    async (unpluggedAt) => {
      simulator.put({ kind: 'chip', type: 'A', card: issue() });
      const reading = await read(await laidCard(reader), (stage) => {
        if (stage === unpluggedAt) simulator.unplug();
      });
      expect(reading).toMatchObject({ kind: 'failed', failure: 'readerUnplugged' });
      simulator.plug();
      expectWholeCard(await read(await laidCard(reader)));
    },
  );

  it('a field that fails in the middle: weakField; in a good one, the card is read', async () => {
    simulator.put({ kind: 'chip', type: 'A', card: issue() });
    const reading = await read(await laidCard(reader), (stage) => {
      if (stage === 'portrait') simulator.field.errorRate = 1;
    });
    expect(reading).toMatchObject({ kind: 'failed', failure: 'weakField' });
    simulator.field.errorRate = 0;
    expectWholeCard(await read(await laidCard(reader)));
  });

  it('damaged and repeated frames on the line do not disturb a read', async () => {
    simulator.put({ kind: 'chip', type: 'A', card: issue() });
    const card = await laidCard(reader);
    const reading = await read(card, () => void simulator.faults.push('damageAnswer', 'repeat', 'loseAck', 'tearAnswer', 'loseCommand'));
    expectWholeCard(reading);
  });
});
