import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CountReader, encodeCount, longestLine, question } from './people-counter.wire.ts';

const ascii = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const anyCount = fc.record({ entered: fc.integer({ min: 0, max: 999_999 }), left: fc.integer({ min: 0, max: 999_999 }) });
const nothing = { tooLong: 0, checksum: 0, shape: 0 };

function readInPieces(stream: Uint8Array, piece: number) {
  const reader = new CountReader();
  const counts = [];
  for (let at = 0; at < stream.length; at += piece) counts.push(...reader.push(stream.subarray(at, at + piece)));
  return { counts, rejections: reader.rejections };
}

describe('golden bytes', () => {
  it.each([
    ['a new counter', { entered: 0, left: 0 }, '$C,0,0*43\r\n'],
    ['a morning', { entered: 128, left: 131 }, '$C,128,131*4B\r\n'],
    ['the end of the scale', { entered: 999_999, left: 999_999 }, '$C,999999,999999*43\r\n'],
  ])('%s', (_, count, line) => {
    expect(Buffer.from(encodeCount(count)).toString('latin1')).toBe(line);
    expect(new CountReader().push(ascii(line))).toEqual([count]);
  });

  it('asks', () => expect(Buffer.from(question).toString('latin1')).toBe('?C\r'));

  it.each([-1, 0.5, 1_000_000, Number.NaN])('refuses to encode %d', (entered) => {
    expect(() => encodeCount({ entered, left: 0 })).toThrow(RangeError);
  });

  it.each([
    ['a wrong checksum', '$C,12,7*00\r\n', 'checksum'],
    ['a letter too few', '$C,12*44\r\n', 'shape'],
    ['a leading zero', '$C,012,7*75\r\n', 'shape'],
    ['a line without end', `${'7'.repeat(longestLine + 1)}\r\n`, 'tooLong'],
  ])('counts %s', (_, line, cause) => {
    const { counts, rejections } = readInPieces(ascii(line), 100);
    expect(counts).toEqual([]);
    expect(rejections).toEqual({ ...nothing, [cause]: 1 });
  });
});

describe('any bytes', () => {
  it('come out as they went in, in pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(anyCount, { maxLength: 20 }), fc.integer({ min: 1, max: 40 }), (counts, piece) => {
        const stream = Buffer.concat(counts.map(encodeCount));
        expect(readInPieces(stream, piece)).toEqual({ counts, rejections: nothing });
      }),
    );
  });

  it('garbage, bursts and torn lines never throw, and the next whole line is read', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 5000 }),
        anyCount,
        fc.nat(18),
        fc.integer({ min: 1, max: 64 }),
        (garbage, count, tear, piece) => {
          const torn = encodeCount(count).subarray(0, tear);
          const stream = Buffer.concat([garbage, torn, ascii('\r\n'), encodeCount(count)]);
          expect(readInPieces(stream, piece).counts.at(-1)).toEqual(count);
        },
      ),
    );
  });

  it('a flipped bit is noticed, wherever it is', () => {
    fc.assert(
      fc.property(anyCount, fc.nat(17), fc.nat(7), (count, place, bit) => {
        const line = encodeCount(count);
        const at = place % (line.length - 2);
        line[at] = (line[at] ?? 0) ^ (1 << bit);
        expect(readInPieces(line, 100).counts).toEqual([]);
      }),
    );
  });

  it('keeps no more than one line', () => {
    const reader = new CountReader();
    for (let n = 0; n < 1000; n += 1) reader.push(new Uint8Array(1000).fill(0x37));
    expect(JSON.stringify(reader).length).toBeLessThan(200);
  });
});
