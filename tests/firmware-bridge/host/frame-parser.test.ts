import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameParser, type Parsed } from '../../../firmware-bridge/host/frame-parser.ts';
import { encodeFrame, type FirmwareMessage } from '../../../firmware-bridge/protocol/generated/messages.ts';
import { identity, restingState } from './fake-board.ts';

const ack: FirmwareMessage = { name: 'ack', ackedSeq: 200, ackedId: 3, result: 'stopped' };
const report: FirmwareMessage = {
  name: 'dispenseReport',
  dispenseId: 4_000_000_000,
  kind: 'water',
  result: 'running',
  pulses: 412,
  elapsedMs: 5100,
  targetPulses: 882,
  closing100us: 600,
};
const ownMessages: FirmwareMessage[] = [identity, restingState, ack, report];
const firmataMessages = [
  [0xf9, 2, 8],
  [0xe3, 0x10, 0x03],
  [0x91, 0x7f, 0x01],
  [0xf0, 0x79, 2, 8, 0x4c, 0, 0xf7],
  [0xf0, 0x6a, 127, 127, 0, 1, 0xf7],
];

type Sent = { bytes: Uint8Array; expected: Parsed };
const sent: fc.Arbitrary<Sent> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...ownMessages), fc.nat(255))
    .map(([message, seq]) => ({ bytes: encodeFrame(message, seq), expected: { kind: 'message' as const, seq, message } })),
  fc
    .constantFrom(...firmataMessages)
    .map((bytes) => ({ bytes: Uint8Array.from(bytes), expected: { kind: 'firmata' as const, bytes: Uint8Array.from(bytes) } })),
);

const join = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

/** Cuts `bytes` at the given fractions. */
function cut(bytes: Uint8Array, fractions: readonly number[]): Uint8Array[] {
  const at = [0, ...fractions.map((fraction) => Math.floor(fraction * bytes.length)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.slice(at[index], end));
}

const totalOf = (parser: FrameParser): number => Object.values(parser.rejections).reduce((sum, count) => sum + count, 0);

describe('FrameParser', () => {
  it('finds every message however the stream is split and merged, and rejects nothing', () => {
    fc.assert(
      fc.property(
        fc.array(sent, { maxLength: 12 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }),
        (messages, fractions) => {
          const parser = new FrameParser();
          const found = cut(join(messages.map(({ bytes }) => bytes)), fractions).flatMap((chunk) => parser.push(chunk));
          expect(found).toEqual(messages.map(({ expected }) => expected));
          expect(totalOf(parser)).toBe(0);
        },
      ),
    );
  });

  it('finds the message after any garbage and counts the garbage', () => {
    const garbage = fc.uint8Array({ minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(garbage, sent, (noise, { bytes, expected }) => {
        const parser = new FrameParser();
        parser.push(noise);
        // Garbage may itself be a Firmata message; only what comes after it counts.
        expect(parser.push(bytes)).toEqual([expected]);
      }),
      { numRuns: 500 },
    );
  });

  it('never passes a frame of ours with one bit flipped', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ownMessages), fc.nat(255), fc.nat(), fc.nat(7), (message, seq, position, bit) => {
        const bytes = encodeFrame(message, seq);
        const at = position % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        const parser = new FrameParser();
        const found = parser.push(join([bytes, encodeFrame(ack, 7)]));
        const own = found.filter((parsed) => parsed.kind === 'message');
        // A flip in the last byte removes the end of frame; then the next start breaks it off. The ack always arrives.
        expect(own).toEqual([{ kind: 'message', seq: 7, message: ack }]);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['crc', [...encodeFrame(ack, 1).slice(0, -3), 0x00, 0x00, 0xf7]],
    ['length', [0xf0, 0x0b, 1, 0, 2, 0, 3, 0, 0xf7]],
    ['sevenBit', [...encodeFrame(ack, 1).slice(0, 3), 0x05, ...encodeFrame(ack, 1).slice(4)]],
    ['wrongWay', [...encodeFrame({ name: 'stop' }, 1)]],
    ['interrupted', [0xf0, 0x0b, 1, 0, 0xf9, 2, 8]],
    ['noise', [0x12]],
    ['noise', [0xc5]],
    ['tooLong', [0xf0, 0x6c, ...Array<number>(2100).fill(1)]],
    ['length', [0xf0, 0xf7]],
  ] as const)('counts %s', (cause, bytes) => {
    const parser = new FrameParser();
    const own = parser.push(Uint8Array.from(bytes)).filter((parsed) => parsed.kind === 'message');
    expect(own).toEqual([]);
    expect(parser.rejections[cause]).toBeGreaterThan(0);
  });
});
