import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReportDescriptor } from '../../../hardware/hid/report-descriptor.ts';
import { ScanReportReader, scanLayouts } from '../../../hardware/qr-scanner/hid-pos.ts';
import { openQrScanner } from '../../../hardware/qr-scanner/qr-scanner.driver.ts';
import { MemoryHidBus } from '../../../simulators/hid/memory-hid-bus.ts';
import { type PosScannerOptions, PosScannerSimulator } from '../../../simulators/hid/pos-scanner.ts';
import { TouchPanelSimulator } from '../../../simulators/hid/touch-panel.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { type Logger, silentLogger } from '../../../src/core/logger.ts';

const utf8 = (text: string) => Buffer.from(text, 'utf8');

function descriptorOf(bytes: Uint8Array) {
  const result = parseReportDescriptor(bytes);
  if (!result.ok) throw new Error(result.fault);
  return result.descriptor;
}

const forms: [string, PosScannerOptions][] = [
  ['published descriptor', { form: 'published' }],
  ['64 bytes with a vendor field', { form: 'vendor' }],
  ['64 bytes, AIM prefix one byte late', { form: 'vendor', isShifted: true }],
];

function readerOf(options: PosScannerOptions) {
  const gun = new PosScannerSimulator(options);
  const reader = new ScanReportReader(descriptorOf(gun.descriptor));
  const read = (bytes: Uint8Array) => gun.reportsOf(bytes).map((report) => reader.push(report));
  return { gun, reader, read };
}

describe('scanned-data reports', () => {
  it('golden: one report by hand', () => {
    const { reader } = readerOf({ form: 'published' });
    const report = new Uint8Array(62);
    report.set([2, 4, 0x5d, 0x51, 0x31, 0x41, 0x30, 0x31, 0x32]);
    expect(reader.push(report)).toBe('A012');
  });

  it('golden: a report of 64 bytes whose last bit says that more is to come, then one whose AIM prefix is missing', () => {
    const { reader } = readerOf({ form: 'vendor' });
    const first = new Uint8Array(64).fill(0x41, 6, 62);
    // 56 data bytes, shifted by one.
    first.set([2, 56, 0, 0x5d, 0x51, 0x31]);
    first[63] = 1;
    const rest = new Uint8Array(64);
    rest.set([2, 1, 0, 0, 0, 0, 0x42]);
    expect(reader.push(first)).toBeNull();
    expect(reader.waiting).toBe(true);
    expect(reader.push(rest)).toBe(`${'A'.repeat(56)}B`);
  });

  it.each(forms)('any code comes out whole: %s', (_, options) => {
    const code = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
      .filter((text) => !/[\r\n]$/.test(text) && !/^[\]\uFEFF]/.test(text));
    fc.assert(
      fc.property(fc.array(code, { minLength: 1, maxLength: 3 }), (codes) => {
        const { read, reader } = readerOf(options);
        for (const text of codes) expect(read(utf8(text)).at(-1)).toBe(text.normalize('NFC'));
        expect(reader.rejected).toBe(0);
      }),
    );
  });

  it('drops the end that units are set up to send, and what is empty', () => {
    const { read, reader } = readerOf({ form: 'published' });
    expect(read(utf8('A012\r\n'))).toEqual(['A012']);
    expect(read(utf8('\r'))).toEqual([null]);
    expect(reader.rejected).toBe(0);
  });

  it('without a length field the zeros behind the data are none of it', () => {
    // As published, but the length is the vendor's own business (usage 0 of page 1).
    const changed = Uint8Array.from(new PosScannerSimulator({ form: 'published' }).descriptor);
    const at = changed.findIndex((value, index) => value === 0x09 && changed[index + 1] === 0x3b);
    changed[at + 1] = 0;
    const reader = new ScanReportReader(descriptorOf(changed));
    const report = new Uint8Array(62);
    report.set([2, 0, 0x5d, 0x51, 0x31, 0x41, 0x42]);
    expect(reader.push(report)).toBe('AB');
  });

  it('takes 4,096 bytes, drops 4,097 and reads on; counts what it drops by cause', () => {
    const { read, reader } = readerOf({ form: 'published' });
    expect(read(new Uint8Array(4096).fill(0x41)).at(-1)).toHaveLength(4096);
    expect(read(new Uint8Array(4097).fill(0x41)).at(-1)).toBeNull();
    expect(read(Uint8Array.of(0xff, 0xfe))).toEqual([null]);
    // Length beyond the field, and a report that ends before its data.
    expect(reader.push(new Uint8Array(62).fill(57, 1, 2).fill(2, 0, 1))).toBeNull();
    expect(reader.push(Uint8Array.of(2, 4, 0x5d, 0x51, 0x31, 0x41))).toBeNull();
    expect(reader.rejections).toEqual({ tooLong: 1, notUtf8: 1, cutShort: 0, malformed: 2 });
    expect(read(utf8('next'))).toEqual(['next']);
  });

  it('survives garbage, truncation and foreign reports, and reads the next code', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.uint8Array({ maxLength: 80 }).map((tail) => Uint8Array.of(2, ...tail)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...forms), fc.array(piece, { maxLength: 20 }), ([, options], burst) => {
        const { reader, read } = readerOf(options);
        for (const report of burst) reader.push(report);
        reader.abandon();
        expect(read(utf8('A012'))).toEqual(['A012']);
      }),
    );
  });

  it("has no layout for a touch panel, nor for a vendor's collection", () => {
    expect(scanLayouts(descriptorOf(new TouchPanelSimulator('multi').descriptor)).size).toBe(0);
    expect([...scanLayouts(descriptorOf(new PosScannerSimulator({ form: 'vendor' }).descriptor)).keys()]).toEqual([2]);
  });
});

describe('HidScanner', () => {
  async function setUp(options: PosScannerOptions = { form: 'vendor' }) {
    const clock = new SimulatedClock();
    const bus = new MemoryHidBus();
    const gun = new PosScannerSimulator(options);
    bus.plug(gun);
    const logged: unknown[] = [];
    const note = (fields: object, message: string) => void logged.push(fields, message);
    const logger: Logger = { ...silentLogger, debug: note, info: note, warn: note, error: note };
    const scanner = openQrScanner({ kind: 'hid' }, { clock, logger, backend: bus });
    const codes: string[] = [];
    scanner.scanned.on((code) => codes.push(code));
    expect(scanner.status).toMatchObject({ status: 'offline', error: { code: 'SCANNER_OFFLINE' } });
    await clock.advanceAsync(10);
    return { clock, bus, gun, scanner, codes, logged };
  }
  const long = `001099012345|123456789|Nguyễn Văn Thử|01012000|Nam|${'Số 12 phố Hàng Bài, '.repeat(4)}|01012021`;

  it.each(forms)('reads what the gun reads: %s', async (_, options) => {
    const { scanner, gun, codes, logged, clock } = await setUp(options);
    expect(scanner.status).toEqual({ status: 'ready' });
    gun.scan('BK-7F3K-2026');
    gun.scan(long.normalize('NFD'));
    expect(codes).toEqual(['BK-7F3K-2026', long.normalize('NFC')]);
    expect(JSON.stringify(logged)).not.toContain('7F3K');
    await scanner.close();
    expect(clock.pendingCount).toBe(0);
  });

  it('turns POS mode on where the unit sleeps until then, again after each plugging', async () => {
    const { scanner, gun, codes, bus, clock } = await setUp({ form: 'vendor', isAsleep: true });
    gun.scan('one');
    expect(bus.sent.map(({ report }) => [...report])).toEqual([[254, 1]]);
    bus.unplug(gun);
    expect(scanner.status).toMatchObject({ status: 'offline', error: { code: 'SCANNER_OFFLINE' } });
    gun.setFeature(Uint8Array.of(254, 0));
    bus.plug(gun);
    await clock.advanceAsync(1000);
    gun.scan('two');
    expect(codes).toEqual(['one', 'two']);
    await scanner.close();
  });

  it('a torn code never becomes the head of the next one: 199 ms is a pause, 200 ms is the end', async () => {
    const { scanner, gun, codes, clock } = await setUp({ form: 'published' });
    const [first, second] = gun.reportsOf(utf8('x'.repeat(57)));
    if (!first || !second) throw new Error('two reports');
    gun.reported.emit(first);
    clock.advance(199);
    gun.reported.emit(second);
    gun.reported.emit(first);
    clock.advance(200);
    gun.scan('whole');
    expect(codes).toEqual(['x'.repeat(57), 'whole']);
    await scanner.close();
  });

  it('an unplug in the middle of a code forgets it', async () => {
    const { scanner, gun, codes, clock, bus } = await setUp({ form: 'published' });
    const [first] = gun.reportsOf(utf8('x'.repeat(57)));
    gun.reported.emit(first ?? new Uint8Array());
    bus.unplug(gun);
    bus.plug(gun);
    await clock.advanceAsync(150);
    gun.scan('whole');
    expect(codes).toEqual(['whole']);
    await scanner.close();
  });

  it('becomes faulty after five damaged codes and ready after a good one', async () => {
    const { scanner, gun, clock } = await setUp();
    for (let n = 0; n < 5; n += 1) {
      expect(scanner.status).toEqual({ status: 'ready' });
      gun.scanBytes(Uint8Array.of(0xc3));
    }
    expect(scanner.status).toMatchObject({ status: 'faulty', error: { code: 'DEVICE_FAULTY' } });
    gun.scan('good');
    expect(scanner.status).toEqual({ status: 'ready' });
    await scanner.close();
    expect(clock.pendingCount).toBe(0);
  });

  it('a device that calls itself a scanner and describes none is faulty', async () => {
    const clock = new SimulatedClock();
    const bus = new MemoryHidBus();
    const { descriptor } = new TouchPanelSimulator('multi');
    bus.plug(Object.assign(new PosScannerSimulator({ form: 'published' }), { descriptor }));
    const scanner = openQrScanner({ kind: 'hid' }, { clock, logger: silentLogger, backend: bus });
    await clock.advanceAsync(10);
    expect(scanner.status).toMatchObject({ status: 'faulty', error: { code: 'DEVICE_FAULTY' } });
    await scanner.close();
  });
});
