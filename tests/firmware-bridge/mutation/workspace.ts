import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const firmware = 'firmware-bridge/firmware';
const tests = 'tests/firmware-bridge/firmware/c';
const copied = [firmware, tests, 'firmware-bridge/protocol'];
const flags = ['-std=c11', '-w', '-DSTOP_AT_FIRST_FAILURE', `-I${firmware}`, `-I${tests}`];
/** Tells a mutant that never ends; the tests themselves take a tenth of a second. */
const runLimitMs = 10_000;

const cFiles = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((file) => file.endsWith('.c'))
    .map((file) => `${folder}/${file}`);

const units = ['safety', 'link', 'link/generated'].flatMap((room) => cFiles(`${firmware}/${room}`)).concat(cFiles(tests));
const objectOf = (unit: string): string => `objects/${unit.replaceAll('/', '_')}.o`;
const mutantObjectOf = (unit: string): string => `objects/mutant_${unit.replaceAll('/', '_')}.o`;

export type Verdict = 'killed' | 'survived' | 'invalid';

/** A copy of the firmware's portable C with its tests, compiled once; every mutant compiles only what it touches. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'letan-mutants-'));

  /** Copies and compiles; throws when the unchanged tests fail. */
  async prepare(): Promise<void> {
    for (const folder of copied) cpSync(join(root, folder), join(this.folder, folder), { recursive: true });
    await run('mkdir', ['objects'], { cwd: this.folder });
    await this.compile(units, objectOf, '-O1', '-MMD');
    const verdict = await this.judge([]);
    if (verdict !== 'survived') throw new Error(`the C tests fail without any mutant: ${verdict}`);
  }

  /** Files of the copy that mention a word, headers included. */
  mentions(word: string): string[] {
    const pattern = new RegExp(`\\b${word}\\b`);
    return readdirSync(join(this.folder, firmware, 'safety'))
      .filter((file) => /\.[ch]$/.test(file))
      .map((file) => `${firmware}/safety/${file}`)
      .filter((file) => pattern.test(readFileSync(join(this.folder, file), 'utf8')));
  }

  /** Puts `source` in the place of `file`, runs the tests, and puts the file back. `affected`: what has another meaning now; what includes it is compiled too. */
  async try(file: string, source: string, affected: readonly string[]): Promise<Verdict> {
    const touched = units.filter((unit) => affected.some((file) => file === unit || this.includes(unit, file)));
    return this.with(file, source, async () => {
      try {
        // Without optimisation: compiling is most of a mutant's time.
        await this.compile(touched, mutantObjectOf, '-O0');
        return await this.judge(touched);
      } catch {
        return 'invalid';
      }
    });
  }

  /** The copy with one mutant in it, for as long as `work` lasts. */
  async with<T>(file: string, source: string, work: (firmwareFolder: string) => Promise<T>): Promise<T> {
    const path = join(this.folder, file);
    const original = readFileSync(path, 'utf8');
    writeFileSync(path, source);
    try {
      return await work(join(this.folder, firmware));
    } finally {
      writeFileSync(path, original);
    }
  }

  /** By the compiler's own list, written beside each object. */
  private includes(unit: string, header: string): boolean {
    const [, list = ''] = readFileSync(join(this.folder, objectOf(unit).replace(/o$/, 'd')), 'utf8').split(/:\s/s);
    return list.split(/[\s\\]+/).some((path) => path !== '' && normalize(path) === header);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  private async compile(of: readonly string[], objectFor: (unit: string) => string, ...more: readonly string[]): Promise<void> {
    for (const unit of of) await run('gcc', [...flags, ...more, '-c', unit, '-o', objectFor(unit)], { cwd: this.folder });
  }

  private async judge(touched: readonly string[]): Promise<Verdict> {
    const objects = units.map((unit) => (touched.includes(unit) ? mutantObjectOf(unit) : objectOf(unit)));
    await run('gcc', ['-fuse-ld=gold', ...objects, '-o', 'tests-of-mutant'], { cwd: this.folder });
    try {
      await run(join(this.folder, 'tests-of-mutant'), [], { timeout: runLimitMs, maxBuffer: 1 << 26 });
      return 'survived';
    } catch {
      return 'killed';
    }
  }
}
