import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseHex } from '../../../simulators/mega2560/hex.ts';
import { Mega2560 } from '../../../simulators/mega2560/mega2560.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { type Compiled, compile } from './compile.ts';

const folder = mkdtempSync(join(tmpdir(), 'letan-simavr-'));
const harness = join(folder, 'latency');
let program: Compiled;

beforeAll(() => {
  program = compile('latency');
  const source = new URL('simavr-latency.c', import.meta.url).pathname;
  execFileSync('cc', ['-O2', '-I/usr/include/simavr', '-o', harness, source, '-lsimavr', '-lelf']);
});
afterAll(() => {
  program.remove();
  rmSync(folder, { recursive: true, force: true });
});

function here(asleep: boolean, offsets: readonly number[]): number[] {
  const mega = new Mega2560({ flash: parseHex(program.hex), startUpMs: 0 });
  mega.setInput('D', 0, false);
  mega.setInput('D', 1, !asleep);
  let raisedAt = 0;
  let latency = -1;
  mega.onOutput('H', 3, (high) => {
    if (high && latency < 0) latency = mega.cycles - raisedAt;
  });
  mega.runTo(20_000);
  return offsets.map((offset) => {
    latency = -1;
    raisedAt = mega.cycles + offset; // the edge's own time; the instruction under way then ends first
    mega.schedule(offset, () => mega.setInput('D', 0, true));
    mega.runTo(mega.cycles + offset + 2000);
    mega.setInput('D', 0, false);
    mega.runTo(mega.cycles + 2000);
    return latency;
  });
}

const there = (asleep: boolean, offsets: readonly number[]): number[] =>
  execFileSync(harness, [program.elf, asleep ? '1' : '0', ...offsets.map(String)], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(Number);

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

it.each([
  ['busy', false],
  ['asleep', true],
])('reacts to an edge within 2 cycles of what simavr says: %s', (_, asleep) => {
  const random = new SeededRandom(7);
  const offsets = Array.from({ length: 200 }, () => 500 + Math.floor(random.next() * 5000));
  const ours = here(asleep, offsets);
  const theirs = there(asleep, offsets);
  expect(theirs).toHaveLength(200);
  expect(Math.min(...ours)).toBeGreaterThan(10); // entry 5 + jmp 3 + push 2 + ldi 1, the level changes with sts
  expect(Math.abs(median(ours) - median(theirs))).toBeLessThanOrEqual(2);
  expect(Math.abs(Math.min(...ours) - Math.min(...theirs))).toBeLessThanOrEqual(2);
  expect(Math.abs(Math.max(...ours) - Math.max(...theirs))).toBeLessThanOrEqual(2);
});
