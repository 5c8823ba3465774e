import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command, Response } from '../../../src/identity/chip/apdu.ts';
import { tlv } from '../../../src/identity/chip/der.ts';
import { FileReader } from '../../../src/identity/chip/file-reader.ts';

interface Habits {
  shortIds: boolean;
  /** Refuses to read past the end instead of giving what there is. */
  strictLength?: number;
  /** Gives at most so many bytes at once. */
  mostAtOnce?: number;
  /** The file is longer than the object in it. */
  unused?: number;
}

const sod = 0x011d;

/** A chip with one file, EF.SOD, in the clear. */
function chipWith(file: Uint8Array, { shortIds, strictLength, mostAtOnce = 65_536, unused = 0 }: Habits) {
  const stored = Buffer.concat([file, Buffer.alloc(unused)]);
  const commands: Command[] = [];
  const answer = (status: number, data: Uint8Array = new Uint8Array(0)): Response => ({ data: Buffer.from(data), status });
  const part = (offset: number, length: number): Response => {
    if (offset >= stored.length) return answer(0x6b00);
    if (strictLength && offset + length > stored.length) return answer(strictLength);
    const data = stored.subarray(offset, offset + Math.min(length, mostAtOnce));
    return answer(data.length < length ? 0x6282 : 0x9000, data);
  };
  let selected = false;
  return {
    commands,
    async exchange(unit: Command): Promise<Response> {
      commands.push(unit);
      const { ins, p1, p2, data, expected } = unit;
      if (ins === 0xa4) {
        selected = data[0] === 0x01 && data[1] === 0x1d;
        return answer(selected ? 0x9000 : 0x6a82);
      }
      if (ins === 0xb0 && p1 & 0x80) {
        if (!shortIds) return answer(0x6a81);
        selected = (p1 & 0x1f) === 0x1d;
        return selected ? part(p2, expected) : answer(0x6a82);
      }
      if (!selected) return answer(0x6986);
      if (ins === 0xb0) return part((p1 << 8) | p2, expected);
      if (ins !== 0xb1 || data[0] !== 0x54) return answer(0x6d00);
      const inner = part(((data[2] ?? 0) << 8) | (data[3] ?? 0), expected - (expected < 0x82 ? 2 : expected < 0x103 ? 3 : 4));
      return answer(inner.status, tlv(0x53, inner.data));
    },
  };
}

const fileOf = (bytes: number) =>
  tlv(
    0x77,
    Uint8Array.from({ length: bytes }, (_, at) => (at * 7) & 0xff),
  );

describe('reading a file', () => {
  it('takes one exchange for what fits into one, and none more than the length asks for', async () => {
    for (const [bytes, exchanges] of [
      [0, 1],
      [200, 1],
      [220, 1],
      [221, 2],
      [442, 2],
      [443, 3],
      [2000, 9],
    ] as const) {
      const chip = chipWith(fileOf(bytes), { shortIds: true });
      const file = await new FileReader(chip, 223).read(sod);
      expect(file?.equals(fileOf(bytes))).toBe(true);
      expect(chip.commands).toHaveLength(exchanges);
    }
  });

  it('gives the object alone, whatever stands behind it', async () => {
    const file = await new FileReader(chipWith(fileOf(100), { shortIds: true, unused: 400 }), 223).read(sod);
    expect(file?.equals(fileOf(100))).toBe(true);
  });

  it('selects where the chip knows no short identifiers, and does not ask for them again', async () => {
    const chip = chipWith(fileOf(100), { shortIds: false });
    const reader = new FileReader(chip, 223);
    for (let i = 0; i < 2; i++) expect((await reader.read(sod))?.equals(fileOf(100))).toBe(true);
    expect(chip.commands.map(({ ins }) => ins)).toEqual([0xb0, 0xa4, 0xb0, 0xa4, 0xb0]);
  });

  it.each([0x6700, 0x6b00, 0x6282, 0x6c10])(
    'asks for the header first where the chip refuses with %i to read past the end',
    async (strictLength) => {
      const chip = chipWith(fileOf(100), { shortIds: true, strictLength });
      const reader = new FileReader(chip, 223);
      for (let i = 0; i < 2; i++) expect((await reader.read(sod))?.equals(fileOf(100))).toBe(true);
      expect(chip.commands.map(({ expected }) => expected)).toEqual([223, 6, 96, 6, 96]);
    },
  );

  it('reads beyond the offsets of the even instruction code', async () => {
    const chip = chipWith(fileOf(40_000), { shortIds: true });
    expect((await new FileReader(chip, 2000).read(sod))?.equals(fileOf(40_000))).toBe(true);
    expect(chip.commands.filter(({ ins }) => ins === 0xb1).length).toBeGreaterThan(0);
  });

  it('is null for a file that is not there', async () => {
    expect(await new FileReader(chipWith(fileOf(1), { shortIds: true }), 223).read(0x010b)).toBeNull();
    expect(await new FileReader(chipWith(fileOf(1), { shortIds: false }), 223).read(0x010b)).toBeNull();
  });

  it.each([
    ['no length', Buffer.from('77', 'hex')],
    ['more than a chip has', Buffer.from('7783FFFFFF00', 'hex')],
    ['more than the file has', Buffer.from('778200FF00', 'hex')],
  ])('says malformed of a file with %s', async (_, file) => {
    await expect(new FileReader(chipWith(file, { shortIds: true }), 223).read(sod)).rejects.toMatchObject({ failure: 'malformed' });
  });

  it('reads any file, in parts of any size', async () => {
    const habits = fc.record({ shortIds: fc.boolean(), mostAtOnce: fc.integer({ min: 6, max: 300 }), unused: fc.nat(20) });
    await fc.assert(
      fc.asyncProperty(fc.nat(3000), fc.integer({ min: 16, max: 1000 }), habits, async (bytes, most, kind) => {
        const file = await new FileReader(chipWith(fileOf(bytes), kind), most).read(sod);
        expect(file?.equals(fileOf(bytes))).toBe(true);
      }),
    );
  });
});
