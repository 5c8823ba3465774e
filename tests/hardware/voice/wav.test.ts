import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mendWav } from '../../../hardware/voice/wav.ts';
import { pipedWav } from './voice-bench.ts';

/** Two samples, 1 and -2, as the RIFF specification writes them; typed by hand. */
const golden = Buffer.from(
  '52494646 28000000 57415645 666d7420 10000000 0100 0100 22560000 44ac0000 0200 1000 64617461 04000000 0100 feff'.replaceAll(' ', ''),
  'hex',
);

describe('a WAV from a pipe', () => {
  it.each([2_147_479_552, 0, 0xffffffff - 36, 5000])('claims %i bytes and gets its true length', (claimed) => {
    const piped = pipedWav(100, claimed);
    const sound = mendWav(piped);
    expect(sound?.lengthMs).toBe(100);
    const wav = Buffer.from(sound?.wav ?? []);
    expect(wav.readUInt32LE(4)).toBe(piped.length - 8);
    expect(wav.readUInt32LE(40)).toBe(piped.length - 44);
    expect(wav.subarray(44)).toEqual(piped.subarray(44));
  });

  it('a sound file is not changed', () => {
    expect(Buffer.from(mendWav(golden)?.wav ?? [])).toEqual(golden);
    expect(mendWav(golden)?.lengthMs).toBeCloseTo(2000 / 22050, 9);
  });

  it('other chunks are passed over, also odd ones; half a sample at the end is cut', () => {
    const list = Buffer.from('4c495354 03000000 414243 00'.replaceAll(' ', ''), 'hex');
    const torn = Buffer.concat([golden.subarray(0, 12), list, golden.subarray(12), Buffer.from([7])]);
    torn.writeUInt32LE(0xffffffff, torn.length - 9);
    expect(Buffer.from(mendWav(torn)?.wav ?? [])).toEqual(golden);
  });
});

describe('what is no sound', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['the header alone', golden.subarray(0, 44)],
    ['no data chunk', golden.subarray(0, 36)],
    ['text', Buffer.from('espeak-ng: voice not found, sorry for that, there is no such voice')],
    ['8 bits', Buffer.concat([golden.subarray(0, 34), Buffer.from([8, 0]), golden.subarray(36)])],
    ['not PCM', Buffer.concat([golden.subarray(0, 20), Buffer.from([3, 0]), golden.subarray(22)])],
  ])('%s', (_, bytes) => {
    expect(mendWav(bytes)).toBeNull();
  });

  it('any bytes, and any damage to a WAV, give a sound with true lengths or none', () => {
    const damaged = fc.tuple(fc.nat(47), fc.nat(255), fc.nat(48)).map(([at, value, length]) => {
      const bytes = Buffer.from(golden);
      bytes[at] = value;
      return bytes.subarray(0, length);
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), damaged), (bytes) => {
        const sound = mendWav(bytes);
        if (sound === null) return;
        const wav = Buffer.from(sound.wav);
        expect(wav.readUInt32LE(40)).toBe(wav.length - 44);
        expect(wav.length).toBeGreaterThan(44);
        expect(sound.lengthMs).toBeGreaterThan(0);
        expect(mendWav(wav)).toEqual(sound);
      }),
      { numRuns: 2000 },
    );
  });
});
