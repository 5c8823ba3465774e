import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OnoffConstructor, openDigitalInput, openDigitalOutput, resetBoard } from '../../../hardware/gpio/onoff-gpio.ts';
import { globalNumberOf } from '../../../hardware/gpio/sysfs-chips.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';

let root: string;

function addChip(directory: string, label: string, base: number, lines: number): void {
  mkdirSync(join(root, directory));
  for (const [file, value] of Object.entries({ label, base, ngpio: lines })) writeFileSync(join(root, directory, file), `${value}\n`);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'letan-gpio-'));
  addChip('gpiochip512', 'pinctrl-bcm2711', 512, 58);
  addChip('gpiochip570', 'raspberrypi-exp-gpio', 570, 8);
});
afterEach(() => rmSync(root, { recursive: true }));

/** Stands in for the kernel's line behind onoff, which machines without GPIO lack. */
function fakeOnoff() {
  const opened: { gpio: number; direction: string; edge?: string | undefined }[] = [];
  const written: number[] = [];
  let level: 0 | 1 = 0;
  let listener: ((error: Error | null, value: 0 | 1) => void) | null = null;
  let exported = false;
  class Line {
    constructor(gpio: number, direction: string, edge?: string) {
      opened.push({ gpio, direction, edge });
      exported = true;
    }
    readSync() {
      return level;
    }
    writeSync(value: 0 | 1) {
      written.push(value);
    }
    watch(callback: (error: Error | null, value: 0 | 1) => void) {
      listener = callback;
    }
    unwatchAll() {
      listener = null;
    }
    setDirection(direction: string) {
      opened.push({ gpio: -1, direction });
    }
    unexport() {
      exported = false;
    }
  }
  return {
    load: () => Promise.resolve<OnoffConstructor>(Line),
    opened,
    written,
    edge(value: 0 | 1) {
      level = value;
      listener?.(null, value);
    },
    get watched() {
      return listener !== null;
    },
    get exported() {
      return exported;
    },
  };
}

describe('finding a line', () => {
  it("adds the chip's base, whatever the kernel counts from", async () => {
    expect(await globalNumberOf({ chipLabel: 'pinctrl-bcm2711', line: 17 }, root)).toBe(529);
    expect(await globalNumberOf({ chipLabel: 'raspberrypi-exp-gpio', line: 0 }, root)).toBe(570);
  });

  it('names the chips there are when the label is wrong', async () => {
    const wrong = globalNumberOf({ chipLabel: 'pinctrl-bcm2835', line: 17 }, root);
    await expect(wrong).rejects.toMatchObject({
      code: 'GPIO_UNAVAILABLE',
      detail: expect.stringMatching(/pinctrl-bcm2711.*raspberrypi-exp-gpio/),
    });
  });

  it.each([-1, 58, 1.5])('refuses line %s', async (line) => {
    await expect(globalNumberOf({ chipLabel: 'pinctrl-bcm2711', line }, root)).rejects.toMatchObject({
      code: 'GPIO_UNAVAILABLE',
      detail: expect.stringContaining('0..57'),
    });
  });

  it('says so when the kernel has no sysfs GPIO', async () => {
    const missing = globalNumberOf({ chipLabel: 'any', line: 0 }, join(root, 'absent'));
    await expect(missing).rejects.toMatchObject({ code: 'GPIO_UNAVAILABLE', detail: expect.stringContaining('GPIO_SYSFS') });
  });
});

describe('lines', () => {
  const line = { chipLabel: 'pinctrl-bcm2711', line: 17 };

  it('an input knows its level and reports changes once', async () => {
    const onoff = fakeOnoff();
    const input = await openDigitalInput(line, { load: onoff.load, sysfsRoot: root });
    expect(onoff.opened).toEqual([{ gpio: 529, direction: 'in', edge: 'both' }]);
    const seen: boolean[] = [];
    input.changed.on((high) => seen.push(high));
    expect(input.high).toBe(false);
    onoff.edge(1);
    onoff.edge(1);
    expect(input.high).toBe(true);
    onoff.edge(0);
    expect(seen).toEqual([true, false]);
    input.close();
    expect([onoff.watched, onoff.exported]).toEqual([false, false]);
  });

  it('the reset line is opened high, held low for 50 ms and let go as an input', async () => {
    const onoff = fakeOnoff();
    const clock = new SimulatedClock();
    const output = await openDigitalOutput(line, true, { load: onoff.load, sysfsRoot: root });
    const done = resetBoard(output, clock);
    clock.advance(49);
    expect(onoff.written).toEqual([0]);
    clock.advance(1);
    await done;
    expect(onoff.written).toEqual([0, 1]);
    output.close();
    expect(onoff.opened.map(({ direction }) => direction)).toEqual(['high', 'in']);
    expect(onoff.exported).toBe(false);
  });

  it('the real package is asked for the line and its refusal is told with the way out', async () => {
    // Base 512 of a chip that this kernel does not have: the export is refused, or /sys/class/gpio is missing, or onoff is not installed.
    const opening = openDigitalInput(line, { sysfsRoot: root });
    await expect(opening).rejects.toMatchObject({ code: 'GPIO_UNAVAILABLE' });
  });
});
