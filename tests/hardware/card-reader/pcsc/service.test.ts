import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CardPresence, CardReader } from '../../../../hardware/card-reader/card-reader.ts';
import { describeReaders, openCardReader } from '../../../../hardware/card-reader/open-card-reader.ts';
import { PcscService } from '../../../../hardware/card-reader/pcsc-service.ts';
import { freePort } from '../../../../simulators/broker/process.ts';
import { type Pcscd, pcscdSocket, startPcscd } from '../../../../simulators/cards/reader/pcscd.ts';
import { VpcdCard } from '../../../../simulators/cards/reader/vpcd-card.ts';
import { SystemClock } from '../../../../src/core/clock.ts';
import type { DeviceStatus } from '../../../../src/core/device.ts';
import { silentLogger } from '../../../../src/core/logger.ts';
import { EchoCard } from '../bench-reader.ts';

// The real pcscd, with a virtual reader in place of the plastic and the antenna.
const folder = mkdtempSync(join(tmpdir(), 'letan-pcsc-'));
const clock = new SystemClock();
const logger = silentLogger;
const select = Uint8Array.from(Buffer.from('00a4040c07a0000002471001', 'hex'));
const echoed = { kind: 'answered', response: Uint8Array.from([...select, 0x90, 0x00]) };
let port = 0;
let pcscd: Pcscd | null = null;
/** What a test has opened and laid down; put away after it, however it ends. */
const open: CardReader[] = [];
const lying: VpcdCard[] = [];

beforeAll(async () => {
  // libpcsclite reads it once, before its first call.
  process.env.PCSCLITE_CSOCK_NAME = pcscdSocket(folder);
  port = await freePort();
});
afterEach(async () => {
  for (const reader of open.splice(0)) await reader.close();
  for (const card of lying.splice(0)) card.take();
  await untilEmpty();
});
afterAll(async () => {
  await pcscd?.end();
  rmSync(folder, { recursive: true, force: true });
});

const start = async () => {
  pcscd = await startPcscd({ folder, name: 'Letan test reader', port });
};
const end = async () => {
  await pcscd?.end();
  pcscd = null;
};

/** Waits until pcscd has noticed that nothing lies in its readers. */
async function untilEmpty(): Promise<void> {
  const service = new PcscService({ clock, logger });
  await new Promise<void>((resolve) => {
    const look = () => {
      const { state, readers } = service;
      if (state.kind === 'missing' || (readers.size > 0 && [...readers.values()].every(({ cardPresent }) => !cardPresent))) resolve();
    };
    service.changed.on(look);
  });
  await service.close();
}

function openReader(name?: string): CardReader {
  const reader = openCardReader({ kind: 'pcsc', name }, { clock, logger });
  open.push(reader);
  return reader;
}

/** Resolves when the status fits, now or later; the test's own time limit is the deadline. */
function status(reader: CardReader, fits: (value: DeviceStatus) => boolean): Promise<DeviceStatus> {
  if (fits(reader.status)) return Promise.resolve(reader.status);
  return new Promise((resolve) => {
    const stop = reader.statusChanged.on((value) => {
      if (!fits(value)) return;
      stop();
      resolve(value);
    });
  });
}
const ready = (reader: CardReader) => status(reader, ({ status }) => status === 'ready');

function presence<K extends CardPresence['kind']>(reader: CardReader, kind: K): Promise<Extract<CardPresence, { kind: K }>> {
  const isKind = (value: CardPresence): value is Extract<CardPresence, { kind: K }> => value.kind === kind;
  if (isKind(reader.presence)) return Promise.resolve(reader.presence);
  return new Promise((resolve) => {
    const stop = reader.presenceChanged.on((value) => {
      if (!isKind(value)) return;
      stop();
      resolve(value);
    });
  });
}

function vpcd(card: EchoCard, slot = 0): VpcdCard {
  const laid = new VpcdCard({ card, clock, port: port + slot });
  lying.push(laid);
  return laid;
}

describe('without the service', () => {
  it('says so with a code whose hint tells what to install', async () => {
    const reader = openReader();
    expect(await status(reader, ({ status }) => status === 'offline')).toBeDefined();
    expect(await status(reader, (value) => value.status !== 'ready' && value.error.code === 'CARD_READER_SERVICE')).toBeDefined();
    expect(await describeReaders({ clock })).toMatchObject({ kind: 'missing', error: { code: 'CARD_READER_SERVICE' } });
  });

  it('finds it when it is started, with its readers, and misses it when it ends', async () => {
    const reader = openReader();
    await start();
    await ready(reader);
    expect(await describeReaders({ clock })).toEqual({ kind: 'readers', names: ['Letan test reader 00 00', 'Letan test reader 00 01'] });
    await end();
    await status(reader, (value) => value.status === 'offline' && value.error.code === 'CARD_READER_SERVICE');
    await start();
    await ready(reader);
  });
});

describe('with the service', () => {
  beforeEach(async () => {
    if (!pcscd) await start();
  });

  it('a reader chosen by a part of its name that nobody has is offline', async () => {
    const reader = openReader('no such reader');
    await status(reader, (value) => value.status === 'offline' && value.error.code === 'CARD_READER_OFFLINE');
    expect(reader.status).toMatchObject({ error: { detail: expect.stringContaining('no such reader') } });
  });

  it('takes the reader whose name has the part, and no other', async () => {
    const reader = openReader('00 01');
    await ready(reader);
    reader.seek(true);
    const first = vpcd(new EchoCard());
    const card = new EchoCard();
    const second = vpcd(card, 1);
    await first.put();
    await second.put();
    const { card: found } = await presence(reader, 'card');
    expect(await found.transceive(select)).toEqual(echoed);
    expect(card.heard).toEqual([select]);
  });

  it('finds a card only while cards are sought, and unpowers it after', async () => {
    const reader = openReader();
    await ready(reader);
    const card = new EchoCard();
    const laid = vpcd(card);
    await laid.put();
    expect(reader.presence).toEqual({ kind: 'none' });
    reader.seek(true);
    const { card: found } = await presence(reader, 'card');
    expect(found.longest).toEqual({ commandBytes: 261, responseBytes: 258 });
    expect(await found.transceive(select)).toEqual(echoed);
    const { resets } = card;
    reader.seek(false);
    expect(reader.presence).toEqual({ kind: 'none' });
    expect(await found.transceive(select)).toEqual({ kind: 'failed', failure: 'cardRemoved' });
    reader.seek(true);
    const { card: again } = await presence(reader, 'card');
    expect(card.resets).toBeGreaterThan(resets);
    expect(await again.transceive(select)).toEqual(echoed);
    laid.take();
    await presence(reader, 'none');
    await laid.put();
    await presence(reader, 'card');
  });

  it('carries the longest short APDUs and refuses longer ones', async () => {
    const reader = openReader();
    await ready(reader);
    const card = new EchoCard();
    const laid = vpcd(card);
    reader.seek(true);
    await laid.put();
    const { card: found } = await presence(reader, 'card');
    const response = Uint8Array.from({ length: 258 }, (_, at) => at % 256);
    card.answer = () => response;
    const longest = Uint8Array.from({ length: 261 }, (_, at) => at % 251);
    expect(await found.transceive(longest)).toEqual({ kind: 'answered', response });
    expect(card.heard).toEqual([longest]);
    expect(await found.transceive(new Uint8Array(262))).toEqual({ kind: 'failed', failure: 'protocol' });
    card.answer = () => new Uint8Array(259);
    expect(await found.transceive(select)).toEqual({ kind: 'failed', failure: 'protocol' });
  });

  it('a card torn away in the middle of a command: cardRemoved', async () => {
    const reader = openReader();
    await ready(reader);
    const card = new EchoCard();
    const laid = vpcd(card);
    card.answer = () => {
      laid.take();
      return new Promise(() => {});
    };
    reader.seek(true);
    await laid.put();
    const { card: found } = await presence(reader, 'card');
    expect(await found.transceive(select)).toEqual({ kind: 'failed', failure: 'cardRemoved' });
    expect(reader.presence).toEqual({ kind: 'none' });
  });

  it('a card that another program holds: degraded, and read when it is let go', async () => {
    const other = openReader();
    await ready(other);
    const laid = vpcd(new EchoCard());
    other.seek(true);
    await laid.put();
    await presence(other, 'card');
    const reader = openReader();
    reader.seek(true);
    await status(reader, (value) => value.status === 'degraded' && value.error.code === 'CARD_READER_SERVICE');
    expect(reader.presence).toEqual({ kind: 'none' });
    await other.close();
    const { card } = await presence(reader, 'card');
    expect(reader.status).toEqual({ status: 'ready' });
    expect(await card.transceive(select)).toEqual(echoed);
  });

  it('the service ends in the middle of a command: readerUnplugged, and it goes on when the service is back', async () => {
    const reader = openReader();
    await ready(reader);
    const card = new EchoCard();
    const laid = vpcd(card);
    card.answer = () => new Promise(() => {});
    reader.seek(true);
    await laid.put();
    const { card: found } = await presence(reader, 'card');
    const exchange = found.transceive(select);
    await end();
    expect(await exchange).toEqual({ kind: 'failed', failure: 'readerUnplugged' });
    await status(reader, (value) => value.status === 'offline');
    card.answer = null;
    await start();
    await ready(reader);
    await laid.put();
    const { card: again } = await presence(reader, 'card');
    expect(await again.transceive(select)).toEqual(echoed);
  });

  it('a card that never answers: timeout, and the next one is read', { timeout: 40_000 }, async () => {
    const reader = openReader();
    await ready(reader);
    const card = new EchoCard();
    const laid = vpcd(card);
    card.answer = () => new Promise(() => {});
    reader.seek(true);
    await laid.put();
    const { card: found } = await presence(reader, 'card');
    expect(await found.transceive(select)).toEqual({ kind: 'failed', failure: 'timeout' });
    expect(reader.presence).toEqual({ kind: 'none' });
    card.answer = null;
    laid.take();
    await laid.put();
    const { card: again } = await presence(reader, 'card');
    expect(await again.transceive(select)).toEqual(echoed);
  });
});
