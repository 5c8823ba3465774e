import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CardOrder } from '../../../../simulators/cards/applet/issue-card.ts';
import { tornAway } from '../../../../simulators/cards/applet/variants.ts';
import type { VirtualCard } from '../../../../simulators/cards/applet/virtual-card.ts';
import { SimulatedClock } from '../../../../src/core/clock.ts';
import { CardLink } from '../../../../src/identity/chip/card-link.ts';
import type { AccessKey } from '../../../../src/identity/chip/chip.ts';
import { openChip } from '../../../../src/identity/chip/open-chip.ts';
import { Shredder } from '../../../../src/identity/chip/shredder.ts';
import { extendedApdus, issue, lay, random, shortApdus } from '../desk.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex').toUpperCase();

const selectCardAccess = '00A4020C02011C';
const selectApplication = '00A4040C07A0000002471001';
const setPaceWithCan = '0022C1A40F800A04007F00070202040202830102';
const cardAccess = '3134300D060804007F0007020202020101300F060A04007F000702020302020201013012060A04007F0007020204020202010202010D';

function powered(order: Partial<CardOrder> = {}): VirtualCard {
  const card = issue({ portrait: null, ...order });
  card.powerOn();
  return card;
}
const ask = (card: VirtualCard, command: string) => hex(card.process(bytes(command)));

/** A card opened by the robot's own reader, and a way to send it plain commands under secure messaging. */
async function opened(order: Partial<CardOrder> = {}, key: AccessKey = { kind: 'can', can: '012345' }, longest = shortApdus) {
  const card = issue({ portrait: null, ...order });
  const wire: { command: Uint8Array; response: Uint8Array }[] = [];
  const present = lay(card, longest, (command, response) => wire.push({ command, response }));
  const { channel } = await openChip(new CardLink(present, new SimulatedClock(0)), longest, key, random, new Shredder());
  const send = async (ins: number, p1: number, p2: number, data = '', expected = 0) => {
    const response = await channel.exchange({ cla: 0, ins, p1, p2, data: bytes(data), expected });
    return { status: response.status.toString(16), data: hex(response.data) };
  };
  return { card, send, wire };
}
const status = async (answer: Promise<{ status: string }>) => (await answer).status;

describe('before a session', () => {
  it('shows EF.CardAccess, and knows no SELECT of the root directory', () => {
    const card = powered();
    expect(ask(card, '00A4000C023F00')).toBe('6D00');
    expect(ask(card, '00B0000000')).toBe('6986');
    expect(ask(card, selectCardAccess)).toBe('9000');
    expect(ask(card, '00B0000000')).toBe(`${cardAccess}9000`);
    expect(ask(card, '00B09C0002')).toBe(`${cardAccess.slice(0, 4)}9000`);
    expect(ask(card, '00B0003402')).toBe('010D9000');
    expect(ask(card, '00B0003502')).toBe('0D6282');
    expect(ask(card, '00B0003601')).toBe('6B00');
  });

  it('gives nothing of the application away, not even which files there are', () => {
    const card = powered({ variant: '2021' });
    expect(ask(card, '00A4040C07A0000002471002')).toBe('6A82');
    expect(ask(card, selectApplication)).toBe('9000');
    for (const file of ['0101', '010B', '011E', '011D']) expect(ask(card, `00A4020C02${file}`)).toBe('6982');
    expect(ask(card, '00B0810000')).toBe('6982');
    expect(ask(card, '0088000008010203040506070800')).toBe('6982');
    expect(ask(card, '002241A40C800A04007F00070202030202')).toBe('6982');
  });

  it('refuses what it does not know', () => {
    const card = powered();
    expect(ask(card, '80B0000000')).toBe('6E00');
    expect(ask(card, '00E2000000')).toBe('6D00');
    expect(ask(card, '0CB0000000')).toBe('6988');
    expect(ask(card, '00A4020C0301')).toBe('6700');
    expect(ask(card, '00860000027C00')).toBe('6985');
    expect(ask(card, '0022C1A40F800A04007F00070202040202830103')).toBe('6A88');
    expect(ask(card, '0022C1A40F800A04007F00070202040204830102')).toBe('6A80');
    expect(ask(card, '00C0000000')).toBe('6985');
  });

  it('speaks PACE in the root directory alone, and not at all on an early chip', () => {
    const card = powered();
    ask(card, selectApplication);
    expect(ask(card, setPaceWithCan)).toBe('6985');
    const early = powered({ variant: 'bacOnly' });
    expect(ask(early, selectCardAccess)).toBe('6A82');
    expect(ask(early, setPaceWithCan)).toBe('6A81');
  });

  it('gives a challenge for BAC where it has BAC', () => {
    const card = powered({ variant: '2021' });
    ask(card, selectApplication);
    expect(ask(card, '0084000008')).toMatch(/^[0-9A-F]{16}9000$/);
    expect(ask(card, `0082000028${'00'.repeat(40)}28`)).toBe('6300');
    const newer = powered({ variant: '2024' });
    ask(newer, selectApplication);
    expect(ask(newer, '0084000008')).toBe('6985');
  });

  it('counts wrong CANs down where it is told to, and lets the MRZ in still', async () => {
    const card = issue({ portrait: null, options: { canTries: 2 } });
    const point =
      '04824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F5730D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54';
    const attempt = () => {
      card.powerOn();
      expect(ask(card, setPaceWithCan)).toBe('9000');
      expect(ask(card, '10860000027C0000')).toMatch(/^7C128010.{32}9000$/);
      expect(ask(card, `10860000457C438141${point}00`)).toMatch(/^7C438241.{130}9000$/);
      expect(ask(card, `10860000457C438341${point}00`)).toMatch(/^7C438441.{130}9000$/);
      return ask(card, '008600000C7C0A8508000000000000000000');
    };
    expect([attempt(), attempt()]).toEqual(['63C1', '63C0']);
    card.powerOn();
    expect(ask(card, setPaceWithCan)).toBe('6983');
    expect(ask(card, '0022C1A40F800A04007F00070202040202830101')).toBe('9000');
  });
});

describe('within a session', () => {
  it('answers for each file as a citizen card does', async () => {
    const { send } = await opened();
    const select = (file: string) => status(send(0xa4, 0x02, 0x0c, file));
    expect(await select('0101')).toBe('9000');
    expect(await select('0103')).toBe('6982');
    expect(await select('010B')).toBe('6a82');
    expect(await status(send(0xb0, 0x83, 0, '', 16))).toBe('6982');
    expect(await status(send(0xb0, 0x8b, 0, '', 16))).toBe('6a82');
  });

  it('reads by offset, by short identifier and with the odd instruction alike', async () => {
    const { send } = await opened();
    const whole = (await send(0xb0, 0x81, 0, '', 223)).data;
    expect(whole).toBe(
      `615D5F1F5A${hex(Buffer.from('IDVNM1900123457079190012345<<79001158F3001156VNM<<<<<<<<<<<2NGUYEN<<THI<MAU<<<<<<<<<<<<<<<'))}`,
    );
    expect((await send(0xb0, 0, 5, '', 5)).data).toBe(hex(Buffer.from('IDVNM')));
    expect((await send(0xb1, 0, 0, '540105', 7)).data).toBe(`5305${hex(Buffer.from('IDVNM'))}`);
    expect((await send(0xb1, 0x01, 0x01, '54020005', 7)).data).toBe(`5305${hex(Buffer.from('IDVNM'))}`);
    expect(await send(0xb0, 0, 93, '', 10)).toEqual({ status: '6282', data: '3C3C' });
    expect(await status(send(0xb0, 0, 95, '', 1))).toBe('6b00');
  });

  it('puts 223 bytes into a short answer under AES, 231 under 3DES, and refuses an exact request for more', async () => {
    const aes = await opened();
    expect((await aes.send(0xb0, 0x9d, 0, '', 256)).data).toHaveLength(2 * 223);
    expect(await status(aes.send(0xb0, 0, 0, '', 224))).toBe('6700');
    const mrz: AccessKey = { kind: 'mrz', documentNumber: '190012345', birthDate: '900115', expiryDate: '300115' };
    const des = await opened({ variant: 'bacOnly' }, mrz);
    expect((await des.send(0xb0, 0x9d, 0, '', 256)).data).toHaveLength(2 * 231);
    expect(Math.max(...[...aes.wire, ...des.wire].map(({ response }) => response.length))).toBeLessThanOrEqual(258);
  });

  it('gives more than that with extended lengths, up to its buffer', async () => {
    const { send, wire } = await opened({ options: { extendedBytes: 600 } }, undefined, extendedApdus);
    const { data } = await send(0xb0, 0x9d, 0, '', 65536);
    expect(data.length / 2).toBeGreaterThan(500);
    expect(Math.max(...wire.map(({ response }) => response.length))).toBeLessThanOrEqual(600);
    const short = powered({ options: { extendedBytes: 0 } });
    ask(short, selectCardAccess);
    expect(ask(short, '00B00000000000')).toBe('6700');
  });

  it('ends at a command in the clear', async () => {
    const { card, send } = await opened();
    expect(ask(card, '00B0810004')).toBe('6987');
    await expect(send(0xb0, 0x81, 0, '', 4)).rejects.toThrow();
    expect(ask(card, '00B0810004')).toBe('6982');
  });

  it.each([
    ['a spoiled checksum', (command: Uint8Array) => command.map((byte, index) => (index === command.length - 2 ? byte ^ 1 : byte)), '6988'],
    ['another header', (command: Uint8Array) => command.map((byte, index) => (index === 3 ? byte ^ 1 : byte)), '6988'],
    ['the same command again', (command: Uint8Array) => command, '6988'],
    ['no checksum', () => bytes('0CB081000397010400'), '6987'],
  ])('ends at %s', async (_, change, expected) => {
    const { card, send, wire } = await opened();
    await send(0xb0, 0x81, 0, '', 4);
    const last = wire.at(-1)?.command ?? bytes('');
    expect(hex(card.process(change(last)))).toBe(expected);
    expect(hex(card.process(last))).toBe('6988');
  });

  it('agrees on new keys by chip authentication only when asked in order', async () => {
    const { send } = await opened();
    const point =
      '04824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F5730D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54';
    expect(await status(send(0x86, 0, 0, `7C438041${point}`, 256))).toBe('6985');
    expect(await status(send(0x22, 0x41, 0xa4, '800A04007F00070202030204'))).toBe('6a80');
    expect(await status(send(0x22, 0x41, 0xa4, '800A04007F00070202030202'))).toBe('9000');
    expect(await status(send(0x86, 0, 0, `7C438041${point.slice(0, -2)}55`, 256))).toBe('6a80');
    expect(await status(send(0x22, 0x41, 0xa4, '800A04007F00070202030202'))).toBe('9000');
    expect(await send(0x86, 0, 0, `7C438041${point}`, 256)).toEqual({ status: '9000', data: '7C00' });
    // The old keys hold no longer.
    await expect(send(0xb0, 0x81, 0, '', 4)).rejects.toThrow();
  });
});

describe('transport', () => {
  it('joins chained commands and refuses parts that do not fit together', () => {
    const card = powered();
    expect(ask(card, '10A4020C0101')).toBe('9000');
    expect(ask(card, '00A4020C011C')).toBe('9000');
    expect(ask(card, '00B0000002')).toBe('31349000');
    expect(ask(card, '10A4020C0101')).toBe('9000');
    expect(ask(card, '00B0000002')).toBe('6883');
  });

  it('is silent without power, and when torn away; a reset forgets the session', async () => {
    const card = issue({ portrait: null, variant: tornAway(2) });
    expect(ask(card, selectCardAccess)).toBe('');
    card.powerOn();
    expect([ask(card, selectCardAccess), card.inField, ask(card, '00B0000002'), card.inField, ask(card, '00B0000002')]).toEqual([
      '9000',
      true,
      '31349000',
      false,
      '',
    ]);
    card.powerOn();
    expect(ask(card, selectCardAccess)).toBe('');
    card.tearAwayAfter(null);
    card.powerOn();
    expect(ask(card, '00B0000002')).toBe('6986');
    expect(ask(card, selectCardAccess)).toBe('9000');
  });

  it('tells how long a slow card takes', () => {
    const [slow, quick] = [powered({ variant: 'slow' }), powered()];
    for (const card of [slow, quick]) ask(card, selectCardAccess);
    expect(slow.processingMs).toBeGreaterThan(0);
    expect(quick.processingMs).toBe(0);
  });

  it('answers whatever it is sent with a status word, and goes on', () => {
    const card = powered({ variant: '2021' });
    const header = fc.tuple(
      fc.constantFrom(0x00, 0x0c, 0x10, 0x1c, 0x80),
      fc.constantFrom(0xa4, 0xb0, 0xb1, 0x22, 0x82, 0x84, 0x86, 0x88, 0xc0, 0x00),
      fc.constantFrom(0x00, 0x02, 0x04, 0x41, 0x81, 0xc1),
      fc.constantFrom(0x00, 0x0c, 0xa4),
    );
    const command = fc.tuple(header, fc.uint8Array({ maxLength: 40 })).map(([start, rest]) => Uint8Array.of(...start, ...rest));
    fc.assert(
      fc.property(fc.oneof(command, fc.uint8Array({ maxLength: 300 })), (sent) => {
        expect(card.process(sent).length).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 2000, seed: 5 },
    );
    card.powerOn();
    expect(ask(card, selectCardAccess)).toBe('9000');
  });
});
