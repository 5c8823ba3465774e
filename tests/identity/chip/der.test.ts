import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeObjectId,
  find,
  objectId,
  partsOf,
  readHeader,
  readTlv,
  readTlvs,
  smallInteger,
  tlv,
} from '../../../src/identity/chip/der.ts';
import { bytes, hex } from './hex.ts';

const tags = fc.constantFrom(0x04, 0x30, 0x77, 0x80, 0xa0, 0x5f1f, 0x7f49, 0x7f61);

describe('reading', () => {
  it.each([
    ['a short length', '0401AA', { tag: 0x04, value: 'AA' }],
    ['a length of one byte', `0481 80${'00'.repeat(128)}`, { tag: 0x04, value: '00'.repeat(128) }],
    ['a tag of two bytes', '5F1F02AABB', { tag: 0x5f1f, value: 'AABB' }],
    ['an empty value', '7F4900', { tag: 0x7f49, value: '' }],
    ['what follows', '0401AA0500', { tag: 0x04, value: 'AA' }],
  ])('takes %s', (_, input, { tag, value }) => {
    const read = readTlv(bytes(input));
    expect([read?.tag, hex(read?.value ?? null)]).toEqual([tag, value]);
  });

  it.each([
    ['nothing', ''],
    ['a tag alone', '30'],
    ['half a tag', '7F'],
    ['an endless tag', '7FFFFFFFFFFF00'],
    ['an indefinite length', '30800000'],
    ['a length of lengths', '3084000000010'.padEnd(14, '0')],
    ['a length cut off', '3082FF'],
    ['a value cut off', '0403AABB'],
    ['the filler', '0000'],
  ])('refuses %s', (_, input) => {
    expect(readTlv(bytes(input))).toBeNull();
  });

  it('refuses a list with anything behind its last object, and one without bounds', () => {
    expect(readTlvs(bytes('05000500'))).toHaveLength(2);
    expect(readTlvs(bytes('050005'))).toBeNull();
    expect(readTlvs(bytes('0500'.repeat(64)))).toHaveLength(64);
    expect(readTlvs(bytes('0500'.repeat(65)))).toBeNull();
  });

  it('tells the length of a file from its beginning', () => {
    expect(readHeader(bytes('6D8203E8'))).toEqual({ tag: 0x6d, headerBytes: 4, totalBytes: 1004 });
    expect(readHeader(bytes('7582'))).toBeNull();
  });

  it('finds what lies within', () => {
    expect(hex(find(bytes('7C06800101820155'), 0x7c, 0x82))).toBe('55');
    expect(find(bytes('7C06800101820155'), 0x7c, 0x84)).toBeNull();
    expect(partsOf(readTlv(bytes('3003020105')), 0x31)).toEqual([]);
  });

  it.each([
    ['02017F', 127],
    ['020200FF', 255],
    ['0201FF', null],
    ['0200', null],
    ['02050000000001', null],
    ['0401FF', null],
  ])('takes %s as the integer %s', (input, value) => {
    expect(smallInteger(readTlv(bytes(input)))).toBe(value);
  });

  it.each([
    ['06072A8648CE3D0201', '1.2.840.10045.2.1'],
    ['060A04007F00070202040202', '0.4.0.127.0.7.2.2.4.2.2'],
    ['0606678108010101', '2.23.136.1.1.1'],
    ['06022A80', null],
    ['0609FFFFFFFFFFFFFFFF7F', null],
  ])('takes %s as the object id %s', (input, dotted) => {
    expect(objectId(readTlv(bytes(input)))).toBe(dotted);
  });
});

describe('properties', () => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(tags, fc.uint8Array({ maxLength: 70_000 }), fc.uint8Array({ maxLength: 9 }), (tag, value, behind) => {
        const written = tlv(tag, value);
        const read = readTlv(Buffer.concat([written, behind]));
        expect(read?.tag).toBe(tag);
        expect(Buffer.from(read?.value ?? []).equals(value)).toBe(true);
        expect(read?.whole.length).toBe(written.length);
      }),
    );
  });

  it('reads back object ids', () => {
    const arcs = fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 39 }), arcs, (root, second, rest) => {
        const dotted = [root, second, ...rest].join('.');
        expect(objectId(readTlv(encodeObjectId(dotted)))).toBe(dotted);
      }),
    );
  });

  it('never throws on noise, and never claims more than there is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        const total = (readTlvs(noise) ?? []).reduce((sum, object) => sum + object.whole.length, 0);
        expect([0, noise.length]).toContain(total);
        expect((readTlv(noise)?.whole.length ?? 0) <= noise.length).toBe(true);
        objectId(readTlv(noise));
        smallInteger(readTlv(noise));
        find(noise, 0x30, 0x30, 0x04);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no prefix of an object for an object', () => {
    fc.assert(
      fc.property(tags, fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(), (tag, value, cut) => {
        const written = tlv(tag, value);
        expect(readTlv(written.subarray(0, cut % written.length))).toBeNull();
      }),
    );
  });
});
