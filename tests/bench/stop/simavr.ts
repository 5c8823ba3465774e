import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type StopPin, stopPinNames, type Trial } from './sweep.ts';
import { type Input, traceText } from './trace.ts';

const run = promisify(execFile);
const source = new URL('simavr-stop.c', import.meta.url).pathname;
const outputBound = 64 * 1024 * 1024;

/** The harness around simavr, compiled into a folder of its own. simavr is GPL-3: a process of its own, never linked into the product. */
export class Simavr {
  private readonly folder = mkdtempSync(join(tmpdir(), 'letan-simavr-'));
  private readonly program = join(this.folder, 'simavr-stop');
  private readonly flashFile = join(this.folder, 'flash.bin');
  private runs = 0;

  constructor(flash: Uint8Array) {
    execFileSync('cc', ['-O2', '-I/usr/include/simavr', '-o', this.program, source, '-lsimavr', '-lelf']);
    writeFileSync(this.flashFile, flash);
  }

  /** The same as `sweep`, there. Rejects with the harness's complaint. */
  async sweep(load: readonly Input[], trials: readonly Trial[]): Promise<Record<StopPin, number[]>> {
    this.runs += 1;
    const loadFile = join(this.folder, `load-${this.runs}`);
    const trialsFile = join(this.folder, `trials-${this.runs}`);
    writeFileSync(loadFile, traceText(load));
    writeFileSync(trialsFile, trials.map(({ at, leadCycles }) => `${at} ${leadCycles}\n`).join(''));
    const { stdout } = await run(this.program, [this.flashFile, loadFile, trialsFile, String(stopPinNames.length)], {
      maxBuffer: outputBound,
    });
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number));
    if (rows.length !== trials.length) throw new Error(`simavr told ${rows.length} trials of ${trials.length}`);
    if (rows.flat().some((cycles) => !(cycles > 0))) throw new Error('simavr: a stop pin did not stop the motors');
    const column = (index: number) => rows.map((row) => row[index] ?? Number.NaN);
    return { 'e-stop': column(0), 'bumper left': column(1), 'bumper right': column(2), cliff: column(3) };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
