import { createCanvas, loadImage } from '@napi-rs/canvas';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PrinterModel } from '../../../simulators/printer/interpreter.ts';
import { PacedLine } from '../../../simulators/printer/paced-line.ts';
import { type PrintedPaper, PrinterSimulator } from '../../../simulators/printer/printer-simulator.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';

// Bytes below are typed from the command reference: the simulator is tested without the driver that talks to it.
function setUp(speedMmS: number | null = null, model: PrinterModel = 'epson', cutMs = 0) {
  const clock = new SimulatedClock();
  let send: (bytes: Uint8Array) => void = () => {};
  const replies: number[] = [];
  const transport = {
    onData: (listener: (bytes: Uint8Array) => void) => (send = listener),
    write: (bytes: Uint8Array) => replies.push(...bytes),
  };
  const simulator = new PrinterSimulator({ transport, clock, widthDots: 384, model, speedMmS, cutMs });
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

  it('a clone survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => {
        const { send, simulator } = setUp(null, 'clone');
        // Whatever picture or command the garbage began is finished by zeros.
        send(...garbage, ...new Uint8Array(4000), 0x1b, 0x40, 0x1c, 0x2e, 'ok\n', ...cut);
        expect(simulator.waiting).toBeLessThanOrEqual(4096);
      }),
      { numRuns: 40 },
    );
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

describe('a simulated clone', () => {
  it('starts in Kanji mode, which eats letters above 7F in pairs, until told otherwise', () => {
    const { send, simulator } = setUp(null, 'clone');
    send('a', 0xc4, 0xe3, 'b\n', 0x1c, 0x2e, 'a', 0xc4, 0xe3, 'b\n', ...cut);
    expect(simulator.papers[0]?.lines).toEqual(['a□b', 'a□□b']);
  });

  it('answers GS r 1 in its turn, with what the sensors say then, and not while out of paper', () => {
    const { send, simulator, replies } = setUp(null, 'clone');
    simulator.paperOut();
    send('x\n', 0x1d, 0x72, 1);
    expect(replies).toEqual([]);
    simulator.paperIn();
    expect(replies).toEqual([0x00]);
    simulator.setNearEnd(true);
    send(0x1d, 0x72, 1);
    expect(replies).toEqual([0x00, 0x03]);
  });

  it('knows no process id, no automatic status and no buffer clear: they are no commands but rubbish', () => {
    const { send, simulator, replies } = setUp(null, 'clone');
    send(...confirm, '\n', 0x1d, 0x61, 0x0e, '\n');
    expect(replies).toEqual([]);
    expect(simulator.unknownCommands).toBe(2);
    simulator.paperOut();
    send('old\n', 0x10, 0x14, 8, 1, 3, 0x14, 1, 6, 2, 8);
    expect(replies).toEqual([]);
    simulator.paperIn();
    send(...cut);
    expect(simulator.papers.at(-1)?.lines).toContain('old');
  });
});

describe('where and when', () => {
  it('a left margin moves pictures, and what is centred is centred beside it', async () => {
    const { send, simulator } = setUp();
    const dot = [0x1d, 0x76, 0x30, 0, 1, 0, 1, 0, 0x80];
    send(0x1d, 0x50, 203, 203, 0x1d, 0x4c, 100, 0, ...dot, 0x1b, 0x61, 1, ...dot, ...cut);
    const paper = simulator.papers[0];
    if (!paper) throw new Error('no paper');
    // (384 - 100 - 8) / 2 + 100.
    expect((await dots(paper)).map((row) => row.indexOf(1))).toEqual([100, 238]);
  });

  it('a doubled picture has every dot four times', async () => {
    const { send, simulator } = setUp();
    send(0x1d, 0x76, 0x30, 3, 1, 0, 1, 0, 0xa0, ...cut);
    const paper = simulator.papers[0];
    if (!paper) throw new Error('no paper');
    expect((await dots(paper)).map((row) => row.slice(0, 8).join(''))).toEqual(['11001100', '11001100']);
  });

  it('the blade takes its time', () => {
    const { send, clock, simulator } = setUp(100, 'epson', 200);
    send('x\n', ...cut);
    // 30 dots of the line at 800 dots/s, then the blade.
    clock.advance(220);
    expect(simulator.papers).toHaveLength(0);
    clock.advance(40);
    expect(simulator.papers).toHaveLength(1);
  });

  it('bytes beyond the receive buffer are lost', () => {
    const { send, simulator } = setUp();
    simulator.setCoverOpen(true);
    send('x'.repeat(5000));
    expect(simulator.lostBytes).toBe(5000 - 4096);
  });
});

describe('a paced line', () => {
  it('carries 11,520 bytes a second each way at 115200 baud, in order', () => {
    const clock = new SimulatedClock();
    let fromRobot: (bytes: Uint8Array) => void = () => {};
    const toRobot: number[] = [];
    const line = new PacedLine(
      { onData: (listener) => (fromRobot = listener), write: (bytes) => toRobot.push(...bytes) },
      { clock, baudRate: 115_200 },
    );
    const received: number[] = [];
    line.onData((bytes) => received.push(...bytes));
    fromRobot(Uint8Array.from({ length: 1000 }, (_, at) => at % 256));
    clock.advance(50);
    expect(received).toHaveLength(576);
    fromRobot(Uint8Array.from([77]));
    clock.advance(37);
    expect(received).toEqual([...Array.from({ length: 1000 }, (_, at) => at % 256), 77]);
    line.write(new Uint8Array(115));
    clock.advance(9);
    expect(toRobot.length).toBeLessThan(115);
    clock.advance(1);
    expect(toRobot).toHaveLength(115);
  });
});
