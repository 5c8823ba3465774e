import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CardReader } from '../../../../hardware/card-reader/card-reader.ts';
import { openCardReader } from '../../../../hardware/card-reader/open-card-reader.ts';
import { freePort } from '../../../../simulators/broker/process.ts';
import { tornAway } from '../../../../simulators/cards/applet/variants.ts';
import { type Pcscd, pcscdSocket, startPcscd } from '../../../../simulators/cards/reader/pcscd.ts';
import { VpcdCard } from '../../../../simulators/cards/reader/vpcd-card.ts';
import { SystemClock } from '../../../../src/core/clock.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import { emptied, expectWholeCard, issue, laidCard, read } from '../whole-card.ts';

// Every byte of a virtual citizen card through the driver, libpcsclite, the real pcscd and its virtual reader.
const folder = mkdtempSync(join(tmpdir(), 'letan-pcsc-card-'));
const clock = new SystemClock();
let port = 0;
let pcscd: Pcscd;
let reader: CardReader;
const laid: VpcdCard[] = [];

const start = async () => {
  pcscd = await startPcscd({ folder, name: 'Letan card reader', port });
};
async function lay(card: ReturnType<typeof issue>): Promise<VpcdCard> {
  const lying = new VpcdCard({ card, clock, port });
  laid.push(lying);
  await lying.put();
  return lying;
}

beforeAll(async () => {
  // libpcsclite reads it once, before its first call.
  process.env.PCSCLITE_CSOCK_NAME = pcscdSocket(folder);
  port = await freePort();
  await start();
});
beforeEach(() => {
  reader = openCardReader({ kind: 'pcsc', name: 'Letan' }, { clock, logger: silentLogger });
  reader.seek(true);
});
afterEach(async () => {
  for (const card of laid.splice(0)) card.take();
  await emptied(reader);
  await reader.close();
});
afterAll(async () => {
  await pcscd.end();
  rmSync(folder, { recursive: true, force: true });
});

describe('a citizen card in a PC/SC reader', () => {
  it('is read and checked, portrait and all', async () => {
    await lay(issue());
    expectWholeCard(await read(await laidCard(reader)));
  });

  it('torn away in the middle: cardRemoved; laid down again, it is read', async () => {
    const torn = issue(tornAway(9));
    const lying = await lay(torn);
    expect(await read(await laidCard(reader))).toMatchObject({ kind: 'failed', failure: 'cardRemoved' });
    torn.tearAwayAfter(null);
    // pcscd looks every 400 ms: no hand is faster.
    await new Promise<void>((resolve) => clock.after(600, resolve));
    await lying.put();
    expectWholeCard(await read(await laidCard(reader)));
  });

  it('the service ends in the middle: readerUnplugged; started again, the card is read', async () => {
    const lying = await lay(issue());
    let ending: Promise<void> = Promise.resolve();
    const reading = await read(await laidCard(reader), (stage) => {
      if (stage === 'portrait') ending = pcscd.end();
    });
    expect(reading).toMatchObject({ kind: 'failed', failure: 'readerUnplugged' });
    await ending;
    await start();
    lying.take();
    await lying.put();
    expectWholeCard(await read(await laidCard(reader)));
  });
});
