import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { chained, command, decodeResponse, encodeCommand } from '../../../src/identity/chip/apdu.ts';
import { CardLink } from '../../../src/identity/chip/card-link.ts';
import { bytes, hex } from './hex.ts';
import { cardAnswering, ScriptedCard } from './scripted-card.ts';

const data = (length: number) => Buffer.alloc(length, 0xda);

describe('command units (ISO 7816-4, 5.1)', () => {
  it.each([
    ['case 1', command(0, 0xa4, 0, 0), '00A40000'],
    ['case 2', command(0, 0xb0, 0x9c, 0, undefined, 256), '00B09C0000'],
    ['case 2 with a length', command(0, 0xb0, 0, 4, undefined, 18), '00B0000412'],
    ['case 3', command(0, 0xa4, 2, 0x0c, bytes('011C')), '00A4020C02011C'],
    ['case 4', command(0, 0x88, 0, 0, bytes('AABB'), 256), '0088000002AABB00'],
    ['extended case 2', command(0, 0xb0, 0, 0, undefined, 1000), '00B000000003E8'],
    ['extended case 2, all', command(0, 0xb0, 0, 0, undefined, 65_536), '00B00000000000'],
    ['extended case 3', command(0, 0xd6, 0, 0, data(256)), `00D60000000100${'DA'.repeat(256)}`],
    ['extended case 4', command(0, 0x88, 0, 0, bytes('AA'), 257), '00880000000001AA0101'],
  ])('%s', (_, unit, expected) => {
    expect(hex(encodeCommand(unit))).toBe(expected);
  });

  it('chains what is too long, and loses nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 2000 }), fc.integer({ min: 1, max: 255 }), (long, part) => {
        const units = chained({ ...command(0, 0x86, 0, 0, long, 256) }, part);
        expect(Buffer.concat(units.map((unit) => unit.data)).equals(long)).toBe(true);
        expect(units.map((unit) => unit.cla)).toEqual([...Array(units.length - 1).fill(0x10), 0x00]);
        expect(units.every((unit) => unit.data.length > 0 && unit.data.length <= part)).toBe(true);
        expect(units.at(-1)?.expected).toBe(256);
      }),
    );
  });

  it('takes no response without a status', () => {
    expect(decodeResponse(bytes('90'))).toBeNull();
    expect(decodeResponse(bytes('9000'))).toEqual({ data: bytes(''), status: 0x9000 });
    expect(decodeResponse(bytes('AA6282'))?.status).toBe(0x6282);
  });
});

describe('link', () => {
  const linkTo = (card: ScriptedCard, clock = new SimulatedClock()) => new CardLink(card, clock);

  it('fetches the rest of a long answer', async () => {
    const card = cardAnswering('AA6102', 'BB6101', 'CC9000');
    const link = linkTo(card);
    expect(hex((await link.exchange(command(0x0c, 0xb0, 0, 0, undefined, 256))).data)).toBe('AABBCC');
    expect(card.commands.slice(1)).toEqual(['00C0000002', '00C0000001']);
    expect(link.cost).toEqual({ apdus: 3, sentBytes: 15, receivedBytes: 9 });
  });

  it('repeats with the length that the card asks for', async () => {
    const card = cardAnswering('6C05', '00112233449000');
    await linkTo(card).exchange(command(0, 0xb0, 0, 0, undefined, 256));
    expect(card.commands).toEqual(['00B0000000', '00B0000005']);
  });

  it('chains where extended units are not agreed, and sends one where they are', async () => {
    const [short, long] = [cardAnswering('9000', '9000'), cardAnswering('9000')];
    await linkTo(short).exchange(command(0, 0x86, 0, 0, data(300), 256));
    expect(short.commands.map((sent) => sent.slice(0, 10))).toEqual(['10860000FF', '008600002D']);
    const link = linkTo(long);
    link.limits = { commandBytes: 1000, responseBytes: 1000 };
    await link.exchange(command(0, 0x86, 0, 0, data(300), 256));
    expect(long.commands).toEqual([`0086000000012C${'DA'.repeat(300)}0100`]);
  });

  it('ends a chain that the card refuses', async () => {
    const card = cardAnswering('6884');
    expect((await linkTo(card).exchange(command(0, 0x86, 0, 0, data(300)))).status).toBe(0x6884);
    expect(card.commands).toHaveLength(1);
  });

  it('ends answers that have no end', async () => {
    const endless = new ScriptedCard(() => Buffer.concat([data(256), bytes('6100')]));
    await expect(linkTo(endless).exchange(command(0, 0xb0, 0, 0, undefined, 256))).rejects.toMatchObject({ failure: 'protocol' });
    const empty = new ScriptedCard(() => bytes('6100'));
    await expect(linkTo(empty).exchange(command(0, 0xb0, 0, 0, undefined, 256))).rejects.toMatchObject({ failure: 'protocol' });
    expect(empty.commands.length).toBeLessThanOrEqual(1000);
  });

  it('gives up after a minute', async () => {
    const clock = new SimulatedClock();
    const link = linkTo(
      new ScriptedCard(() => {
        clock.advance(30_000);
        return bytes('9000');
      }),
      clock,
    );
    for (let i = 0; i < 3; i++) await link.exchange(command(0, 0xb0, 0, 0));
    await expect(link.exchange(command(0, 0xb0, 0, 0))).rejects.toMatchObject({ failure: 'timeout' });
  });

  it.each(['cardRemoved', 'weakField', 'severalCards', 'readerUnplugged', 'timeout', 'protocol'] as const)(
    'passes %s on',
    async (failure) => {
      const gone = new ScriptedCard(() => ({ kind: 'failed', failure }));
      await expect(linkTo(gone).exchange(command(0, 0xb0, 0, 0))).rejects.toMatchObject({ failure });
    },
  );
});
