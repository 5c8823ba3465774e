import assert from 'node:assert/strict';
import fs from 'node:fs';
import { openComputerLines } from '../../../hardware/gpio/computer-lines.ts';
import { openDigitalInput, openDigitalOutput, resetBoard } from '../../../hardware/gpio/onoff-gpio.ts';
import { SimulatedClock, SystemClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { type ChipBench, isExported, mockupChip, simulatedChip } from './gpio-chips.ts';
import { pause, Suite, until } from './suite.ts';

const clock = new SystemClock();
const suite = new Suite('gpio');
/** What must not happen has had time to, after this: twice the 30 ms for which inputs wait. */
const quietMs = 60;

/** Levels an input reported since; waits for the `count`th. */
function record(input: { changed: { on(listener: (high: boolean) => void): unknown } }) {
  const seen: boolean[] = [];
  input.changed.on((high) => seen.push(high));
  return { seen, untilCount: (count: number) => until(`${count} changes`, () => seen.length >= count) };
}

for (const base of [0, 512]) {
  suite.test(`a chip at base ${base} is found by its label; both edges are reported and the line is let go`, async () => {
    const chip = mockupChip(base);
    chip.pull(17, false);
    const input = await openDigitalInput({ chipLabel: chip.label, line: 17 });
    assert.equal(input.high, false);
    assert.equal(isExported(chip, 17), true);
    const { seen, untilCount } = record(input);
    for (const [index, level] of [true, false, true].entries()) {
      chip.pull(17, level);
      await untilCount(index + 1);
    }
    assert.deepEqual(seen, [true, false, true]);
    assert.equal(input.high, true);
    input.close();
    assert.equal(isExported(chip, 17), false);
  });
}

suite.test('the same line number of two chips is two lines', async () => {
  const [low, high] = [mockupChip(0), mockupChip(512)];
  const outputs = await Promise.all([low, high].map(({ label }) => openDigitalOutput({ chipLabel: label, line: 5 }, false)));
  outputs[0]?.set(true);
  assert.deepEqual([low.isHigh(5), high.isHigh(5)], [true, false]);
  outputs[1]?.set(true);
  outputs[0]?.set(false);
  assert.deepEqual([low.isHigh(5), high.isHigh(5)], [false, true]);
  for (const output of outputs) output.close();
});

async function withChip(name: string, body: (chip: ChipBench) => Promise<void>): Promise<void> {
  const chip = simulatedChip(name, `bench-${name}`, 32);
  try {
    await body(chip);
  } finally {
    chip.remove();
  }
}

suite.test('a bouncing contact is one change, and a pulse that ends in time is none', () =>
  withChip('bounce', async (chip) => {
    const line = { chipLabel: chip.label, line: 3 };
    // The kernel's edges are real, the quiet time passes when the test says so.
    const quiet = new SimulatedClock();
    const raw = await openDigitalInput(line);
    const input = await openDigitalInput(line, { debounce: { clock: quiet, forMs: 30 } });
    const { seen } = record(input);
    const { seen: edges } = record(raw);
    /** Drives the line through `levels`, each of them seen by the undebounced input before the next. */
    const bounce = async (levels: boolean[]) => {
      for (const level of levels) {
        const count = edges.length + 1;
        chip.pull(3, level);
        await until('the edge', () => edges.length === count);
      }
      await pause(quietMs);
      const early = [...seen];
      quiet.advance(30);
      return early;
    };
    assert.deepEqual(await bounce([true, false, true, false, true]), []);
    assert.deepEqual(seen, [true]);
    assert.deepEqual(await bounce([false, true]), [true]);
    assert.deepEqual(seen, [true]);
    assert.deepEqual(await bounce([false]), [true]);
    assert.deepEqual(seen, [true, false]);
    raw.close();
    input.close();
  }),
);

/** Levels of the line after every write that reaches sysfs: only a write can make a glitch. */
function levelsAfterWrites(chip: ChipBench, line: number): { levels: boolean[]; stop(): void } {
  const levels: boolean[] = [];
  const original = fs.writeFileSync;
  fs.writeFileSync = (...args: Parameters<typeof original>) => {
    original(...args);
    levels.push(chip.isHigh(line));
  };
  const stop = () => {
    fs.writeFileSync = original;
  };
  return { levels, stop };
}

suite.test('an output comes up at its first level without a glitch, and nothing drives it after the close', () =>
  withChip('output', async (chip) => {
    chip.pull(8, true);
    const watched = levelsAfterWrites(chip, 8);
    const output = await openDigitalOutput({ chipLabel: chip.label, line: 8 }, true).finally(watched.stop);
    assert.ok(watched.levels.length >= 2, `${watched.levels.length} writes seen`);
    assert.ok(watched.levels.every(Boolean), `levels ${watched.levels}`);
    chip.pull(8, false);
    assert.equal(chip.isHigh(8), true, 'driven against the pull');
    output.set(false);
    assert.equal(chip.isHigh(8), false);
    output.set(true);
    output.close();
    assert.equal(isExported(chip, 8), false);
    assert.equal(chip.isHigh(8), false, 'follows the pull once let go');
    chip.pull(8, true);
    assert.equal(chip.isHigh(8), true);
  }),
);

suite.test('the reset line is high, low for the pulse, and high again', () =>
  withChip('reset', async (chip) => {
    const reset = await openDigitalOutput({ chipLabel: chip.label, line: 4 }, true);
    const done = resetBoard(reset, clock);
    assert.equal(chip.isHigh(4), false);
    await done;
    assert.equal(chip.isHigh(4), true);
    reset.close();
  }),
);

suite.test('the lines of a unit: e-stop sense, service button, fan and board reset, given back at the end', () =>
  withChip('unit', async (chip) => {
    const at = (line: number) => ({ chipLabel: chip.label, line });
    // The chain is closed, the button is not pressed.
    chip.pull(22, false);
    chip.pull(23, true);
    const lines = { boardReset: at(20), fan: at(21), eStopSense: at(22), serviceButton: at(23) };
    const computer = openComputerLines({ lines, clock, logger: silentLogger });
    assert.ok(computer);
    await until('the lines to open', () => computer.eStopOpen !== null && isExported(chip, 23));
    let presses = 0;
    const chain: boolean[] = [];
    computer.servicePressed.on(() => (presses += 1));
    computer.eStopChanged.on((open) => chain.push(open));
    chip.pull(22, true);
    await until('the e-stop', () => computer.eStopOpen === true);
    chip.pull(22, false);
    await until('its release', () => computer.eStopOpen === false);
    assert.deepEqual(chain.slice(-2), [true, false]);
    chip.pull(23, false);
    await until('the button', () => presses === 1);
    chip.pull(23, true);
    await pause(quietMs);
    assert.equal(presses, 1, 'letting go is no press');
    computer.setFan(true);
    assert.deepEqual([chip.isHigh(20), chip.isHigh(21)], [true, true]);
    computer.setFan(false);
    assert.equal(chip.isHigh(21), false);
    const reset = computer.resetBoard();
    await until('the reset', () => !chip.isHigh(20));
    assert.equal(await reset, true);
    assert.equal(chip.isHigh(20), true);
    assert.deepEqual(computer.status, { status: 'ready' });
    await computer.close();
    for (const line of [20, 21, 22, 23]) assert.equal(isExported(chip, line), false);
  }),
);

suite.test('a chip or a line that does not exist is told as GPIO_UNAVAILABLE, with what there is', () =>
  withChip('absent', async (chip) => {
    await assert.rejects(openDigitalInput({ chipLabel: 'no such chip', line: 1 }), (error: unknown) => {
      assert.match(String(error), /GPIO_UNAVAILABLE.*"bench-absent"/);
      return true;
    });
    await assert.rejects(openDigitalInput({ chipLabel: chip.label, line: 32 }), /GPIO_UNAVAILABLE.*0\.\.31/);
  }),
);

suite.test('where the kernel has no sysfs GPIO the robot goes on and says why', async () => {
  const lines = { fan: { chipLabel: 'any', line: 1 }, eStopSense: { chipLabel: 'any', line: 2 } };
  const computer = openComputerLines({ lines, clock, logger: silentLogger, sysfsRoot: '/sys/class/no-gpio' });
  assert.ok(computer);
  const status = await until('the status', () => computer.status.status === 'degraded' && computer.status);
  assert.match(JSON.stringify(status), /GPIO_UNAVAILABLE.*GPIO_SYSFS/);
  assert.equal(computer.eStopOpen, null);
  computer.setFan(true);
  assert.equal(await computer.resetBoard(), false);
  await computer.close();
});

await suite.run();
