import { describe, expect, it } from 'vitest';
import type { PaperLine } from '../../../hardware/printer/printer.ts';
import { settle, setUpBench } from './bench-printer.ts';

const text = (words: string): PaperLine => ({ kind: 'text', text: words, size: 'small', align: 'left' });
const job = {
  processId: 'T001',
  lines: [text('ticket'), { kind: 'space', heightMm: 20 } as const, text('end')],
  reprintMark: [text('second copy')],
};
const unknown = { thrown: expect.objectContaining({ code: 'PRINTER_UNKNOWN_OUTCOME' }) };

/** The printer does all it should, but its confirmations are lost on the way until `hear` is called. */
async function deafBench(options: Parameters<typeof setUpBench>[0]) {
  const bench = await setUpBench({ speedMmS: 200, ...options });
  const { cable } = bench;
  const emit = cable.received.emit.bind(cable.received);
  let deaf = true;
  const isConfirmation = (bytes: Uint8Array) => (bytes[0] === 0x37 && bytes[1] === 0x22) || (bytes.length === 1 && bytes[0] === 0x00);
  cable.received.emit = (bytes) => {
    if (!deaf || !isConfirmation(bytes)) emit(bytes);
  };
  return { ...bench, hear: () => (deaf = false) };
}

describe.each(['epson-80mm', 'clone-80mm'] as const)('nobody knows whether the paper came out (%s)', (profile) => {
  it('void: rejected, and not printed again', async () => {
    const { clock, printer, simulator, hear } = await deafBench({ profile, onUnknown: 'void' });
    const printing = settle(clock, printer.print(job));
    // Both move the clock: 4 s.
    await clock.advanceAsync(2000);
    hear();
    expect(await printing).toEqual(unknown);
    await clock.advanceAsync(5000);
    expect(simulator.papers.filter(({ lines }) => lines.includes('end')).length).toBeLessThanOrEqual(1);
    expect(simulator.papers.filter(({ lines }) => lines.includes('second copy'))).toEqual([]);
    await printer.close();
  });

  it('reprintOnce: emptied, then a second paper that says so', async () => {
    const { clock, printer, simulator, hear } = await deafBench({ profile, onUnknown: 'reprintOnce' });
    const printing = settle(clock, printer.print(job));
    // Both move the clock: 4 s.
    await clock.advanceAsync(2000);
    hear();
    expect(await printing).toEqual({ value: undefined });
    const copies = simulator.papers.filter(({ lines }) => lines.includes('end'));
    expect(copies.at(-1)?.lines).toEqual(['second copy', 'ticket', 'end']);
    expect(copies.filter(({ lines }) => lines.includes('second copy'))).toHaveLength(1);
    await printer.close();
  });

  it('reprintOnce: a second unknown outcome is not tried a third time', async () => {
    const { clock, printer, simulator } = await deafBench({ profile, onUnknown: 'reprintOnce' });
    expect(await settle(clock, printer.print(job))).toEqual(unknown);
    await clock.advanceAsync(20_000);
    expect(simulator.papers.filter(({ lines }) => lines.includes('second copy')).length).toBeLessThanOrEqual(1);
    await printer.close();
  });

  it('reprintOnce without a mark, or with the printer gone: not printed again', async () => {
    const { clock, printer, simulator, hear } = await deafBench({ profile, onUnknown: 'reprintOnce' });
    const printing = settle(clock, printer.print({ processId: job.processId, lines: job.lines }));
    await clock.advanceAsync(3000);
    hear();
    expect(await printing).toEqual(unknown);
    await clock.advanceAsync(4000);
    const gone = settle(clock, printer.print(job));
    await clock.advanceAsync(50);
    simulator.setUnpowered(true);
    expect(await gone).toEqual(unknown);
    simulator.setUnpowered(false);
    await clock.advanceAsync(10_000);
    expect(simulator.papers.filter(({ lines }) => lines.includes('second copy'))).toEqual([]);
    await printer.close();
  });

  it('settles before the machine gives the ticket up (20 s), whatever happens', async () => {
    const { clock, printer } = await deafBench({ profile, onUnknown: 'reprintOnce' });
    const startMs = clock.monotonicMs();
    await settle(clock, printer.print(job));
    expect(clock.monotonicMs() - startMs).toBeLessThan(18_500);
    await printer.close();
  });
});

describe('a confirmation counts for its own paper alone', () => {
  it('a late one of an earlier paper, or one nobody asked for, confirms nothing', async () => {
    const { clock, cable, printer, simulator } = await setUpBench({ speedMmS: 200 });
    let done = false;
    const printing = settle(
      clock,
      printer.print(job).then(() => (done = true)),
    );
    await clock.advanceAsync(40);
    cable.received.emit(Uint8Array.from([0x37, 0x22, ...Buffer.from('T000'), 0]));
    cable.received.emit(Uint8Array.from([0x37, 0x22, ...Buffer.from('*001'), 0]));
    await clock.advanceAsync(20);
    expect(done).toBe(false);
    expect(await printing).toEqual({ value: true });
    expect(simulator.papers).toHaveLength(1);
    await printer.close();
  });
});
