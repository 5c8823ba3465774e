import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, type Frame, FrameReader, wakeUp } from '../../../hardware/card-reader/pn532.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex');
const command = (data: Uint8Array): Frame => ({ kind: 'information', towards: 'reader', data });
const answer = (data: Uint8Array): Frame => ({ kind: 'information', towards: 'host', data });

/** Frames as NXP's UM0701-02 and AN10609 print them. */
const golden: [string, Frame, string][] = [
  ['acknowledgement', { kind: 'ack' }, '0000ff00ff00'],
  ['no acknowledgement', { kind: 'nack' }, '0000ffff0000'],
  ['error frame', { kind: 'error' }, '0000ff01ff7f8100'],
  ['GetFirmwareVersion', command(bytes('02')), '0000ff02fed4022a00'],
  ['its answer', answer(bytes('0332010607')), '0000ff06fad50332010607e800'],
  ['SAMConfiguration', command(bytes('14010000')), '0000ff05fbd4140100001700'],
  ['poll of one card of type A', command(bytes('4a0100')), '0000ff04fcd44a0100e100'],
];

/** A frame built by hand: the checksums are written out as the standard words them. */
function byHand(identifier: number, data: Uint8Array): Uint8Array {
  const body = [identifier, ...data];
  const complement = (value: number) => (256 - (value % 256)) % 256;
  const check = complement(body.reduce((total, value) => total + value, 0));
  const length = body.length;
  const header =
    length <= 255 ? [length, complement(length)] : [0xff, 0xff, length >> 8, length % 256, complement((length >> 8) + (length % 256))];
  return Uint8Array.from([0, 0, 0xff, ...header, ...body, check, 0]);
}

function readInPieces(stream: Uint8Array, piece: number): { frames: Frame[]; reader: FrameReader } {
  const reader = new FrameReader();
  const frames: Frame[] = [];
  for (let at = 0; at < stream.length; at += piece) frames.push(...reader.push(stream.subarray(at, at + piece)));
  return { frames, reader };
}

const nothingRejected = { noise: 0, lengthChecksum: 0, tooLong: 0, dataChecksum: 0, identifier: 0, truncated: 0 };
const joined = (parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
const anyFrame: fc.Arbitrary<Frame> = fc.oneof(
  fc.constantFrom<Frame>({ kind: 'ack' }, { kind: 'nack' }, { kind: 'error' }),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 264 }), fc.constantFrom('reader' as const, 'host' as const))
    .map(([data, towards]): Frame => ({ kind: 'information', towards, data })),
);

describe('PN532 frames', () => {
  it.each(golden)('%s', (_, frame, expected) => {
    expect(hex(encodeFrame(frame))).toBe(expected);
    expect(new FrameReader().push(bytes(expected))).toEqual([frame]);
  });

  it('wakes with two 55 and fourteen 00', () => {
    expect(hex(wakeUp)).toBe(`5555${'00'.repeat(14)}`);
  });

  it.each([1, 253, 254, 255, 264])('%i bytes of data: normal up to 254, extended above', (count) => {
    const data = Uint8Array.from({ length: count }, (_, at) => (at * 7) % 256);
    expect(hex(encodeFrame(command(data)))).toBe(hex(byHand(0xd4, data)));
    const { frames, reader } = readInPieces(byHand(0xd5, data), 1);
    expect(frames).toEqual([answer(data)]);
    expect(reader.rejected).toBe(0);
  });

  it('refuses to encode what no frame holds', () => {
    expect(() => encodeFrame(command(new Uint8Array(265)))).toThrow(RangeError);
    expect(() => encodeFrame(command(new Uint8Array(0)))).toThrow(RangeError);
  });

  it('any frames in any pieces come out as they went in, with nothing rejected', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 40 }), (frames, piece) => {
        const read = readInPieces(joined(frames.map(encodeFrame)), piece);
        expect(read.frames).toEqual(frames);
        expect(read.reader.rejected).toBe(0);
        expect(read.reader.waiting).toBe(false);
      }),
    );
  });

  it.each([
    ['noise between frames', '1122 0000ff00ff00 aa 0000ff00ff00', 2, { noise: 3 }],
    ['a wrong length checksum', '0000ff02ffd4022a00 0000ff00ff00', 1, { lengthChecksum: 1, noise: 5 }],
    ['a wrong data checksum', '0000ff02fed4022b00 0000ff00ff00', 1, { dataChecksum: 1, noise: 5 }],
    ['an extended frame of 266 bytes', '0000ffffff010af5 0000ff00ff00', 1, { tooLong: 1, noise: 5 }],
    ['an extended frame with a wrong checksum', '0000ffffff0109f4 0000ff00ff00', 1, { lengthChecksum: 1, noise: 5 }],
    ['an identifier of nobody', '0000ff02fed5002b00 0000ff02fed3002d00 0000ff00ff00', 2, { identifier: 1, noise: 4 }],
  ])('%s is rejected, counted and read past', (_, stream, frameCount, counted) => {
    const reader = new FrameReader();
    expect(reader.push(bytes(stream))).toHaveLength(frameCount);
    expect(reader.rejections).toEqual({ ...nothingRejected, ...counted });
  });

  it('finds a whole frame behind a torn one', () => {
    // A header that promises 6 bytes, of which 2 came.
    const reader = new FrameReader();
    expect(reader.push(bytes('0000ff06fad503 0000ff06fad50332010607e800'))).toEqual([answer(bytes('0332010607'))]);
    expect(reader.rejections.dataChecksum).toBe(1);
  });

  it('a frame that never ends is given up when the line falls silent', () => {
    const reader = new FrameReader();
    expect(reader.push(bytes('0000ff06fad503'))).toEqual([]);
    expect(reader.waiting).toBe(true);
    reader.abandon();
    expect(reader.waiting).toBe(false);
    expect(reader.rejections.truncated).toBe(1);
    expect(reader.push(bytes('0000ff00ff00'))).toEqual([{ kind: 'ack' }]);
  });

  it('garbage, truncations and bursts: never throws, and the frame after the silence is read', () => {
    const torn = fc.tuple(anyFrame, fc.nat(300)).map(([frame, cut]) => encodeFrame(frame).slice(0, cut));
    const spoilt = fc.tuple(anyFrame, fc.nat(300), fc.integer({ min: 1, max: 255 })).map(([frame, at, by]) => {
      const encoded = encodeFrame(frame);
      return encoded.map((value, index) => (index === at % encoded.length ? value ^ by : value));
    });
    const rubbish = fc.oneof(fc.uint8Array({ maxLength: 300 }), torn, spoilt, fc.constant(new Uint8Array(2000).fill(0xff)));
    fc.assert(
      fc.property(fc.array(rubbish, { maxLength: 5 }), fc.integer({ min: 1, max: 64 }), anyFrame, (parts, piece, frame) => {
        const { reader } = readInPieces(joined(parts), piece);
        reader.abandon();
        expect(reader.push(encodeFrame(frame))).toEqual([frame]);
      }),
      { numRuns: 300 },
    );
  });

  it('at half the baud rate nothing of a frame is taken for one', () => {
    // Each bit counts twice: the receiver sees every other half of the bits, start and stop bits among them.
    const wrongBaud = (data: Uint8Array) => {
      const bits = [...data]
        .flatMap((value) => [0, ...Array.from({ length: 8 }, (_, at) => (value >> at) & 1), 1])
        .flatMap((bit) => [bit, bit]);
      const seen: number[] = [];
      for (let at = 0; at + 9 < bits.length; ) {
        if (bits[at] === 1) at += 1;
        else {
          seen.push(bits.slice(at + 1, at + 9).reduce((value, bit, place) => value | (bit << place), 0));
          at += 10;
        }
      }
      return Uint8Array.from(seen);
    };
    const data = fc.uint8Array({ minLength: 1, maxLength: 264 });
    fc.assert(
      fc.property(data, (payload) => {
        expect(new FrameReader().push(wrongBaud(encodeFrame(answer(payload))))).toEqual([]);
      }),
    );
  });
});
