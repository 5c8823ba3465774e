import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc16 } from '../../../firmware-bridge/protocol/codec.ts';
import golden from '../../../firmware-bridge/protocol/generated/golden.json' with { type: 'json' };
import { decodeFrame, encodeFrame, type Message } from '../../../firmware-bridge/protocol/generated/messages.ts';
import { type FieldDeclaration, messages } from '../../../firmware-bridge/protocol/messages.ts';

const inside = (frame: Uint8Array): Uint8Array => frame.subarray(1, -1);
const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Values of a field as the declaration means them, independent of the generator. */
function arbitraryField(field: FieldDeclaration): fc.Arbitrary<unknown> {
  if (field.values) return fc.constantFrom(...Object.keys(field.values));
  if (field.bits) return fc.record(Object.fromEntries(Object.keys(field.bits).map((bit) => [bit, fc.boolean()])));
  return fc.integer({ min: field.min, max: field.max });
}

const arbitraryMessage = fc
  .constantFrom(...messages)
  .chain((declaration) =>
    fc
      .record(Object.fromEntries(declaration.fields.map((field) => [field.name, arbitraryField(field)])))
      .map((fields) => ({ name: declaration.name, ...fields }) as unknown as Message),
  );
const arbitrarySeq = fc.integer({ min: 0, max: 255 });

test('CRC-16/CCITT-FALSE: the check value of the catalogue', () => {
  expect(crc16(Buffer.from('123456789'))).toBe(0x29b1);
});

describe('golden frames', () => {
  test('a heartbeat worked out by hand', () => {
    // id 02, seq 05, 0x01020304 little-endian; CRC of 02 05 04 03 02 01.
    const crc = crc16([0x02, 0x05, 0x04, 0x03, 0x02, 0x01]);
    const pairs = [0x05, 0, 0x04, 0, 0x03, 0, 0x02, 0, 0x01, 0, crc & 0x7f, (crc >> 7) & 1, (crc >> 8) & 0x7f, crc >> 15];
    expect([...encodeFrame({ name: 'heartbeat', hostTimeMs: 0x01020304 }, 5)]).toEqual([0xf0, 0x02, ...pairs, 0xf7]);
  });

  test.each(golden.frames)('$message, $sample', ({ message, seq, frame }) => {
    const decoded = decodeFrame(inside(fromHex(frame)));
    expect(decoded).toMatchObject({ ok: true, seq, message: { name: message } });
    if (decoded.ok) expect(toHex(encodeFrame(decoded.message, seq))).toBe(frame);
  });
});

test('every message survives the wire, in seven-bit bytes', () => {
  fc.assert(
    fc.property(arbitraryMessage, arbitrarySeq, (message, seq) => {
      const frame = encodeFrame(message, seq);
      expect(inside(frame).every((byte) => byte < 0x80)).toBe(true);
      expect(decodeFrame(inside(frame))).toEqual({ ok: true, seq, message });
    }),
  );
});

test('a flipped bit, a lost byte or a doubled byte is refused', () => {
  const damage = fc.record({ how: fc.constantFrom('flip', 'lose', 'double'), at: fc.nat(), bit: fc.integer({ min: 0, max: 6 }) });
  fc.assert(
    fc.property(arbitraryMessage, arbitrarySeq, damage, (message, seq, { how, at, bit }) => {
      const bytes = [...inside(encodeFrame(message, seq))];
      const place = at % bytes.length;
      const byte = bytes[place] ?? 0;
      const put = { flip: [byte ^ (1 << bit)], lose: [], double: [byte, byte] }[how] ?? [];
      bytes.splice(place, 1, ...put);
      expect(decodeFrame(Uint8Array.from(bytes)).ok).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test('any bytes at all are decoded or refused, never thrown on', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => typeof decodeFrame(bytes).ok === 'boolean'));
});

describe('causes of refusal', () => {
  const stop = [...inside(encodeFrame({ name: 'stop' }, 0))];
  const wrap = (id: number, body: readonly number[]): Uint8Array => {
    const crc = crc16([id, ...body]);
    return Uint8Array.from([id, ...[...body, crc & 0xff, crc >> 8].flatMap((byte) => [byte & 0x7f, byte >> 7])]);
  };
  test.each([
    ['length', Uint8Array.from([])],
    ['length', Uint8Array.from(stop.slice(0, -2))],
    ['length', wrap(0x03, [0, 1, 2])],
    ['sevenBit', Uint8Array.from(stop.with(2, 0x02))],
    ['crc', Uint8Array.from(stop.with(1, 0x01))],
    ['unknownId', wrap(0x0e, [0])],
    // drive: leftMmS 601, rightMmS 0, validMs 100.
    ['range', wrap(0x03, [0, 0x59, 0x02, 0, 0, 100, 0])],
    // ack: result 7 is none.
    ['range', wrap(0x0b, [0, 1, 3, 8])],
  ])('%s', (cause, bytes) => {
    expect(decodeFrame(bytes)).toEqual({ ok: false, cause });
  });

  test('out of range is not encoded', () => {
    expect(() => encodeFrame({ name: 'drive', leftMmS: 601, rightMmS: 0, validMs: 100 }, 0)).toThrow(RangeError);
    expect(() => encodeFrame({ name: 'drive', leftMmS: 1.5, rightMmS: 0, validMs: 100 }, 0)).toThrow(RangeError);
  });
});
