import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReportDescriptor } from '../../../hardware/hid/report-descriptor.ts';
import { TouchReader } from '../../../hardware/touchscreen/digitizer.ts';
import { publishedPosDescriptor } from '../../../simulators/hid/pos-scanner.ts';
import { type TouchPanelForm, TouchPanelSimulator } from '../../../simulators/hid/touch-panel.ts';

function readerOf(descriptor: Uint8Array): TouchReader {
  const result = parseReportDescriptor(descriptor);
  if (!result.ok) throw new Error(result.fault);
  return new TouchReader(result.descriptor);
}

/** A panel and what the reader makes of its frames. */
function setUp(form: TouchPanelForm) {
  const panel = new TouchPanelSimulator(form);
  const reader = readerOf(panel.descriptor);
  const results: ReturnType<TouchReader['push']>[] = [];
  panel.reported.on((report) => results.push(reader.push(report)));
  return { panel, reader, results };
}

const fingers = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ contactId: index + 3, x: (index + 1) / 20, y: 1 - (index + 1) / 20 }));

describe('TouchReader', () => {
  it('golden: two fingers down and the first lifted, in one report each', () => {
    const { reader } = setUp('hybrid');
    expect(reader.range).toEqual({ minX: 0, maxX: 4095, minY: 0, maxY: 4095 });
    const report = (hex: string) => reader.push(Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex')));
    expect(report('01  01 00 e8 03 d0 07  01 01 b8 0b 64 00  0a 00  02')).toEqual({
      kind: 'frame',
      contacts: [
        { contactId: 0, x: 1000, y: 2000 },
        { contactId: 1, x: 3000, y: 100 },
      ],
    });
    expect(report('01  00 00 e8 03 d0 07  01 01 b9 0b 64 00  14 00  02')).toEqual({
      kind: 'frame',
      contacts: [{ contactId: 1, x: 3001, y: 100 }],
    });
    expect(report('01  00 01 b9 0b 64 00  00 00 00 00 00 00  1e 00  01')).toEqual({ kind: 'frame', contacts: [] });
  });

  it('golden: a single-touch panel without report id, signed 12-bit axes', () => {
    const { reader } = setUp('single');
    expect(reader.range).toEqual({ minX: -1000, maxX: 1000, minY: -1000, maxY: 1000 });
    // -1000 = c18, 1000 = 3e8: flags, then 12 bits each, least significant first.
    expect(reader.push(Uint8Array.of(0x03, 0x18, 0x8c, 0x3e))).toEqual({ kind: 'frame', contacts: [{ contactId: 0, x: -1000, y: 1000 }] });
    expect(reader.push(Uint8Array.of(0x00, 0x00, 0x00, 0x00))).toEqual({ kind: 'frame', contacts: [] });
  });

  it.each(['multi', 'hybrid', 'overlong'] as const)('%s: any fingers come out as they are, whatever happened before', (form) => {
    const finger = fc.record({ contactId: fc.nat(9), x: fc.nat(4095), y: fc.nat(4095) });
    const frame = fc.uniqueArray(finger, { selector: ({ contactId }) => contactId, maxLength: 10 });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), (frames) => {
        const { panel, results } = setUp(form);
        let felt = 0;
        for (const down of frames) {
          results.length = 0;
          panel.touch(down.map(({ contactId, x, y }) => ({ contactId, x: x / 4095, y: y / 4095 })));
          if (down.length + felt > 0) {
            const byId = (a: { contactId: number }, b: { contactId: number }) => a.contactId - b.contactId;
            const last = results.at(-1);
            expect(last?.kind === 'frame' && [...last.contacts].sort(byId)).toEqual([...down].sort(byId));
            expect(results.slice(0, -1).every(({ kind }) => kind === 'none')).toBe(true);
          }
          felt = down.length;
        }
      }),
    );
  });

  it('hybrid: seven fingers take four reports, and none is told before the last', () => {
    const { panel, results } = setUp('hybrid');
    panel.touch(fingers(7));
    expect(results.map(({ kind }) => kind)).toEqual(['none', 'none', 'none', 'frame']);
  });

  it('hybrid: a frame that loses its end is dropped; one that loses its beginning is, too', () => {
    const panel = new TouchPanelSimulator('hybrid');
    const reader = readerOf(panel.descriptor);
    const reports: Uint8Array[] = [];
    panel.reported.on((report) => reports.push(report));
    panel.touch(fingers(3));
    const [first, second] = reports.splice(0);
    panel.touch(fingers(2));
    const [whole] = reports.splice(0);
    if (!first || !second || !whole) throw new Error('three reports');
    expect(reader.push(second)).toEqual({ kind: 'frame', contacts: expect.anything() });
    expect(reader.push(first).kind).toBe('none');
    expect(reader.push(first).kind).toBe('none');
    expect(reader.push(second)).toMatchObject({ kind: 'frame', contacts: { length: 3 } });
    expect(reader.push(second)).toEqual({ kind: 'none' });
    expect(reader.push(first).kind).toBe('none');
  });

  it('a panel that never fills the contact count in: each report stands alone', () => {
    const { panel, reader } = setUp('multi');
    const uncounted: Uint8Array[] = [];
    panel.reported.on((report) => {
      report[33] = 0;
      uncounted.push(report);
    });
    panel.touch(fingers(2));
    panel.lift();
    const other = readerOf(panel.descriptor);
    expect(uncounted.map((report) => other.push(report))).toMatchObject([
      { kind: 'frame', contacts: { length: 2 } },
      { kind: 'frame', contacts: { length: 0 } },
    ]);
    expect(reader.range).not.toBeNull();
  });

  it('refuses what cannot be: a finger beyond the panel, a report cut off, a hundred fingers; ignores what is not its own', () => {
    const { reader } = setUp('hybrid');
    const good = Buffer.from('010100e803d007000000000000' + '0a0001', 'hex');
    const outside = Buffer.from(good);
    outside.writeUInt16LE(4096, 3);
    const crowded = Buffer.from(good);
    crowded[15] = 100;
    expect(reader.push(outside)).toEqual({ kind: 'malformed' });
    expect(reader.push(crowded)).toEqual({ kind: 'malformed' });
    expect(reader.push(good.subarray(0, 12))).toEqual({ kind: 'malformed' });
    expect(reader.push(Uint8Array.of(7, 1, 2, 3))).toEqual({ kind: 'none' });
    expect(reader.push(new Uint8Array())).toEqual({ kind: 'none' });
    expect(reader.push(good)).toMatchObject({ kind: 'frame', contacts: { length: 1 } });
  });

  it('survives garbage, and reads the next whole frame right', () => {
    const forms = fc.constantFrom<TouchPanelForm>('multi', 'hybrid', 'overlong', 'single');
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 50 }),
      fc.uint8Array({ maxLength: 50 }).map((tail) => Uint8Array.of(1, ...tail)),
    );
    fc.assert(
      fc.property(forms, fc.array(piece, { maxLength: 30 }), (form, burst) => {
        const { panel, reader, results } = setUp(form);
        for (const report of burst) {
          const result = reader.push(report);
          if (result.kind === 'frame') expect(result.contacts.length).toBeLessThanOrEqual(64);
        }
        panel.touch([{ contactId: 0, x: 0.5, y: 0.25 }]);
        const last = results.at(-1);
        const found = last?.kind === 'frame' ? last.contacts.find(({ contactId }) => contactId === 0) : null;
        expect(found).toEqual(form === 'single' ? { contactId: 0, x: 0, y: -500 } : { contactId: 0, x: 2048, y: 1024 });
      }),
    );
  });

  it('finds no panel in a scanner, nor in one whose axes have no length', () => {
    expect(readerOf(publishedPosDescriptor).range).toBeNull();
    const flat = Uint8Array.from(new TouchPanelSimulator('multi').descriptor);
    // Logical maximum 0x0fff of every finger becomes 0.
    for (let at = 0; at + 2 < flat.length; at += 1)
      if (flat[at] === 0x26 && flat[at + 1] === 0xff && flat[at + 2] === 0x0f) flat.fill(0, at + 1, at + 3);
    expect(readerOf(flat).range).toBeNull();
  });
});
