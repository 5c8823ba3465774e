import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  commands,
  exchangeCommands,
  readExchange,
  readFirmware,
  readPresence,
  readTargets,
} from '../../../hardware/card-reader/pn532-commands.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex');

describe('PN532 commands', () => {
  it('are those of UM0701-02', () => {
    expect(Object.fromEntries(Object.entries(commands).map(([name, data]) => [name, hex(data)]))).toEqual({
      firmwareVersion: '02',
      samNormal: '14010000',
      setParameters: '1214',
      fieldOff: '320100',
      timings: '3202000b0a',
      retries: '3205ff0102',
      listTypeA: '4a0200',
      listTypeB: '4a020300',
      releaseAll: '5200',
      cardPresence: '0006',
    });
  });

  it('an APDU is cut at 262 bytes, all pieces but the last say that more follows', () => {
    expect(exchangeCommands(bytes('00a4020c02011c')).map(hex)).toEqual(['400100a4020c02011c']);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 1500 }), (apdu) => {
        const pieces = exchangeCommands(apdu);
        expect(pieces).toHaveLength(Math.ceil(apdu.length / 262));
        expect(pieces.map(([code, target]) => [code, target])).toEqual(
          pieces.map((_, at) => [0x40, at === pieces.length - 1 ? 0x01 : 0x41]),
        );
        expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(264);
        expect(hex(Uint8Array.from(pieces.flatMap((piece) => [...piece.subarray(2)])))).toBe(hex(apdu));
      }),
    );
  });
});

describe('PN532 answers', () => {
  it('an exchange: data, more data, and why there are none', () => {
    expect(readExchange(bytes('41009000'))).toEqual({ kind: 'data', data: bytes('9000'), more: false });
    expect(readExchange(bytes('4140aabb'))).toEqual({ kind: 'data', data: bytes('aabb'), more: true });
    const failures = {
      '01': 'silent',
      '0a': 'silent',
      '29': 'silent',
      '02': 'weakField',
      '05': 'weakField',
      '13': 'weakField',
      '07': 'protocol',
      '0b': 'protocol',
      '27': 'protocol',
    };
    for (const [status, failure] of Object.entries(failures))
      expect(readExchange(bytes(`41${status}`))).toEqual({ kind: 'failed', failure });
    expect(readExchange(bytes('4300'))).toBeNull();
    expect(readExchange(bytes('41'))).toBeNull();
  });

  it('firmware: of a PN532 only', () => {
    expect(readFirmware(bytes('0332010607'))).toEqual({ version: 1, revision: 6 });
    expect(readFirmware(bytes('0333010607'))).toBeNull();
    expect(readFirmware(bytes('033201'))).toBeNull();
  });

  it('presence: 00 and nothing else', () => {
    expect(readPresence(bytes('0100'))).toBe(true);
    expect(readPresence(bytes('0101'))).toBe(false);
    expect(readPresence(bytes('01'))).toBeNull();
  });

  it.each([
    ['none', 'A', '4b00', []],
    ['a passport-like card', 'A', '4b01 01 0008 20 04 08a1b2c3 05 78778002', [true]],
    ['a MIFARE Classic', 'A', '4b01 01 0004 08 04 a1b2c3d4', [false]],
    ['one of each', 'A', '4b02 01 0008 20 04 08a1b2c3 02 00 02 0044 00 07 04a1b2c3d4e5f6', [true, false]],
    ['a card that was not activated', 'A', '4b01 01 0008 20 04 08a1b2c3', [false]],
    ['a card of type B', 'B', '4b01 01 50a1b2c3d400000000008171 01 00', [true]],
    ['a card of type B without ISO 14443-4', 'B', '4b01 01 50a1b2c3d400000000008070 00', [false]],
  ] as const)('targets: %s', (_, type, answer, speaksIso) => {
    expect(readTargets(bytes(answer), type)).toEqual(speaksIso.map((value) => ({ speaksIso: value })));
  });

  it('targets: three, too few bytes, another answer, are nothing', () => {
    for (const answer of ['4b03', '4b', '4d00', '4b01 01 0008 20 04 08a1', '4b01 01 0008 20 04 08a1b2c3 09 78']) {
      expect(readTargets(bytes(answer), 'A')).toBeNull();
    }
    expect(readTargets(bytes('4b01 01 51a1b2c3d400000000008171 01 00'), 'B')).toBeNull();
    expect(readTargets(bytes('4b01 01 50a1b2c3d400000000008171 05 00'), 'B')).toBeNull();
  });

  it('garbage is read without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(0x41, 0x4b, 0x01, 0x03), (rest, code) => {
        const answer = Uint8Array.from([code, ...rest]);
        for (const type of ['A', 'B'] as const) expect([0, 1, 2, undefined]).toContain(readTargets(answer, type)?.length);
        readExchange(answer);
        readFirmware(answer);
        readPresence(answer);
      }),
    );
  });
});
