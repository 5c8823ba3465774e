import { expect, it } from 'vitest';
import { ProgressPrinter } from '../../src/technician/flash-progress.ts';

function printed(isTerminal: boolean, steps: number[]): string {
  let text = '';
  const write = (piece: string) => {
    text += piece;
  };
  const printer = new ProgressPrinter({ write, isTerminal });
  for (const pagesDone of steps) printer.show({ phase: 'writing', pagesDone, pages: 8 });
  printer.end();
  printer.end();
  return text;
}

it('on a terminal one line redraws itself and ends once', () => {
  expect(printed(true, [4, 4, 8])).toBe(
    `\r  writing   [${'#'.repeat(15)}${'.'.repeat(15)}] 4/8 pages\x1b[K\r  writing   [${'#'.repeat(30)}] 8/8 pages\x1b[K\n`,
  );
});

it('elsewhere each quarter is a line', () => {
  expect(printed(false, [1, 2, 3, 4, 5, 6, 7, 8])).toBe('  writing 25 %\n  writing 50 %\n  writing 75 %\n  writing 100 %\n');
});
