import { describe, expect, it } from 'vitest';
import type { CardPresence } from '../../../hardware/card-reader/card-reader.ts';
import type { DeviceStatus } from '../../../src/core/device.ts';
import { cardOn, EchoCard, settle, setUpReader } from './bench-reader.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const select = bytes('00a4040c07a0000002471001');
const chip = (card: EchoCard, type: 'A' | 'B' = 'A') => ({ kind: 'chip', type, card }) as const;
const offline = { status: 'offline', error: { code: 'CARD_READER_OFFLINE' } };
const faulty = { status: 'faulty', error: { code: 'DEVICE_FAULTY' } };

async function withCard(options: Parameters<typeof setUpReader>[0] = {}, type: 'A' | 'B' = 'A') {
  const bench = await setUpReader(options);
  const card = new EchoCard();
  const take = bench.simulator.put(chip(card, type));
  bench.reader.seek(true);
  await bench.clock.advanceAsync(300, 5);
  return { ...bench, card, take };
}

describe('a PN532 nobody asks for cards', () => {
  it('is ready after its wake-up and leaves the field off', async () => {
    const { reader, simulator, clock, line } = await setUpReader();
    const card = new EchoCard();
    simulator.put(chip(card));
    await clock.advanceAsync(3000);
    expect(reader.status).toEqual({ status: 'ready' });
    expect(reader.presence).toEqual({ kind: 'none' });
    expect(card.powered).toBe(false);
    expect(simulator.field.isOn).toBe(false);
    expect(Buffer.from(line.sent[0] ?? []).toString('hex')).toBe(`5555${'00'.repeat(14)}`);
    expect(Buffer.from(line.sent[1] ?? []).toString('hex')).toBe('0000ff05fbd4140100001700');
  });

  it('is offline before it is plugged in, ready after, offline when unplugged', async () => {
    const { reader, simulator, clock } = await setUpReader({ plugged: false });
    const statuses: DeviceStatus[] = [];
    reader.statusChanged.on((status) => statuses.push(status));
    expect(reader.status).toMatchObject(offline);
    simulator.plug();
    await clock.advanceAsync(500);
    simulator.unplug();
    expect(reader.status).toMatchObject(offline);
    await clock.advanceAsync(500);
    simulator.plug();
    await clock.advanceAsync(500);
    expect(statuses).toMatchObject([{ status: 'ready' }, offline, { status: 'ready' }]);
  });

  it('is missed within a second when it falls silent, the port is opened anew, and it comes back', async () => {
    const { reader, simulator, clock, line } = await setUpReader();
    simulator.health = 'silent';
    await clock.advanceAsync(1000);
    expect(reader.status).toMatchObject(offline);
    await clock.advanceAsync(2000);
    expect(line.reopenings).toBeGreaterThanOrEqual(1);
    simulator.health = 'well';
    await clock.advanceAsync(2000);
    expect(reader.status).toEqual({ status: 'ready' });
  });

  it('a hang-up that nobody reported is found and healed by opening the port anew', async () => {
    const { reader, clock, line } = await setUpReader();
    line.deaf = true;
    await clock.advanceAsync(1000);
    expect(reader.status).toMatchObject(offline);
    const stop = line.closed.on(() => {
      line.deaf = false;
    });
    await clock.advanceAsync(2000);
    stop();
    expect(reader.status).toEqual({ status: 'ready' });
  });

  it('is faulty while it answers nonsense, and ready when it is well again', async () => {
    const { reader, simulator, clock } = await setUpReader();
    simulator.health = 'nonsense';
    await clock.advanceAsync(1000);
    expect(reader.status).toMatchObject(faulty);
    await clock.advanceAsync(20_000);
    expect(reader.status).toMatchObject(faulty);
    simulator.health = 'well';
    await clock.advanceAsync(3000);
    expect(reader.status).toEqual({ status: 'ready' });
  });

  it('something else at the port is faulty from the start', async () => {
    const { reader, simulator, clock } = await setUpReader({ plugged: false });
    simulator.health = 'nonsense';
    simulator.plug();
    await clock.advanceAsync(1000);
    expect(reader.status).toMatchObject(faulty);
  });

  it('leaves no timer behind when closed', async () => {
    const { reader, clock } = await withCard();
    await settle(clock, reader.close());
    await clock.advanceAsync(50);
    expect(clock.pendingCount).toBe(0);
  });
});

describe('a card on a PN532', () => {
  it.each(['A', 'B'] as const)('of type %s is found, answers, and is gone within a second when taken', async (type) => {
    const { reader, clock, card, take } = await withCard({}, type);
    const outcome = await settle(clock, cardOn(reader).transceive(select));
    expect(outcome).toEqual({ kind: 'answered', response: Uint8Array.from([...select, 0x90, 0x00]) });
    expect(card.heard).toEqual([select]);
    take();
    await clock.advanceAsync(1000);
    expect(reader.presence).toEqual({ kind: 'none' });
  });

  it('stays one and the same while it lies there', async () => {
    const { reader, clock, card } = await withCard();
    const seen: CardPresence[] = [];
    reader.presenceChanged.on((presence) => seen.push(presence));
    const { resets } = card;
    await clock.advanceAsync(10_000);
    expect(seen).toEqual([]);
    expect(card.resets).toBe(resets);
  });

  it('loses its power when nobody seeks any more, and its handle is dead', async () => {
    const { reader, clock, card, simulator } = await withCard();
    const handle = cardOn(reader);
    reader.seek(false);
    expect(reader.presence).toEqual({ kind: 'none' });
    await clock.advanceAsync(100);
    expect(card.powered).toBe(false);
    expect(simulator.field.isOn).toBe(false);
    expect(await settle(clock, handle.transceive(select))).toEqual({ kind: 'failed', failure: 'cardRemoved' });
    reader.seek(true);
    await clock.advanceAsync(300);
    expect(reader.presence.kind).toBe('card');
    expect(await settle(clock, handle.transceive(select))).toEqual({ kind: 'failed', failure: 'cardRemoved' });
  });

  it.each([
    [1, 4096],
    [261, 258],
    [262, 260],
    [263, 262],
    [524, 263],
    [525, 524],
    [4096, 4096],
  ])('%i bytes out and %i bytes back pass in pieces, over a line that tears everything into bytes', async (out, back) => {
    const { reader, clock, card } = await withCard({ pieceBytes: 1 });
    const response = Uint8Array.from({ length: back }, (_, at) => (at * 31) % 256);
    card.answer = () => response;
    const sent = Uint8Array.from({ length: out }, (_, at) => (at * 17) % 256);
    expect(await settle(clock, cardOn(reader).transceive(sent))).toEqual({ kind: 'answered', response });
    expect(card.heard).toEqual([sent]);
  });

  it('more than the reader carries is refused, both ways', async () => {
    const { reader, clock, card } = await withCard();
    const { longest } = cardOn(reader);
    const tooLong = new Uint8Array(longest.commandBytes + 1);
    expect(await settle(clock, cardOn(reader).transceive(tooLong))).toEqual({ kind: 'failed', failure: 'protocol' });
    expect(card.heard).toEqual([]);
    card.answer = () => new Uint8Array(longest.responseBytes + 1);
    expect(await settle(clock, cardOn(reader).transceive(select))).toEqual({ kind: 'failed', failure: 'protocol' });
    expect(longest.commandBytes).toBeGreaterThanOrEqual(261);
    expect(longest.responseBytes).toBeGreaterThanOrEqual(258);
  });

  it('an answer shorter than its two status bytes is no answer', async () => {
    const { reader, clock, card } = await withCard();
    card.answer = () => Uint8Array.of(0x90);
    expect(await settle(clock, cardOn(reader).transceive(select))).toEqual({ kind: 'failed', failure: 'protocol' });
  });

  it('torn away in the middle of a command: cardRemoved', async () => {
    const { reader, clock, card, take } = await withCard();
    card.answer = () => new Promise(() => {});
    const exchange = cardOn(reader).transceive(select);
    await clock.advanceAsync(50);
    take();
    expect(await settle(clock, exchange, 1000)).toEqual({ kind: 'failed', failure: 'cardRemoved' });
    expect(reader.presence).toEqual({ kind: 'none' });
  });

  it('lies there and never answers: timeout, and the next session works', async () => {
    const { reader, clock, card } = await withCard();
    card.answer = () => new Promise(() => {});
    expect(await settle(clock, cardOn(reader).transceive(select), 8000)).toEqual({ kind: 'failed', failure: 'timeout' });
    card.answer = null;
    expect(await settle(clock, cardOn(reader).transceive(select))).toMatchObject({ kind: 'answered' });
  });

  it('a slow one is waited for', async () => {
    const { reader, clock, simulator } = await withCard();
    simulator.field.processingMs = 2500;
    expect(await settle(clock, cardOn(reader).transceive(select))).toMatchObject({ kind: 'answered' });
  });

  it('in a weak field: said so, and a new session begins', async () => {
    const { reader, clock, simulator, card } = await withCard();
    const first = cardOn(reader);
    simulator.field.errorRate = 1;
    expect(await settle(clock, first.transceive(select))).toEqual({ kind: 'failed', failure: 'weakField' });
    simulator.field.errorRate = 0;
    expect(cardOn(reader)).not.toBe(first);
    expect(card.heard).toEqual([]);
    expect(await settle(clock, cardOn(reader).transceive(select))).toMatchObject({ kind: 'answered' });
  });

  it('reader unplugged in the middle of a command: readerUnplugged, and all is well after plugging', async () => {
    const { reader, clock, card, simulator } = await withCard();
    card.answer = () => new Promise(() => {});
    const exchange = cardOn(reader).transceive(select);
    await clock.advanceAsync(50);
    simulator.unplug();
    expect(await exchange).toEqual({ kind: 'failed', failure: 'readerUnplugged' });
    expect(reader.presence).toEqual({ kind: 'none' });
    card.answer = null;
    simulator.plug();
    await clock.advanceAsync(1000);
    expect(await settle(clock, cardOn(reader).transceive(select))).toMatchObject({ kind: 'answered' });
  });

  it('a reader that falls silent in the middle of nothing while seeking is missed within a second', async () => {
    const { reader, clock, simulator } = await withCard();
    simulator.health = 'silent';
    await clock.advanceAsync(1000);
    expect(reader.status).toMatchObject(offline);
    expect(reader.presence).toEqual({ kind: 'none' });
  });
});

describe('what else lies on a PN532', () => {
  it.each([
    ['A', 'A'],
    ['A', 'B'],
    ['B', 'B'],
  ] as const)('a card of type %s and one of type %s are several, and one when one is taken', async (one, other) => {
    const { simulator, reader, clock } = await setUpReader();
    const card = new EchoCard();
    simulator.put(chip(card, one));
    const take = simulator.put(chip(new EchoCard(), other));
    reader.seek(true);
    await clock.advanceAsync(500);
    expect(reader.presence).toEqual({ kind: 'several' });
    take();
    await clock.advanceAsync(1000);
    expect(await settle(clock, cardOn(reader).transceive(select))).toMatchObject({ kind: 'answered' });
    expect(card.heard).toEqual([select]);
  });

  it('a tag that is no chip card is other, until it is taken', async () => {
    const { simulator, reader, clock } = await setUpReader();
    const take = simulator.put({ kind: 'other' });
    reader.seek(true);
    await clock.advanceAsync(500);
    expect(reader.presence).toEqual({ kind: 'other' });
    take();
    await clock.advanceAsync(1000);
    expect(reader.presence).toEqual({ kind: 'none' });
  });

  it('a second card laid on during a read: severalCards when the first stops answering', async () => {
    const { simulator, reader, clock } = await withCard();
    simulator.put(chip(new EchoCard()));
    simulator.field.errorRate = 1;
    expect(await settle(clock, cardOn(reader).transceive(select))).toEqual({ kind: 'failed', failure: 'severalCards' });
  });
});

describe('a bad line to a PN532', () => {
  it.each(['loseAck', 'damageAnswer', 'tearAnswer', 'repeat', 'loseCommand'] as const)(
    '%s: the exchange goes through, and only once',
    async (fault) => {
      const { reader, clock, simulator, card } = await withCard();
      const exchange = cardOn(reader).transceive(select);
      simulator.faults.push(fault);
      expect(await settle(clock, exchange)).toMatchObject({ kind: 'answered' });
      expect(card.heard).toEqual([select]);
    },
  );

  it('an answer that is lost is given up at the deadline, and the next one is its own', async () => {
    const { reader, clock, simulator, card } = await withCard();
    const exchange = cardOn(reader).transceive(select);
    simulator.faults.push('loseAnswer');
    expect(await settle(clock, exchange)).toEqual({ kind: 'failed', failure: 'timeout' });
    card.answer = () => bytes('6a82');
    expect(await settle(clock, cardOn(reader).transceive(select))).toEqual({ kind: 'answered', response: bytes('6a82') });
  });

  it('a refused exchange is a protocol failure, no fault of the reader', async () => {
    const { reader, clock, simulator } = await withCard();
    const exchange = cardOn(reader).transceive(select);
    simulator.faults.push('refuse');
    expect(await settle(clock, exchange)).toEqual({ kind: 'failed', failure: 'protocol' });
    expect(reader.status).toEqual({ status: 'ready' });
  });

  it('every mixture of losses ends in an outcome, and the reader is well afterwards', async () => {
    const faults = ['loseAck', 'loseAnswer', 'damageAnswer', 'tearAnswer', 'repeat', 'loseCommand', 'refuse'] as const;
    const { reader, clock, simulator } = await withCard({ pieceBytes: 3 });
    for (const one of faults) {
      for (const other of faults) {
        simulator.faults.push(one, other, other);
        if (reader.presence.kind === 'card') {
          const outcome = await settle(clock, reader.presence.card.transceive(select), 12_000);
          expect(['answered', 'failed']).toContain(outcome.kind);
        }
        simulator.faults.length = 0;
        await clock.advanceAsync(2000);
        expect(reader.status).toEqual({ status: 'ready' });
        expect(reader.presence.kind).toBe('card');
      }
    }
  });

  it('a thousand re-plugs keep no timers and no listeners', async () => {
    const { reader, clock, simulator, line } = await setUpReader();
    reader.seek(true);
    await clock.advanceAsync(200);
    const [timers, listeners] = [clock.pendingCount, line.received.listenerCount];
    for (let n = 0; n < 1000; n += 1) {
      simulator.unplug();
      await clock.advanceAsync(n % 7, 1);
      simulator.plug();
      await clock.advanceAsync(n % 30, 5);
    }
    await clock.advanceAsync(500);
    expect(reader.status).toEqual({ status: 'ready' });
    expect(clock.pendingCount).toBeLessThanOrEqual(timers + 1);
    expect(line.received.listenerCount).toBe(listeners);
  });
});
