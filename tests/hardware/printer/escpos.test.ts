import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as escpos from '../../../hardware/printer/escpos.ts';
import { Receiver } from '../../../simulators/printer/receiver.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const picture = (widthDots: number, heightDots: number, data: Uint8Array) => ({ widthDots, heightDots, data });

describe('golden bytes', () => {
  // Right column typed from the manufacturer's command reference.
  it.each([
    ['initialise', escpos.initialise(), '1b40'],
    ['Kanji off', escpos.kanjiOff(), '1c2e'],
    ['real-time pulse off', escpos.disableRealTimePulse(), '1d284403001401' + '00'],
    ['centre', escpos.align('centre'), '1b6101'],
    ['enlarge 7x7', escpos.enlarge(7), '1d2166'],
    ['text', escpos.textLine('A012'), '413031320a'],
    ['feed 600 dots', escpos.feed(600), '1b4aff' + '1b4aff' + '1b4a5a'],
    ['plain ASCII', escpos.plainAscii(), '1b52001b7400'],
    ['left margin 300', escpos.leftMargin(300), '1d4c2c01'],
    ['feed and cut', escpos.feedAndCut(), '1d564200'],
    ['cut here', escpos.cutHere(), '1d5601'],
    ['cut here, older', escpos.cutHereOld(), '1b6d'],
    ['paper status', escpos.requestPaperStatus(), '1d7201'],
    ['ask status 4', escpos.askStatus(4), '100404'],
    ['clear the buffer', escpos.clearBuffer(), '10140801031401060208'],
    ['confirmation', escpos.requestConfirmation('T001'), '1d28480600303054303031'],
    [
      'QR "A1", 7 dots',
      escpos.qrSymbol('A1', 7),
      '1d286b040031413200' + '1d286b0300314307' + '1d286b0300314531' + '1d286b0500315030' + '4131' + '1d286b0300315130',
    ],
    ['raster 9x2', escpos.raster(picture(9, 2, Uint8Array.from([0xff, 0x80, 0x01, 0x00]))), '1d76300002000200' + 'ff800100'],
    ['the same, doubled', escpos.raster(picture(9, 2, Uint8Array.from([0xff, 0x80, 0x01, 0x00])), true), '1d76300302000200' + 'ff800100'],
  ])('%s', (_, bytes, expected) => {
    expect(hex(bytes)).toBe(expected);
  });

  it('splits high pictures into bands of 256 rows', () => {
    const bytes = escpos.raster(picture(8, 300, new Uint8Array(300).fill(0x55)));
    expect(bytes.length).toBe(8 + 256 + 8 + 44);
    expect(hex(bytes.subarray(0, 8))).toBe('1d76300001000001');
    expect(hex(bytes.subarray(264, 272))).toBe('1d76300001002c00');
  });

  it('refuses what the wire cannot hold', () => {
    expect(() => escpos.textLine('số')).toThrow(RangeError);
    expect(() => escpos.requestConfirmation('abc')).toThrow(RangeError);
    expect(() => escpos.requestConfirmation('ab\ncd')).toThrow(RangeError);
    expect(() => escpos.qrSymbol('', 6)).toThrow(RangeError);
    expect(() => escpos.qrSymbol('x'.repeat(501), 6)).toThrow(RangeError);
  });
});

describe('pictures and real-time commands', () => {
  // Biased towards the bytes that make up the commands.
  const treacherous = fc.array(fc.oneof(fc.constantFrom(0x10, 0x04, 0x05, 0x14, 0x01, 0x02, 0x08), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 400,
  });

  it('no picture is ever obeyed as a command, and at most lone dots are added', () => {
    fc.assert(
      fc.property(treacherous, (values) => {
        const data = Uint8Array.from(values);
        const clean = escpos.withoutRealTimeCodes(data);
        const commands: unknown[] = [];
        const receiver = new Receiver('epson');
        receiver.push(
          clean,
          (command) => commands.push(command),
          () => {},
        );
        expect(commands).toEqual([]);
        clean.forEach((value, at) => {
          if (value !== data[at]) expect([data[at], value]).toEqual([0x10, 0x18]);
        });
      }),
    );
  });

  it('the alarm works: an uncleaned picture is obeyed', () => {
    const commands: unknown[] = [];
    new Receiver('epson').push(
      Uint8Array.from([0x00, 0x10, 0x04, 0x01, 0x00]),
      (command) => commands.push(command),
      () => {},
    );
    expect(commands).toEqual([{ kind: 'status', n: 1 }]);
  });
});
