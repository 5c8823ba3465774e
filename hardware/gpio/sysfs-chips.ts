import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LetanError } from '../../src/core/errors.ts';
import type { GpioLine } from './gpio.ts';

export const sysfsGpio = '/sys/class/gpio';

interface Chip {
  label: string;
  base: number;
  lines: number;
}

const readLine = async (directory: string, file: string): Promise<string> => (await readFile(join(directory, file), 'utf8')).trim();

async function readChip(directory: string): Promise<Chip> {
  const [label, base, lines] = await Promise.all([readLine(directory, 'label'), readLine(directory, 'base'), readLine(directory, 'ngpio')]);
  return { label, base: Number(base), lines: Number(lines) };
}

/**
 * Global number of a line, as sysfs wants it. Kernels from 6.6 count chips from 512, so the chip is found by its label and
 * its base is added. Rejects with `GPIO_UNAVAILABLE` and says what there is.
 */
export async function globalNumberOf({ chipLabel, line }: GpioLine, root = sysfsGpio): Promise<number> {
  const entries = await readdir(root).catch((cause: unknown) => {
    throw new LetanError('GPIO_UNAVAILABLE', `the kernel has no ${root}: it was built without GPIO_SYSFS, or this computer has no GPIO`, {
      cause,
    });
  });
  const chips = await Promise.all(entries.filter((entry) => entry.startsWith('gpiochip')).map((entry) => readChip(join(root, entry))));
  const chip = chips.find(({ label }) => label === chipLabel);
  if (!chip) {
    const labels = chips.map(({ label }) => `"${label}"`).join(', ') || 'none';
    throw new LetanError('GPIO_UNAVAILABLE', `no GPIO chip is labelled "${chipLabel}"; there are: ${labels}`);
  }
  if (!Number.isInteger(line) || line < 0 || line >= chip.lines) {
    throw new LetanError('GPIO_UNAVAILABLE', `chip "${chipLabel}" has lines 0..${chip.lines - 1}, not ${line}`);
  }
  return chip.base + line;
}
