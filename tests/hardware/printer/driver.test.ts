import { describe, expect, it } from 'vitest';
import { concat, raster } from '../../../hardware/printer/escpos.ts';
import type { PaperLine } from '../../../hardware/printer/printer.ts';
import { settle, setUpBench } from './bench-printer.ts';
import { inkDots } from './pictures.ts';

const text = (words: string): PaperLine => ({ kind: 'text', text: words, size: 'small', align: 'left' });
const job = (processId: string, ...words: string[]) => ({ processId, lines: words.map(text) });
const rejected = (code: string) => ({ thrown: expect.objectContaining({ code }) });

describe('a healthy printer', () => {
  it('is ready, prints in order, and says so only when the printer does', async () => {
    const { clock, printer, simulator } = await setUpBench({ speedMmS: 200 });
    expect(printer.status).toEqual({ status: 'ready' });
    let done = 0;
    const jobs = ['J001', 'J002', 'J003'].map((id) => printer.print(job(id, id)).then(() => (done += 1)));
    // 12 mm to the blade alone take 60 ms at 200 mm/s.
    await clock.advanceAsync(40);
    expect(done).toBe(0);
    await settle(clock, Promise.all(jobs));
    expect(simulator.papers.map((paper) => paper.lines)).toEqual([['J001'], ['J002'], ['J003']]);
    await printer.close();
  });

  it('works with one-byte pieces in both directions', async () => {
    const { clock, printer, simulator } = await setUpBench({ pieceBytes: 1 });
    await settle(
      clock,
      printer.print({ processId: 'P001', lines: [text('one'), { kind: 'text', text: 'Mời số', size: 'normal', align: 'centre' }] }),
    );
    expect(simulator.papers).toHaveLength(1);
    expect(simulator.unknownCommands).toBe(0);
    await printer.close();
  });

  it('holds four jobs and refuses the fifth', async () => {
    const { clock, printer, simulator } = await setUpBench({ speedMmS: 200 });
    const jobs = ['Q001', 'Q002', 'Q003', 'Q004'].map((id) => printer.print(job(id, id)));
    await expect(printer.print(job('Q005', 'too much'))).rejects.toMatchObject({ code: 'PRINTER_BUSY' });
    await settle(clock, Promise.all(jobs));
    expect(simulator.papers).toHaveLength(4);
    await printer.close();
  });

  it('wraps long lines and loses no word', async () => {
    const words = 'Bring the original and one copy of every paper to the counter and wait until the number is called';
    const { clock, printer, simulator } = await setUpBench({ profile: 'epson-58mm' });
    await settle(clock, printer.print(job('W001', words)));
    expect(simulator.papers[0]?.lines.join(' ')).toBe(words);
    // 384 dots hold 32 letters of 12.
    for (const line of simulator.papers[0]?.lines ?? []) expect(line.length).toBeLessThanOrEqual(32);
    await printer.close();
  });

  it('a picture full of real-time codes neither opens the drawer nor loses rows', async () => {
    const { cable, simulator, clock, printer } = await setUpBench();
    const data = Uint8Array.from(Array.from({ length: 72 * 40 }, (_, at) => [0x10, 0x14, 0x01, 0x00, 0x01][at % 5] ?? 0));
    await cable.write(
      concat([Uint8Array.from([0x1b, 0x40]), raster({ widthDots: 576, heightDots: 40, data }), Uint8Array.from([0x1d, 0x56, 0x00])]),
    );
    await clock.advanceAsync(50);
    expect(simulator.pulses).toBe(0);
    expect(simulator.papers[0]?.heightDots).toBe(40);
    await printer.close();
  });
});

describe('faults before printing', () => {
  it.each([
    ['paper out', 'PRINTER_PAPER_END', 'faulty', 'paperOut'],
    ['cover open', 'PRINTER_COVER_OPEN', 'faulty', 'setCoverOpen'],
    ['too hot', 'PRINTER_OVERHEAT', 'faulty', 'setOverheated'],
    ['switched offline', 'PRINTER_OFFLINE', 'offline', 'setOffline'],
  ] as const)('%s: refused, nothing sent to paper', async (_, code, status, fault) => {
    const { clock, printer, simulator } = await setUpBench();
    simulator[fault](true);
    await clock.advanceAsync(20);
    expect(printer.status).toMatchObject({ status, error: { code } });
    expect(await settle(clock, printer.print(job('F001', 'never')))).toEqual(rejected(code));
    simulator.paperIn();
    simulator.setCoverOpen(false);
    simulator.setOverheated(false);
    simulator.setOffline(false);
    await clock.advanceAsync(2000);
    expect(printer.status).toEqual({ status: 'ready' });
    expect(simulator.papers).toEqual([]);
    await printer.close();
  });

  it('near end is a warning: it prints', async () => {
    const { clock, printer, simulator } = await setUpBench();
    simulator.setNearEnd(true);
    await clock.advanceAsync(20);
    expect(printer.paperNearEnd).toBe(true);
    expect(printer.status).toMatchObject({ status: 'degraded', error: { code: 'PRINTER_PAPER_NEAR_END' } });
    expect(await settle(clock, printer.print(job('N001', 'near')))).toEqual({ value: undefined });
    await printer.close();
  });
});

describe('faults while printing', () => {
  it('paper ends in the ticket: rejected, and nothing old prints after the refill', async () => {
    const { clock, printer, simulator } = await setUpBench({ speedMmS: 200 });
    simulator.paperOutAfter(60);
    expect(await settle(clock, printer.print(job('E001', 'old one', 'old two', 'old three', 'old four')))).toEqual(
      rejected('PRINTER_PAPER_END'),
    );
    simulator.paperIn();
    await clock.advanceAsync(5000);
    expect(simulator.papers.map((paper) => paper.cut)).toEqual([false]);
    expect(simulator.waiting).toBe(0);
    expect(await settle(clock, printer.print(job('E002', 'new')))).toEqual({ value: undefined });
    expect(simulator.papers.slice(1).map((paper) => paper.lines)).toEqual([['new']]);
    await printer.close();
  });

  it('the alarm works: a printer that is not cleared prints the rest after the refill', async () => {
    const { clock, cable, printer, simulator } = await setUpBench();
    simulator.paperOutAfter(40);
    await cable.write(new TextEncoder().encode('\x1b@first\nsecond\nthird\n\x1dV\x00'));
    await clock.advanceAsync(20);
    simulator.paperIn();
    await clock.advanceAsync(20);
    expect(simulator.papers.at(-1)).toMatchObject({ cut: true, lines: ['third'] });
    await printer.close();
  });

  it('cover opened in the ticket: the torn part is cut off before the next ticket', async () => {
    const { clock, printer, simulator } = await setUpBench({ speedMmS: 100 });
    const printing = settle(clock, printer.print(job('C001', 'part', 'of', 'the', 'old', 'ticket', 'is', 'on', 'paper')));
    await clock.advanceAsync(100);
    simulator.setCoverOpen(true);
    expect(await printing).toEqual(rejected('PRINTER_COVER_OPEN'));
    simulator.setCoverOpen(false);
    await clock.advanceAsync(100);
    expect(await settle(clock, printer.print(job('C002', 'new')))).toEqual({ value: undefined });
    expect(simulator.papers.at(-1)?.lines).toEqual(['new']);
    expect(simulator.papers.at(0)?.lines.at(-1)).not.toBe('paper');
    await printer.close();
  });

  it('cutter jams: rejected; after it is cleared the printer recovers by itself', async () => {
    const { clock, printer, simulator } = await setUpBench();
    simulator.jamCutter();
    expect(await settle(clock, printer.print(job('K001', 'stuck')))).toEqual(rejected('PRINTER_CUTTER'));
    expect(printer.status).toMatchObject({ status: 'faulty', error: { code: 'PRINTER_CUTTER' } });
    simulator.clearCutter();
    await clock.advanceAsync(6000);
    expect(printer.status).toEqual({ status: 'ready' });
    expect(await settle(clock, printer.print(job('K002', 'free')))).toEqual({ value: undefined });
    expect(simulator.papers.at(-1)?.lines).toEqual(['free']);
    await printer.close();
  });

  it('cable pulled while printing: unknown; the rest is cleared when it is plugged in again', async () => {
    const { clock, cable, printer, simulator } = await setUpBench({ speedMmS: 100 });
    const printing = settle(clock, printer.print(job('U001', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')));
    await clock.advanceAsync(60);
    cable.unplug();
    expect(await printing).toEqual(rejected('PRINTER_UNKNOWN_OUTCOME'));
    expect(printer.status).toMatchObject({ status: 'offline', error: { code: 'PRINTER_OFFLINE' } });
    expect(await settle(clock, printer.print(job('U002', 'no cable')))).toEqual(rejected('PRINTER_OFFLINE'));
    cable.plug();
    await clock.advanceAsync(200);
    expect(printer.status).toEqual({ status: 'ready' });
    expect(simulator.waiting).toBe(0);
    expect(await settle(clock, printer.print(job('U003', 'new')))).toEqual({ value: undefined });
    expect(simulator.papers.at(-1)?.lines).toEqual(['new']);
    await printer.close();
  });

  it('power lost while printing: unknown after the deadline, offline, ready again with power', async () => {
    const { clock, printer, simulator } = await setUpBench({ speedMmS: 100 });
    const printing = settle(clock, printer.print(job('O001', 'a', 'b', 'c', 'd')));
    await clock.advanceAsync(50);
    simulator.setUnpowered(true);
    expect(await printing).toEqual(rejected('PRINTER_UNKNOWN_OUTCOME'));
    await clock.advanceAsync(3000);
    expect(printer.status).toMatchObject({ status: 'offline', error: { code: 'PRINTER_OFFLINE' } });
    simulator.setUnpowered(false);
    await clock.advanceAsync(2000);
    expect(printer.status).toEqual({ status: 'ready' });
    expect(await settle(clock, printer.print(job('O002', 'again')))).toEqual({ value: undefined });
    await printer.close();
  });
});

describe('a line that carries nonsense', () => {
  it('makes the printer faulty, never a crash, and heals', async () => {
    const { clock, cable, printer, simulator } = await setUpBench();
    simulator.setUnpowered(true);
    for (let n = 0; n < 400; n += 1) {
      cable.received.emit(Uint8Array.from([0xff, 0x80 + (n % 100), 0xc3]));
      await clock.advanceAsync(10);
    }
    expect(printer.status).toMatchObject({ status: 'faulty', error: { code: 'DEVICE_FAULTY' } });
    simulator.setUnpowered(false);
    await clock.advanceAsync(2500);
    expect(printer.status).toEqual({ status: 'ready' });
    await printer.close();
  });
});

describe('letters', () => {
  it('every Vietnamese letter and Hangul syllables are drawn, each differently', async () => {
    const letters = [...'ăâđêôơưĂÂĐÊÔƠƯáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ가각뷁똠힣한'];
    const { clock, printer, simulator } = await setUpBench();
    const ink = new Set<string>();
    for (const letter of letters) {
      await settle(clock, printer.print({ processId: 'L001', lines: [{ kind: 'text', text: letter, size: 'large', align: 'left' }] }));
      const png = simulator.papers.at(-1)?.png ?? Buffer.alloc(0);
      expect(await inkDots(png)).toBeGreaterThan(40);
      ink.add(png.toString('base64'));
    }
    expect(ink.size).toBe(letters.length);
    await printer.close();
  });

  it('composed and decomposed spelling give the same paper; a letter no font has becomes a question mark', async () => {
    const { clock, printer, simulator } = await setUpBench();
    const name = 'PHIẾU SỐ THỨ TỰ';
    for (const spelled of [name.normalize('NFC'), name.normalize('NFD'), 'ư\u{1F600}', 'ư?']) {
      await settle(clock, printer.print({ processId: 'D001', lines: [{ kind: 'text', text: spelled, size: 'normal', align: 'left' }] }));
    }
    const [composed, decomposed, face, question] = simulator.papers.map((paper) => paper.png.toString('base64'));
    expect(decomposed).toBe(composed);
    expect(face).toBe(question);
    await printer.close();
  });
});
