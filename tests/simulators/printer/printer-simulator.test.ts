import { createCanvas, loadImage } from '@napi-rs/canvas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PrintedPaper, PrinterSimulator } from '../../../simulators/printer/printer-simulator.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';

// Bytes below are typed from the command reference: the simulator is tested without the driver that talks to it.
function setUp(speedMmS: number | null = null) {
  const clock = new SimulatedClock();
  let send: (bytes: Uint8Array) => void = () => {};
  const replies: number[] = [];
  const transport = {
    onData: (listener: (bytes: Uint8Array) => void) => (send = listener),
    write: (bytes: Uint8Array) => replies.push(...bytes),
  };
  const simulator = new PrinterSimulator({ transport, clock, widthDots: 384, speedMmS });
  return {
    clock,
    simulator,
    replies,
    send: (...values: (number | string)[]) =>
      send(Uint8Array.from(values.flatMap((value) => (typeof value === 'string' ? [...Buffer.from(value)] : [value])))),
  };
}

const cut = [0x1d, 0x56, 0x00] as const;
const confirm = [0x1d, 0x28, 0x48, 6, 0, 0x30, 0x30, 'ID01'] as const;

/** Rows of black dots under the picture's 24-dot margin. */
async function dots({ png, widthDots, heightDots }: PrintedPaper): Promise<number[][]> {
  const canvas = createCanvas(widthDots, heightDots);
  const context = canvas.getContext('2d');
  context.drawImage(await loadImage(png), -24, -24);
  const { data } = context.getImageData(0, 0, widthDots, heightDots);
  return Array.from({ length: heightDots }, (_, y) =>
    Array.from({ length: widthDots }, (_, x) => ((data[(y * widthDots + x) * 4] ?? 255) < 128 ? 1 : 0)),
  );
}

describe('the simulated printer', () => {
  it('prints a raster picture dot by dot, centred when told', async () => {
    const { send, simulator } = setUp();
    send(0x1b, 0x61, 1, 0x1d, 0x76, 0x30, 0, 2, 0, 2, 0, 0b10100000, 0b00000001, 0xff, 0x00, ...cut);
    const paper = simulator.papers[0];
    if (!paper) throw new Error('no paper');
    const rows = await dots(paper);
    expect(rows.map((row) => row.slice(184, 200).join(''))).toEqual(['1010000000000001', '1111111100000000']);
    expect(rows.flat().reduce((sum, dot) => sum + dot, 0)).toBe(11);
  });

  it('confirms only after the paper has come out: 80 dots at 100 mm/s take 100 ms', () => {
    const { send, clock, replies } = setUp(100);
    send(0x1b, 0x4a, 80, ...confirm);
    clock.advance(90);
    expect(replies).toEqual([]);
    clock.advance(10);
    expect(replies).toEqual([0x37, 0x22, ...Buffer.from('ID01'), 0]);
  });

  it('answers real-time questions while it is out of paper, and confirms after the refill', () => {
    const { send, simulator, replies } = setUp();
    simulator.paperOut();
    send('late\n', ...confirm, 0x10, 4, 1, 0x10, 4, 2, 0x10, 4, 3, 0x10, 4, 4);
    expect(replies).toEqual([0x1a, 0x32, 0x12, 0x7e]);
    simulator.paperIn();
    expect(replies.slice(4)).toEqual([0x37, 0x22, ...Buffer.from('ID01'), 0]);
  });

  it('reports changes by itself once asked to', () => {
    const { send, simulator, replies } = setUp();
    simulator.setCoverOpen(true);
    simulator.setCoverOpen(false);
    expect(replies).toEqual([]);
    send(0x1d, 0x61, 0x0e);
    simulator.setCoverOpen(true);
    simulator.setCoverOpen(true);
    expect(replies).toEqual([0x10, 0, 0, 0x0f, 0x38, 0, 0, 0x0f]);
  });

  it('clears both buffers on command, even while offline', () => {
    const { send, simulator, replies } = setUp();
    simulator.paperOut();
    send('old\n', ...cut, 0x10, 0x14, 8, 1, 3, 0x14, 1, 6, 2, 8);
    expect(replies).toEqual([0x37, 0x25, 0]);
    simulator.paperIn();
    expect(simulator.papers).toEqual([]);
  });

  it('obeys a pulse inside a picture unless it is switched off', () => {
    const picture = [0x1d, 0x76, 0x30, 0, 5, 0, 1, 0, 0x10, 0x14, 0x01, 0x00, 0x01];
    const { send, simulator } = setUp();
    send(...picture);
    expect(simulator.pulses).toBe(1);
    send(0x10, 0x14, 8, 1, 3, 0x14, 1, 6, 2, 8, 0x1d, 0x28, 0x44, 3, 0, 0x14, 1, 0);
    send(...picture);
    expect(simulator.pulses).toBe(1);
  });

  it('stays in error after a jam until it is told to recover', () => {
    const { send, simulator, replies } = setUp();
    simulator.jamCutter();
    send('x\n', ...cut);
    send(0x10, 4, 3);
    simulator.clearCutter();
    send(0x10, 4, 3, 0x10, 5, 2, 0x10, 4, 3);
    expect(replies).toEqual([0x1a, 0x1a, 0x12]);
  });

  it('keeps the last twelve papers', () => {
    const { send, simulator } = setUp();
    for (let n = 0; n < 14; n += 1) send(`${n}\n`, ...cut);
    expect(simulator.papers.map((paper) => paper.lines[0])).toEqual(Array.from({ length: 12 }, (_, n) => String(n + 2)));
  });

  it('survives any bytes and prints on after a clear', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => {
        const { send, simulator } = setUp();
        send(...garbage, 0xff, 0xff, 0xff);
        send(0x10, 0x14, 8, 1, 3, 0x14, 1, 6, 2, 8);
        send('ok\n', ...cut);
        expect(simulator.papers.at(-1)?.lines.at(-1)).toBe('ok');
      }),
      { numRuns: 40 },
    );
  });
});
