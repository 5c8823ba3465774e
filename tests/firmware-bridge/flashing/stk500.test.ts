import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeStkFrame, StkReader } from '../../../firmware-bridge/flashing/stk500.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** Frames by AVR068; checksums worked out by hand. */
const golden: [string, number, string, string][] = [
  ['sign-on', 1, '01', '1b 01 00 01 0e 01 14'],
  ['sign-on answered', 1, '01 00 08 41 56 52 49 53 50 5f 32', '1b 01 00 0b 0e 01 00 08 41 56 52 49 53 50 5f 32 74'],
  ['load address 0x3E000', 0x2a, '06 80 01 f0 00', '1b 2a 00 05 0e 06 80 01 f0 00 4d'],
  ['leave', 255, '11 01 01', '1b ff 00 03 0e 11 01 01 f8'],
];

describe('STK500v2 frames', () => {
  it.each(golden)('%s is encoded byte for byte', (_, seq, body, frame) => {
    expect(Buffer.from(encodeStkFrame({ seq, body: bytes(body) })).toString('hex')).toBe(frame.replaceAll(' ', ''));
  });

  it.each(golden)('%s is read back, a byte at a time', (_, seq, body, frame) => {
    const reader = new StkReader();
    const found = [...bytes(frame)].flatMap((byte) => reader.push(Uint8Array.of(byte)));
    expect(found.map((one) => [one.seq, Buffer.from(one.body).toString('hex')])).toEqual([[seq, body.replaceAll(' ', '')]]);
    expect(reader.discarded).toBe(0);
  });

  it('finds the good frames between garbage, cut frames and flipped bits, in any chunks', () => {
    const good = fc
      .record({ seq: fc.integer({ min: 0, max: 255 }), body: fc.uint8Array({ minLength: 1, maxLength: 275 }) })
      .map((frame) => ({ frame, wire: encodeStkFrame(frame) }));
    // Garbage that cannot begin a frame: whatever a cut frame swallows must not be the next good one.
    const garbage = fc.uint8Array({ maxLength: 40 }).map((noise) => noise.map((byte) => (byte === 0x1b ? 0 : byte)));
    const pieces = fc.array(fc.tuple(garbage, good), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 64 }), (parts, chunk) => {
        const stream = Buffer.concat(parts.flatMap(([noise, { wire }]) => [noise, wire]));
        const reader = new StkReader();
        const found = [];
        for (let at = 0; at < stream.length; at += chunk) found.push(...reader.push(stream.subarray(at, at + chunk)));
        expect(found.map(({ seq, body }) => [seq, [...body]])).toEqual(parts.map(([, { frame }]) => [frame.seq, [...frame.body]]));
        expect(reader.discarded).toBe(parts.reduce((sum, [noise]) => sum + noise.length, 0));
      }),
    );
  });

  it('accepts no frame with one wrong bit, and goes on with the next', () => {
    const frame = encodeStkFrame({ seq: 7, body: bytes('14 00 de ad be ef 00') });
    const next = encodeStkFrame({ seq: 8, body: bytes('11 00') });
    for (let bit = 0; bit < frame.length * 8; bit += 1) {
      const damaged = Uint8Array.from(frame, (byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      const reader = new StkReader();
      const found = reader.push(Buffer.concat([damaged, next, next, ...Array.from({ length: 60 }, () => next)]));
      expect(found.every(({ seq }) => seq === 8)).toBe(true);
      expect(found.length).toBeGreaterThan(20); // a damaged length may swallow up to 275 bytes
    }
  });

  it('finds a frame that hides in a damaged one', () => {
    const inner = encodeStkFrame({ seq: 2, body: bytes('06 00') });
    const outer = encodeStkFrame({ seq: 1, body: Uint8Array.from([0x13, ...inner, 0]) });
    const last = outer.length - 1;
    outer[last] = (outer[last] ?? 0) ^ 0xff;
    expect(new StkReader().push(outer).map(({ seq }) => seq)).toEqual([2]);
  });
});
