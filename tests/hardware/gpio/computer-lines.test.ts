import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openComputerLines } from '../../../hardware/gpio/computer-lines.ts';
import type { ComputerLines } from '../../../hardware/gpio/gpio.ts';
import { openDigitalInput } from '../../../hardware/gpio/onoff-gpio.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { FakeOnoff, fakeSysfs } from './fake-onoff.ts';

let sysfs: ReturnType<typeof fakeSysfs>;
let onoff: FakeOnoff;
let clock: SimulatedClock;
beforeEach(() => {
  sysfs = fakeSysfs();
  onoff = new FakeOnoff();
  clock = new SimulatedClock();
});
afterEach(() => sysfs.remove());

const at = (line: number) => ({ chipLabel: 'pinctrl-bcm2711', line });
// Kernel numbers of lines 20 to 23.
const [reset, fan, eStop, button] = [532, 533, 534, 535] as const;
const all = { boardReset: at(20), fan: at(21), eStopSense: at(22), serviceButton: at(23) };

const withFake = () => ({ load: onoff.load, sysfsRoot: sysfs.root });

/** Opened, with the chain closed and the button let go. */
async function opened(lines: Parameters<typeof openComputerLines>[0]['lines'] = all): Promise<ComputerLines> {
  onoff.line(button).level = 1;
  const computer = openComputerLines({ lines, clock, logger: silentLogger, ...withFake() });
  if (!computer) throw new Error('no lines');
  expect(computer.status.status).toBe('offline');
  await new Promise((resolve) => computer.statusChanged.on(resolve));
  for (const line of onoff.lines.values()) line.written.length = 0;
  return computer;
}

describe('debounce', () => {
  it('takes a level that was quiet for its time, to the millisecond', async () => {
    const input = await openDigitalInput(at(3), { ...withFake(), debounce: { clock, forMs: 30 } });
    const seen: boolean[] = [];
    input.changed.on((high) => seen.push(high));
    onoff.edge(515, 1);
    clock.advance(29);
    expect([input.high, seen]).toEqual([false, []]);
    onoff.edge(515, 0);
    onoff.edge(515, 1);
    clock.advance(29);
    expect(seen).toEqual([]);
    clock.advance(1);
    expect([input.high, seen]).toEqual([true, [true]]);
  });

  it('forgets a pulse, keeps the level of a line that cannot be read, and leaves no timer', async () => {
    const input = await openDigitalInput(at(3), { ...withFake(), debounce: { clock, forMs: 30 } });
    onoff.edge(515, 1);
    onoff.edge(515, 0);
    clock.advance(100);
    onoff.edge(515, 1);
    onoff.line(515).broken = true;
    clock.advance(100);
    expect(input.high).toBe(false);
    onoff.edge(515, 0);
    input.close();
    expect([clock.pendingCount, onoff.line(515).written.at(-1)]).toEqual([0, 'unexport']);
  });
});

describe("the computer's lines", () => {
  it('are none where the configuration names none', () => {
    expect(openComputerLines({ lines: {}, clock, logger: silentLogger })).toBeNull();
  });

  it('tell the e-stop chain: a high line is an open one', async () => {
    const computer = await opened();
    const chain: boolean[] = [];
    computer.eStopChanged.on((open) => chain.push(open));
    expect(computer.eStopOpen).toBe(false);
    onoff.edge(eStop, 1);
    clock.advance(30);
    expect([computer.eStopOpen, chain]).toEqual([true, [true]]);
  });

  it('tell of a press once, when the button goes down', async () => {
    const computer = await opened();
    let presses = 0;
    computer.servicePressed.on(() => (presses += 1));
    for (const level of [0, 1, 0] as const) onoff.edge(button, level);
    clock.advance(30);
    onoff.edge(button, 1);
    clock.advance(30);
    expect(presses).toBe(1);
  });

  it('pulse the reset line low, run the fan, and are inputs again at the end', async () => {
    const computer = await opened();
    const done = computer.resetBoard();
    await clock.advanceAsync(100);
    expect(await done).toBe(true);
    computer.setFan(true);
    await computer.close();
    expect(onoff.line(reset).written).toEqual(['0', '1', 'in', 'unexport']);
    expect(onoff.line(fan).written).toEqual(['1', 'in', 'unexport']);
    expect(await computer.resetBoard()).toBe(false);
  });

  it('that cannot be used are named together with the reason, and the others work', async () => {
    const missing = { chipLabel: 'gpio-expander', line: 1 };
    const computer = await opened({ ...all, fan: missing, boardReset: missing });
    expect(computer.status).toMatchObject({
      status: 'degraded',
      error: { code: 'GPIO_UNAVAILABLE', detail: expect.stringMatching(/^boardReset, fan: .*"gpio-expander"/) },
    });
    expect(computer.eStopOpen).toBe(false);
    computer.setFan(true);
    expect(await computer.resetBoard()).toBe(false);
  });

  it('that the kernel takes away are told, and nothing is thrown', async () => {
    const computer = await opened();
    onoff.line(fan).broken = true;
    computer.setFan(true);
    expect(computer.status).toMatchObject({ status: 'degraded', error: { detail: expect.stringMatching(/^fan: EIO/) } });
    onoff.line(reset).broken = true;
    await computer.resetBoard();
    expect(computer.status).toMatchObject({ error: { detail: expect.stringContaining('boardReset') } });
  });
});
