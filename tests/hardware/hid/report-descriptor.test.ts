import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRun, payloadBytes, readValue, splitReport, writeValue } from '../../../hardware/hid/report.ts';
import { collectionsOf, parseReportDescriptor, type ReportDescriptor, usageAt } from '../../../hardware/hid/report-descriptor.ts';
import { ScanReportReader } from '../../../hardware/qr-scanner/hid-pos.ts';
import { TouchReader } from '../../../hardware/touchscreen/digitizer.ts';
import { publishedPosDescriptor, vendorPosDescriptor } from '../../../simulators/hid/pos-scanner.ts';
import { TouchPanelSimulator } from '../../../simulators/hid/touch-panel.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
function parsed(hex: string): ReportDescriptor {
  const result = parseReportDescriptor(bytes(hex));
  if (!result.ok) throw new Error(result.fault);
  return result.descriptor;
}
const layout = (descriptor: ReportDescriptor) =>
  descriptor.fields.map(({ kind, reportId, bitOffset, bits, count }) => [kind, reportId, bitOffset, bits, count]);

describe('report descriptor', () => {
  it('golden: the published POS scanner', () => {
    const result = parseReportDescriptor(publishedPosDescriptor);
    if (!result.ok) throw new Error(result.fault);
    const { descriptor } = result;
    expect(descriptor.numbered).toBe(true);
    expect(layout(descriptor)).toEqual([
      ['input', 2, 0, 8, 1],
      ['input', 2, 8, 8, 3],
      ['input', 2, 32, 8, 56],
      ['input', 2, 480, 1, 1],
      ['input', 2, 481, 7, 1],
    ]);
    expect(descriptor.fields.map((field) => usageAt(field, 0).toString(16))).toEqual(['1003b', '8c00fb', '8c00fe', '8c00ff', '0']);
    expect(descriptor.fields.map(({ constant }) => constant)).toEqual([false, false, false, false, true]);
    expect(collectionsOf(descriptor, descriptor.fields[2] ?? never()).map((at) => descriptor.collections[at]?.usage)).toEqual([
      0x8c0012, 0x8c0002,
    ]);
    expect(payloadBytes(descriptor, 2)).toBe(61);
  });

  // HID 1.11, appendix B.2 and E.10: the boot mouse.
  it('golden: the boot mouse of the standard', () => {
    const descriptor = parsed(
      '05 01 09 02 a1 01 09 01 a1 00 05 09 19 01 29 03 15 00 25 01 95 03 75 01 81 02 95 01 75 05 81 01 05 01 09 30 09 31 15 81 25 7f 75 08 95 02 81 06 c0 c0',
    );
    expect(descriptor.numbered).toBe(false);
    expect(layout(descriptor)).toEqual([
      ['input', 0, 0, 1, 3],
      ['input', 0, 3, 5, 1],
      ['input', 0, 8, 8, 2],
    ]);
    const y = findRun(descriptor.fields, 0x10031);
    expect(y).toEqual({ reportId: 0, bitOffset: 16, bits: 8, logicalMin: -127, logicalMax: 127, count: 1 });
    expect(findRun(descriptor.fields, 0x90002)).toMatchObject({ bitOffset: 1, bits: 1 });
    expect(y && readValue(bytes('05 00 f6'), y)).toBe(-10);
    expect(splitReport(descriptor, bytes('05 00 f6'))).toEqual({ reportId: 0, payload: bytes('05 00 f6') });
  });

  it('push and pop bring back all that is global, and nothing that is local', () => {
    const descriptor = parsed('05 0d 15 00 25 01 75 01 95 08 a4 05 01 26 ff 0f 75 10 95 02 09 30 81 02 b4 09 42 81 02');
    expect(descriptor.fields).toHaveLength(2);
    expect(descriptor.fields[1]).toMatchObject({
      bits: 1,
      count: 8,
      logicalMax: 1,
      bitOffset: 32,
      usages: [{ first: 0xd0042, last: 0xd0042 }],
    });
  });

  it('a usage takes the page that holds at its main item; a long one brings its own', () => {
    const descriptor = parsed('05 01 09 30 05 0d 0b 31 00 01 00 15 00 25 01 75 08 95 02 81 02');
    expect([0, 1].map((index) => usageAt(descriptor.fields[0] ?? never(), index))).toEqual([0xd0030, 0x10031]);
  });

  it('a maximum is signed only where the minimum is negative', () => {
    expect(parsed('15 00 25 ff 75 08 95 01 81 02').fields[0]).toMatchObject({ logicalMin: 0, logicalMax: 255 });
    expect(parsed('15 81 25 ff 75 08 95 01 81 02').fields[0]).toMatchObject({ logicalMin: -127, logicalMax: -1 });
    expect(parsed('15 00 27 ff ff 00 00 75 10 95 01 81 02').fields[0]).toMatchObject({ logicalMax: 65535 });
    expect(parsed('17 00 00 00 80 27 ff ff ff 7f 75 20 95 01 81 02').fields[0]).toMatchObject({
      logicalMin: -(2 ** 31),
      logicalMax: 2 ** 31 - 1,
    });
  });

  it('long items are skipped, input, output and feature reports are laid out apart, of delimited usages the first counts', () => {
    const descriptor = parsed(
      'fe 03 f0 aa bb cc 85 01 75 08 95 01 a9 01 0a 22 01 0a 33 01 a9 00 81 02 91 02 85 02 81 02 85 01 b1 02 95 02 81 02',
    );
    expect(layout(descriptor)).toEqual([
      ['input', 1, 0, 8, 1],
      ['output', 1, 0, 8, 1],
      ['input', 2, 0, 8, 1],
      ['feature', 1, 0, 8, 1],
      ['input', 1, 8, 8, 2],
    ]);
    expect(usageAt(descriptor.fields[0] ?? never(), 0)).toBe(0x122);
  });

  it.each([
    ['an item without its data', '05 01 26 ff', 'truncated'],
    ['a long item without its data', 'fe 10 00 01', 'truncated'],
    ['2^32 values of 2^32 bits', '77 ff ff ff ff 97 ff ff ff ff 81 02', 'reportTooLong'],
    ['one bit more than a report may have', '75 08 96 00 40 81 02 75 01 95 01 81 02', 'reportTooLong'],
    ['an end without a collection', 'c0', 'unbalancedCollections'],
    ['a collection without an end', 'a1 01', 'unbalancedCollections'],
    ['a pop of nothing', 'b4', 'stackUnderflow'],
    ['five pushes', 'a4 a4 a4 a4 a4', 'nestedTooDeep'],
    ['33 collections', 'a1 01'.repeat(33) + 'c0'.repeat(33), 'nestedTooDeep'],
    ['report id 0', '85 00', 'reportIdZero'],
    ['more than 4096 bytes', '04'.repeat(4097), 'tooLong'],
  ])('%s is a fault', (_, hex, fault) => {
    expect(parseReportDescriptor(bytes(hex))).toEqual({ ok: false, fault });
  });

  it('survives garbage, and every cut and bit error of a good one', () => {
    const check = (descriptor: Uint8Array) => {
      const result = parseReportDescriptor(descriptor);
      if (!result.ok) return;
      for (const field of result.descriptor.fields) {
        expect(field.bitOffset + field.bits * field.count).toBeLessThanOrEqual(16384 * 8);
        usageAt(field, field.count - 1);
        findRun(result.descriptor.fields, usageAt(field, 0), field.kind);
        collectionsOf(result.descriptor, field);
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), check));
    for (let length = 0; length < publishedPosDescriptor.length; length += 1) check(publishedPosDescriptor.subarray(0, length));
    for (let bit = 0; bit < publishedPosDescriptor.length * 8; bit += 1) {
      const damaged = Uint8Array.from(publishedPosDescriptor);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      check(damaged);
    }
  });
});

describe('drivers of hostile devices', () => {
  const descriptors = [
    publishedPosDescriptor,
    vendorPosDescriptor,
    ...(['single', 'hybrid'] as const).map((form) => new TouchPanelSimulator(form).descriptor),
  ];
  const edits = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 6 });
  const reports = fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 10 });

  it('whatever a descriptor claims, reports are read or refused', () => {
    let readable = 0;
    fc.assert(
      fc.property(fc.constantFrom(...descriptors), edits, reports, (descriptor, changes, received) => {
        const changed = Uint8Array.from(descriptor);
        for (const [at, value] of changes) changed[at % changed.length] = value;
        const result = parseReportDescriptor(changed);
        if (!result.ok) return;
        readable += 1;
        const [touch, scan] = [new TouchReader(result.descriptor), new ScanReportReader(result.descriptor)];
        for (const report of received) {
          touch.push(report);
          for (const { reportId } of result.descriptor.fields.slice(0, 8)) {
            const own = result.descriptor.numbered ? Uint8Array.of(reportId, ...report) : report;
            touch.push(own);
            expect(scan.push(own)?.length ?? 0).toBeLessThanOrEqual(4096);
          }
        }
      }),
      { numRuns: 500 },
    );
    expect(readable).toBeGreaterThan(50);
  });
});

describe('values of a report', () => {
  const place = fc
    .record({ bitOffset: fc.nat(60), bits: fc.integer({ min: 1, max: 32 }), isSigned: fc.boolean(), raw: fc.nat({ max: 2 ** 31 - 1 }) })
    .map(({ bitOffset, bits, isSigned, raw }) => {
      const size = 2 ** bits;
      const value = isSigned ? (raw % size) - size / 2 : (raw * 2 + 1) % size;
      return { at: { reportId: 0, bitOffset, bits, logicalMin: isSigned ? -1 : 0, logicalMax: 1 }, value };
    });

  it('what is written anywhere is read there, and nothing beside it changes', () => {
    fc.assert(
      fc.property(place, fc.uint8Array({ minLength: 12, maxLength: 12 }), ({ at, value }, before) => {
        const report = Uint8Array.from(before);
        writeValue(report, at, value);
        expect(readValue(report, at)).toBe(value);
        const bitsOf = (data: Uint8Array) =>
          [...data].map((byte) => byte.toString(2).padStart(8, '0').split('').reverse().join('')).join('');
        const outside = (bits: string) => bits.slice(0, at.bitOffset) + bits.slice(at.bitOffset + at.bits);
        expect(outside(bitsOf(report))).toBe(outside(bitsOf(before)));
      }),
    );
  });

  it('a value across bytes, by hand: bits 4 to 15 of cd ab are abc', () => {
    expect(readValue(bytes('cd ab'), { reportId: 0, bitOffset: 4, bits: 12, logicalMin: 0, logicalMax: 4095 })).toBe(0xabc);
    expect(readValue(bytes('cd ab'), { reportId: 0, bitOffset: 4, bits: 12, logicalMin: -2048, logicalMax: 2047 })).toBe(0xabc - 4096);
  });

  it('a report that ends before the value has none; what is longer is read all the same', () => {
    const at = { reportId: 0, bitOffset: 9, bits: 8, logicalMin: 0, logicalMax: 255 };
    expect(readValue(bytes('00 ff'), at)).toBeNull();
    expect(readValue(bytes('00 fe 01'), at)).toBe(0xff);
    expect(readValue(bytes('00 fe 01 77 77'), at)).toBe(0xff);
    expect(() => writeValue(new Uint8Array(2), at, 1)).toThrow(RangeError);
    expect(readValue(new Uint8Array(20), { ...at, bits: 33 })).toBeNull();
  });
});

function never(): never {
  throw new Error('no such field');
}
