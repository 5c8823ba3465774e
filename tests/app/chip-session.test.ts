import { describe, expect, it } from 'vitest';
import type { CardPresence, CardReader, PresentCard } from '../../hardware/card-reader/card-reader.ts';
import { ChipSession } from '../../src/app/chip-session.ts';
import { SimulatedClock } from '../../src/core/clock.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import { createIds } from '../../src/core/ids.ts';
import { SeededRandom } from '../../src/core/random.ts';
import { Signal } from '../../src/core/signal.ts';
import type { CardData } from '../../src/identity/card-qr.ts';
import type { ChipChecks, ChipData, ChipReading, ChipWish } from '../../src/identity/chip/chip.ts';
import { Vault } from '../../src/identity/vault.ts';

class Reader implements CardReader {
  status: DeviceStatus = { status: 'ready' };
  readonly statusChanged = new Signal<DeviceStatus>();
  presence: CardPresence = { kind: 'none' };
  readonly presenceChanged = new Signal<CardPresence>();
  seeking = false;
  seek(on: boolean): void {
    this.seeking = on;
  }
  async close(): Promise<void> {}
  lay(presence: CardPresence): void {
    this.presence = presence;
    this.presenceChanged.emit(presence);
  }
}

const plastic: PresentCard = {
  longest: { commandBytes: 261, responseBytes: 258 },
  transceive: async () => ({ kind: 'failed', failure: 'cardRemoved' }),
};
const person: Omit<CardData, 'address'> = {
  ...{ idNumber: '079190012345', oldIdNumber: '', fullName: 'Nguyễn Thị Mẫu', birthDate: '1990-01-15' },
  sex: 'Nữ',
  issuedDate: '2024-08-02',
};
const data: ChipData = { ...person, nationality: 'Việt Nam', placeOfOrigin: 'A', placeOfResidence: 'B', expiryDate: 'Không thời hạn' };
const cost = { apdus: 1, sentBytes: 5, receivedBytes: 2 };
const checks: ChipChecks = {
  access: 'pace',
  hashes: 'passed',
  signature: 'passed',
  issuer: 'notDone',
  activeAuthentication: 'passed',
  chipAuthentication: 'passed',
};
const sound = { kind: 'read', data, checks, verdict: 'intact', portrait: null, cost } satisfies ChipReading;

function open() {
  const clock = new SimulatedClock();
  const vault = new Vault(createIds(clock, new SeededRandom(1)));
  const reader = new Reader();
  const wishes: ChipWish[] = [];
  const readings: ((reading: ChipReading) => void)[] = [];
  const read = (_card: PresentCard, wish: ChipWish) => {
    wishes.push(wish);
    return new Promise<ChipReading>((resolve) => readings.push(resolve));
  };
  const session = new ChipSession({ reader, read }, vault, false);
  const scanned = vault.put({ kind: 'card', card: { ...person, address: 'B' } });
  return { vault, reader, wishes, readings, session, scanned };
}
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a chip session', () => {
  it('has the field on while it looks and reads, opens the chip with the last six digits and keeps what it says', async () => {
    const { session, reader, wishes, readings, vault, scanned } = open();
    const verdict = session.read(scanned, () => {});
    expect(reader.seeking).toBe(true);
    reader.lay({ kind: 'card', card: plastic });
    await settle();
    expect(wishes[0]?.key).toEqual({ kind: 'can', can: '012345' });
    readings[0]?.(sound);
    expect(await verdict).toBe('intact');
    expect(reader.seeking).toBe(false);
    expect(vault.get(scanned)).toMatchObject({ kind: 'card', chip: { data, verdict: 'intact' } });
  });

  it('opens the chip with a typed number too', async () => {
    const { session, reader, wishes, readings, vault } = open();
    const typed = vault.put({ kind: 'number', number: '012345' });
    const verdict = session.read(typed, () => {});
    reader.lay({ kind: 'card', card: plastic });
    await settle();
    expect(wishes[0]?.key).toEqual({ kind: 'can', can: '012345' });
    readings[0]?.(sound);
    expect(await verdict).toBe('intact');
    expect(vault.get(typed)).toMatchObject({ chip: { data } });
  });

  it('takes no other card that happens to end alike', async () => {
    const { session, reader, readings, vault, scanned } = open();
    const verdict = session.read(scanned, () => {});
    reader.lay({ kind: 'card', card: plastic });
    await settle();
    readings[0]?.({ ...sound, data: { ...data, idNumber: '001090012345' } });
    await expect(verdict).rejects.toMatchObject({ code: 'CHIP_WRONG_KEY' });
    expect(vault.get(scanned)).not.toHaveProperty('chip');
  });

  it('keeps nothing of a chip that failed a check', async () => {
    const { session, reader, readings, vault, scanned } = open();
    const verdict = session.read(scanned, () => {});
    reader.lay({ kind: 'card', card: plastic });
    await settle();
    readings[0]?.({ ...sound, verdict: 'forged' });
    expect(await verdict).toBe('forged');
    expect(vault.get(scanned)).not.toHaveProperty('chip');
  });

  it.each([
    ['several', 'CHIP_SEVERAL'],
    ['other', 'CHIP_UNREADABLE'],
  ] as const)('%s on the reader ends it with %s and the field off', async (kind, code) => {
    const { session, reader, scanned } = open();
    const verdict = session.read(scanned, () => {});
    reader.lay({ kind });
    await expect(verdict).rejects.toMatchObject({ code });
    expect(reader.seeking).toBe(false);
    expect(reader.presenceChanged.listenerCount + reader.statusChanged.listenerCount).toBe(0);
  });

  it.each([
    ['cardRemoved', 'CHIP_REMOVED'],
    ['readerUnplugged', 'CARD_READER_OFFLINE'],
    ['weakField', 'CHIP_UNREADABLE'],
    ['wrongAccessKey', 'CHIP_WRONG_KEY'],
  ] as const)('a reading that failed with %s is told as %s', async (failure, code) => {
    const { session, reader, readings, scanned } = open();
    const verdict = session.read(scanned, () => {});
    reader.lay({ kind: 'card', card: plastic });
    await settle();
    readings[0]?.({ kind: 'failed', failure, cost });
    await expect(verdict).rejects.toMatchObject({ code });
    expect(reader.seeking).toBe(false);
  });

  it('a reader that vanishes while it waits is told at once', async () => {
    const { session, reader, scanned } = open();
    const verdict = session.read(scanned, () => {});
    reader.statusChanged.emit({ status: 'offline', error: { code: 'CARD_READER_OFFLINE', detail: 'pulled' } });
    await expect(verdict).rejects.toMatchObject({ code: 'CARD_READER_OFFLINE' });
  });

  it('stopped, it keeps nothing that the chip still says', async () => {
    const { session, reader, readings, vault, scanned } = open();
    const stages: string[] = [];
    const waiting = session.read(scanned, () => {});
    session.stop();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
    const verdict = session.read(scanned, (stage) => stages.push(stage));
    reader.lay({ kind: 'card', card: plastic });
    await settle();
    session.stop();
    readings[0]?.(sound);
    await expect(verdict).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(reader.seeking).toBe(false);
    expect(vault.get(scanned)).not.toHaveProperty('chip');
  });

  it('after the visit has ended there is no number to open a chip with', async () => {
    const { session, vault, scanned } = open();
    vault.erase();
    await expect(session.read(scanned, () => {})).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
