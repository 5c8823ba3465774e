import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodeReader } from '../../../hardware/qr-scanner/code-reader.ts';
import { SerialScanner } from '../../../hardware/qr-scanner/serial-scanner.driver.ts';
import { ScannerSimulator } from '../../../simulators/scanner/scanner-simulator.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { MemoryCable } from '../printer/bench-printer.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('CodeReader', () => {
  it.each([
    ['CR', 'A012\r', ['A012']],
    ['LF', 'A012\n', ['A012']],
    ['CR LF', 'A012\r\nB1\r\n', ['A012', 'B1']],
    ['AIM prefix of a QR code', ']Q1LETAN\r', ['LETAN']],
    ['AIM prefix of Code 128', ']C0123\r', ['123']],
    ['a bracket that is no prefix', '] Q1\r', ['] Q1']],
    ['decomposed letters', 'Phu\u031Bo\u031B\u0300ng\r', ['Ph\u01B0\u1EDDng']],
    ['nothing but ends', '\r\n\r', []],
  ])('%s', (_, sent, expected) => {
    expect(new CodeReader().push(bytes(sent))).toEqual(expected);
  });

  it('any codes in any pieces come out whole, letters of several bytes included', () => {
    const code = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .filter((text) => !/[\r\n]/.test(text) && !text.startsWith(']') && !text.startsWith('\uFEFF'));
    fc.assert(
      fc.property(fc.array(code, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 7 }), (codes, piece) => {
        const reader = new CodeReader();
        const stream = bytes(codes.map((text) => `${text}\r`).join(''));
        const got: string[] = [];
        for (let at = 0; at < stream.length; at += piece) got.push(...reader.push(stream.subarray(at, at + piece)));
        expect(got).toEqual(codes.map((text) => text.normalize('NFC')));
      }),
    );
  });

  it('takes 4,096 bytes, drops 4,097 and reads on', () => {
    const reader = new CodeReader();
    expect(reader.push(bytes(`${'x'.repeat(4096)}\r`))[0]).toHaveLength(4096);
    expect(reader.push(bytes(`${'x'.repeat(4097)}\rnext\r`))).toEqual(['next']);
    expect(reader.rejections).toEqual({ tooLong: 1, notUtf8: 0, cutShort: 0 });
  });

  it('survives garbage and reads the next code', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (garbage) => {
        const reader = new CodeReader();
        reader.push(garbage);
        reader.push(bytes('\r'));
        expect(reader.push(bytes('A012\r'))).toEqual(['A012']);
      }),
    );
  });
});

describe('SerialScanner', () => {
  function setUp(pieceBytes = 1) {
    const clock = new SimulatedClock();
    const cable = new MemoryCable(pieceBytes);
    const scanner = new SerialScanner({ link: cable, clock });
    const codes: string[] = [];
    scanner.scanned.on((code) => codes.push(code));
    return { clock, cable, scanner, codes, gun: new ScannerSimulator({ transport: cable.far, aimPrefix: true }) };
  }

  it('reads what the gun reads', async () => {
    const { clock, scanner, codes, gun } = setUp();
    gun.scan('BK-7F3K-2026');
    gun.scan('끄어남|Nguyễn Văn Thử');
    await clock.advanceAsync(10);
    expect(codes).toEqual(['BK-7F3K-2026', '끄어남|Nguyễn Văn Thử']);
    await scanner.close();
    expect(clock.pendingCount).toBe(0);
  });

  it('a torn code never becomes the head of the next one: 199 ms is a pause, 200 ms is the end', async () => {
    const { clock, cable, scanner, codes } = setUp();
    cable.far.write(bytes('slow'));
    await clock.advanceAsync(199, 199);
    cable.far.write(bytes('ly\r'));
    await clock.advanceAsync(10);
    cable.far.write(bytes('torn'));
    await clock.advanceAsync(1, 1);
    await clock.advanceAsync(200, 200);
    cable.far.write(bytes('whole\r'));
    await clock.advanceAsync(10);
    expect(codes).toEqual(['slowly', 'whole']);
    await scanner.close();
  });

  it('becomes faulty after five damaged codes and ready after a good one', async () => {
    const { clock, cable, scanner, gun } = setUp();
    for (let n = 0; n < 5; n += 1) {
      expect(scanner.status).toEqual({ status: 'ready' });
      cable.far.write(Uint8Array.from([0xff, 0xfe, 0x0d]));
      await clock.advanceAsync(10);
    }
    expect(scanner.status).toMatchObject({ status: 'faulty', error: { code: 'DEVICE_FAULTY' } });
    gun.scan('good');
    await clock.advanceAsync(10);
    expect(scanner.status).toEqual({ status: 'ready' });
    await scanner.close();
  });

  it('says when its cable is pulled and forgets the half code', async () => {
    const { clock, cable, scanner, codes, gun } = setUp();
    cable.far.write(bytes('half'));
    await clock.advanceAsync(10);
    cable.unplug();
    expect(scanner.status).toMatchObject({ status: 'offline', error: { code: 'SCANNER_OFFLINE' } });
    cable.plug();
    gun.scan('whole');
    await clock.advanceAsync(10);
    expect(codes).toEqual(['whole']);
    await scanner.close();
  });
});
