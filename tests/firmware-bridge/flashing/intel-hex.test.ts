import { expect, it } from 'vitest';
import { parseIntelHex } from '../../../firmware-bridge/flashing/intel-hex.ts';
import { noise } from './boot-board.ts';
import { toHex } from './hex-writer.ts';

const end = ':00000001FF';
const limit = 0x3e000;

it('ends at the highest address given and fills gaps with 0xFF', () => {
  const bytes = parseIntelHex([':0400100001020304E2', ':01000200AA53', end].join('\n'), 'fw', limit);
  expect([...bytes]).toEqual([0xff, 0xff, 0xaa, ...Array(13).fill(0xff), 1, 2, 3, 4]);
});

it('follows segment and linear base addresses', () => {
  const text = [':020000021000EC', ':01000200AA53', ':020000040003F7', ':0100000055AA', ':0400000300003800C1', end].join('\r\n');
  const bytes = parseIntelHex(text, 'fw', limit);
  expect([bytes[0x10002], bytes[0x30000], bytes.length]).toEqual([0xaa, 0x55, 0x30001]);
});

it.each([1, 255, 256, 257, 65_536, 65_537, limit])('reads an image of %i bytes', (length) => {
  const image = noise(length);
  expect(Buffer.compare(parseIntelHex(toHex(image), 'fw', limit), image)).toBe(0);
});

it.each([
  ['a cut line', 'FIRMWARE_TRUNCATED', ':04001000010203', /^fw:1: .*cut off/],
  ['a line cut in the middle of a byte', 'FIRMWARE_TRUNCATED', ':0400100001020304E', /^fw:1: .*cut off/],
  ['a flipped bit', 'FIRMWARE_CHECKSUM', ':0400100001020305E2', /^fw:1: checksum is wrong/],
  ['a line too long', 'FIRMWARE_IMAGE_INVALID', ':0400100001020304E200', /^fw:1: .*too long/],
  ['something else', 'FIRMWARE_IMAGE_INVALID', '<html>', /^fw:1: not an Intel HEX record/],
  ['an unknown record', 'FIRMWARE_IMAGE_INVALID', ':00000006FA', /^fw:1: unknown record type 6/],
  ['a base address of one byte', 'FIRMWARE_IMAGE_INVALID', ':0100000400FB', /^fw:1: a base address has two bytes/],
  ['an address in the boot loader', 'FIRMWARE_IMAGE_INVALID', ':020000040003F7\n:01E0000055CA', /^fw:2: address 0x3e000 is beyond/],
])('names the line of %s', (_, code, text, detail) => {
  const parse = () => parseIntelHex(`${text}\n${end}\n`, 'fw', limit);
  expect(parse).toThrow(expect.objectContaining({ code, detail: expect.stringMatching(detail) }));
});

it('tells a file whose end is missing', () => {
  const parse = () => parseIntelHex(':0400100001020304E2\n', 'fw', limit);
  expect(parse).toThrow(
    expect.objectContaining({ code: 'FIRMWARE_TRUNCATED', detail: 'fw: the end record is missing, the file is cut off' }),
  );
});
