import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDigitalInput, openDigitalOutput, resetBoard } from '../../../hardware/gpio/onoff-gpio.ts';
import { globalNumberOf } from '../../../hardware/gpio/sysfs-chips.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { FakeOnoff, fakeSysfs } from './fake-onoff.ts';

let sysfs: ReturnType<typeof fakeSysfs>;
let root: string;
beforeEach(() => {
  sysfs = fakeSysfs();
  root = sysfs.root;
});
afterEach(() => sysfs.remove());

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
    const onoff = new FakeOnoff();
    const input = await openDigitalInput(line, { load: onoff.load, sysfsRoot: root });
    const seen: boolean[] = [];
    input.changed.on((high) => seen.push(high));
    expect(input.high).toBe(false);
    onoff.edge(529, 1);
    onoff.edge(529, 1);
    expect(input.high).toBe(true);
    onoff.edge(529, 0);
    expect(seen).toEqual([true, false]);
    input.close();
    expect([onoff.line(529).listener, onoff.line(529).written]).toEqual([null, ['in both', 'unexport']]);
  });

  it('the reset line is opened high, held low for 50 ms and let go as an input', async () => {
    const onoff = new FakeOnoff();
    const clock = new SimulatedClock();
    const output = await openDigitalOutput(line, true, { load: onoff.load, sysfsRoot: root });
    const done = resetBoard(output, clock);
    clock.advance(49);
    expect(onoff.line(529).written).toEqual(['high', '0']);
    clock.advance(1);
    await done;
    output.close();
    expect(onoff.line(529).written).toEqual(['high', '0', '1', 'in', 'unexport']);
  });

  it('the real package is asked for the line and its refusal is told with the way out', async () => {
    // Base 512 of a chip that this kernel does not have: the export is refused, or /sys/class/gpio is missing, or onoff is not installed.
    const opening = openDigitalInput(line, { sysfsRoot: root });
    await expect(opening).rejects.toMatchObject({ code: 'GPIO_UNAVAILABLE' });
  });
});
