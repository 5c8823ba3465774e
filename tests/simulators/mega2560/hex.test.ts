import { describe, expect, it } from 'vitest';
import { parseHex } from '../../../simulators/mega2560/hex.ts';

const end = ':00000001FF';

describe('Intel HEX', () => {
  it('places data behind segment and linear base addresses', () => {
    // 02 segment 0x1000 -> 0x10000; 04 linear 0x0003 -> 0x30000
    const flash = parseHex([':0400100001020304E2', ':020000021000EC', ':01000200AA53', ':020000040003F7', ':0100000055AA', end].join('\n'));
    expect(flash).toHaveLength(0x40000);
    expect([...flash.subarray(0x10, 0x14)]).toEqual([1, 2, 3, 4]);
    expect(flash[0x10002]).toBe(0xaa);
    expect(flash[0x30000]).toBe(0x55);
    expect(flash[0]).toBe(0xff);
  });

  it.each([
    ['a flipped bit', ':0400100001020305E2', /fw:1: checksum/],
    ['a cut line', ':04001000010203', /fw:1: length/],
    ['not hex', 'hello', /fw:1: not an Intel HEX/],
    ['an address beyond the flash', ':020000040004F6\n:0100000055AA', /fw:2: address 0x40000/],
  ])('names the line of %s', (_, text, complaint) => {
    expect(() => parseHex(`${text}\n${end}`, 'fw')).toThrow(complaint);
  });

  it('refuses a file whose end is missing', () => {
    expect(() => parseHex(':0400100001020304E2', 'fw')).toThrow(/end record/);
  });
});
