import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The far end of a chip's lines: what is soldered to them. */
export interface ChipBench {
  label: string;
  /** Number of the first line in sysfs. */
  base: number;
  /** Pulls an input up or down. */
  pull(line: number, up: boolean): void;
  /** Level on the line, whoever makes it. */
  isHigh(line: number): boolean;
  remove(): void;
}

const sysfs = '/sys/class/gpio';
const read = (...path: string[]): string => readFileSync(join(...path), 'utf8').trim();

function chipDirectories(): string[] {
  return readdirSync(sysfs)
    .filter((name) => /^gpiochip\d+$/.test(name))
    .map((name) => join(sysfs, name));
}

/** The gpio-mockup chip that the kernel was told to put at `base`. */
export function mockupChip(base: number): ChipBench {
  const directory = join(sysfs, `gpiochip${base}`);
  const label = read(directory, 'label');
  const device = readdirSync(join(directory, 'device')).find((name) => /^gpiochip\d+$/.test(name));
  if (!label.startsWith('gpio-mockup') || !device) throw new Error(`the chip at base ${base} is "${label}", no gpio-mockup`);
  const at = (line: number) => join('/sys/kernel/debug/gpio-mockup', device, String(line));
  return {
    label,
    base,
    pull: (line, up) => writeFileSync(at(line), up ? '1' : '0'),
    isHigh: (line) => read(at(line)) === '1',
    remove: () => {},
  };
}

/** Makes a gpio-sim chip; the kernel picks its base. */
export function simulatedChip(name: string, label: string, lineCount: number): ChipBench {
  const device = `/sys/kernel/config/gpio-sim/${name}`;
  const bank = `${device}/bank0`;
  mkdirSync(device);
  mkdirSync(bank);
  writeFileSync(`${bank}/num_lines`, String(lineCount));
  writeFileSync(`${bank}/label`, label);
  writeFileSync(`${device}/live`, '1');
  const lines = join('/sys/devices/platform', read(device, 'dev_name'), read(bank, 'chip_name'));
  const directory = chipDirectories().find((chip) => read(chip, 'label') === label);
  if (!directory) throw new Error(`no chip "${label}" came up`);
  return {
    label,
    base: Number(read(directory, 'base')),
    pull: (line, up) => writeFileSync(`${lines}/sim_gpio${line}/pull`, up ? 'pull-up' : 'pull-down'),
    isHigh: (line) => read(`${lines}/sim_gpio${line}/value`) === '1',
    remove: () => {
      writeFileSync(`${device}/live`, '0');
      rmdirSync(bank);
      rmdirSync(device);
    },
  };
}

/** Whether some program holds the line. */
export const isExported = ({ base }: ChipBench, line: number): boolean => existsSync(join(sysfs, `gpio${base + line}`));
