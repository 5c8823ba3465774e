import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandsOf, dotAt, emptyBitmap, setDot } from '../../../hardware/printer/bitmap.ts';
import { compilePaper, setUp } from '../../../hardware/printer/compile.ts';
import { concat } from '../../../hardware/printer/escpos.ts';
import { printerProfileNames, printerProfiles } from '../../../hardware/printer/profiles.ts';
import { type PrinterMessage, StatusReader } from '../../../hardware/printer/status.ts';
import { Receiver } from '../../../simulators/printer/receiver.ts';
import { settle, setUpBench } from './bench-printer.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('golden bytes of a paper', () => {
  const lines = [
    { kind: 'text', text: 'A012', size: 'huge', align: 'centre', bold: true },
    { kind: 'rule' },
    { kind: 'text', text: 'now', size: 'small', align: 'left' },
  ] as const;
  // Typed from the command reference: what differs is the set-up and the cut.
  const head = '1b40' + '1c2e' + '1b5200' + '1b7400' + '1d50cbcb' + '1d6201';
  const body =
    '1b6101' +
    '1b4d00' +
    '1d2166' +
    '1b4501' +
    '1b33a8' +
    '413031320a' +
    '1b4a0c' +
    '1b6100' +
    `1d76300324000100${'ff'.repeat(36)}` +
    '1b4a10' +
    '1b4d00' +
    '1d2100' +
    '1b4500' +
    '1b331c' +
    '6e6f770a';
  it.each([
    ['epson-80mm', '1d284403001401' + '00' + '1d610e', '1d564200'],
    ['clone-80mm', '', '1b4a6e1d5601'],
  ] as const)('%s', async (name, switches, cut) => {
    const profile = printerProfiles[name];
    const pieces = await compilePaper(lines, profile);
    expect(hex(setUp(profile).bytes)).toBe(head + switches);
    expect(hex(concat(pieces.map(({ bytes }) => bytes)))).toBe(body + cut);
  });
});

describe('bands', () => {
  const picture = fc
    .record({
      widthDots: fc.integer({ min: 1, max: 70 }),
      heightDots: fc.integer({ min: 1, max: 60 }),
      dots: fc.array(fc.tuple(fc.nat(69), fc.nat(59)), { maxLength: 60 }),
    })
    .map(({ widthDots, heightDots, dots }) => {
      const bitmap = emptyBitmap(widthDots, heightDots);
      for (const [x, y] of dots) if (x < widthDots && y < heightDots) setDot(bitmap, x, y);
      return bitmap;
    });

  it('put together again they are the picture, in at most as many bytes as the whole', () => {
    fc.assert(
      fc.property(picture, fc.integer({ min: 1, max: 48 }), (bitmap, rowLimit) => {
        const again = emptyBitmap(bitmap.widthDots, bitmap.heightDots);
        let y = 0;
        let bytes = 0;
        for (const band of bandsOf(bitmap, rowLimit)) {
          const rows = band.kind === 'blank' ? band.rows : band.bitmap.heightDots;
          expect(rows).toBeLessThanOrEqual(rowLimit);
          bytes += band.kind === 'blank' ? 3 : 12 + band.bitmap.data.length;
          if (band.kind === 'ink')
            for (let row = 0; row < rows; row += 1)
              for (let x = 0; x < band.bitmap.widthDots; x += 1) if (dotAt(band.bitmap, x, row)) setDot(again, band.leftDots + x, y + row);
          y += rows;
        }
        expect(y).toBe(bitmap.heightDots);
        expect(again.data).toEqual(bitmap.data);
        if (rowLimit >= bitmap.heightDots) expect(bytes).toBeLessThanOrEqual(12 + bitmap.data.length);
      }),
    );
  });
});

describe('any text on any profile', () => {
  const letters = fc.oneof(
    fc.constantFrom(...'ăâđêôơưẮỖỘ한글 A012.,:/'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
    fc.constantFrom('\u0323', '\u0302', '\u{1F600}', '\n', '\t', '\u0000', '\u0010\u0004\u0001'),
  );
  const line = fc.record({
    kind: fc.constant('text' as const),
    text: fc.array(letters, { maxLength: 40 }).map((parts) => parts.join('')),
    size: fc.constantFrom('small' as const, 'normal' as const, 'large' as const, 'huge' as const),
    align: fc.constantFrom('left' as const, 'centre' as const),
    bold: fc.boolean(),
  });

  it('is never obeyed as a real-time command', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 3 }), fc.constantFrom(...printerProfileNames), async (lines, name) => {
        const pieces = await compilePaper(lines, printerProfiles[name]);
        const commands: unknown[] = [];
        new Receiver('epson').push(
          concat(pieces.map(({ bytes }) => bytes)),
          (command) => commands.push(command),
          () => {},
        );
        expect(commands).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('is printed and confirmed, and the printer understands every byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 3 }), fc.constantFrom(...printerProfileNames), async (lines, profile) => {
        const { clock, printer, simulator } = await setUpBench({ profile });
        expect(await settle(clock, printer.print({ processId: 'T001', lines }))).toEqual({ value: undefined });
        expect([simulator.unknownCommands, simulator.lostBytes, simulator.pulses, simulator.waiting]).toEqual([0, 0, 0, 0]);
        await printer.close();
      }),
      { numRuns: 40 },
    );
  });
});

describe('what a clone says', () => {
  const read = (...values: number[]) => new StatusReader('clone').push(Uint8Array.from(values));

  it('reads the answer to GS r 1 and to DLE EOT, and nothing else', () => {
    expect(read(0x00, 0x03, 0x0c, 0x0f, 0x12)).toEqual([
      { kind: 'paperStatus', nearEnd: false, end: false },
      { kind: 'paperStatus', nearEnd: true, end: false },
      { kind: 'paperStatus', nearEnd: false, end: true },
      { kind: 'paperStatus', nearEnd: true, end: true },
      { kind: 'statusByte', value: 0x12 },
    ]);
    const reader = new StatusReader('clone');
    expect(reader.push(Uint8Array.from([0x10, 0x37, 0x22, 0x41, 0x60, 0xff, 0x11, 0x13]))).toEqual([]);
    // XON and XOFF are no rejects.
    expect(reader.rejectedBytes).toBe(6);
  });

  it('any bytes in any pieces give the same messages', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('epson' as const, 'clone' as const),
        (bytes, piece, dialect) => {
          const whole = new StatusReader(dialect);
          const parts = new StatusReader(dialect);
          const messages: PrinterMessage[] = [];
          for (let at = 0; at < bytes.length; at += piece) messages.push(...parts.push(bytes.subarray(at, at + piece)));
          expect(messages).toEqual(whole.push(bytes));
          expect(parts.rejectedBytes).toBe(whole.rejectedBytes);
        },
      ),
    );
  });
});

describe('a driver under fire', () => {
  it.each(printerProfileNames)('%s: any bytes at any time never confirm a paper that is not out, crash or hang', async (profile) => {
    // A lone 00, 03, 0C or 0F is a clone's only confirmation and cannot be told from the real one: left out there.
    const isAnswer = (value: number) => profile.startsWith('clone') && [0x00, 0x03, 0x0c, 0x0f].includes(value);
    const noise = fc.array(
      fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => bytes.filter((value) => !isAnswer(value))),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(noise, async (bursts) => {
        const { clock, cable, printer, simulator } = await setUpBench({ profile, speedMmS: 200 });
        let confirmed = false;
        const printing = printer.print({ processId: 'T001', lines: [{ kind: 'text', text: 'once', size: 'small', align: 'left' }] });
        printing.then(() => (confirmed = true)).catch(() => {});
        for (const burst of bursts) {
          cable.received.emit(burst);
          await clock.advanceAsync(10);
          if (confirmed) expect(simulator.papers.filter(({ lines }) => lines.includes('once'))).toHaveLength(1);
        }
        const outcome = await settle(clock, printing);
        if ('thrown' in outcome) expect(outcome.thrown).toMatchObject({ code: expect.stringMatching(/^PRINTER_/) });
        await clock.advanceAsync(12_000);
        expect(printer.status.status).toMatch(/ready|degraded/);
        expect(simulator.papers.filter(({ lines, cut }) => cut && lines.includes('once')).length).toBeLessThanOrEqual(1);
        await printer.close();
      }),
      { numRuns: 15 },
    );
  });
});
