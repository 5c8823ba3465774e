/**
 * `npx tsx tests/kernel/build-kernel.ts`: builds the User-Mode-Linux kernel of the kernel tests from Debian's linux-source-6.1 and
 * `uml.fragment` into `~/.cache/letan/uml/`. Takes 10 minutes and more; never part of `npm test`.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { builtKernel, fragmentFile } from './find-kernel.ts';

const sourcePackage = 'linux-source-6.1';
const tools = { flex: 'flex', bison: 'bison', bc: 'bc', make: 'make', gcc: 'gcc', tar: 'tar', xz: 'xz-utils', 'dpkg-deb': 'dpkg' };

class BuildFailed extends Error {}

function run(program: string, args: string[], cwd: string): void {
  process.stdout.write(`${program} ${args.join(' ')}\n`);
  const { status, error } = spawnSync(program, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (error || status !== 0) throw new BuildFailed(`${program} ${args.join(' ')}: ${error?.message ?? `ended with ${status}`}`);
}

function requireTools(): void {
  const missing = Object.entries(tools).filter(([program]) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error);
  if (missing.length > 0) throw new BuildFailed(`install first: apt-get install ${missing.map(([, name]) => name).join(' ')}`);
}

/** The source's archive: of the installed package, else of the package, downloaded and unpacked aside. */
function sourceArchive(work: string): string {
  const name = `${sourcePackage}.tar.xz`;
  const installed = join('/usr/src', name);
  if (existsSync(installed)) return installed;
  run('apt-get', ['download', sourcePackage], work);
  const deb = readdirSync(work).find((file) => file.endsWith('.deb'));
  if (!deb) throw new BuildFailed(`apt-get brought no ${sourcePackage}`);
  run('dpkg-deb', ['--extract', deb, 'package'], work);
  return join(work, 'package/usr/src', name);
}

/** Options that `olddefconfig` did not take over: their dependencies are missing. */
function droppedOptions(config: string): string[] {
  const set = new Set(readFileSync(config, 'utf8').split('\n'));
  return readFileSync(fragmentFile, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('CONFIG_') && !set.has(line));
}

function build(work: string): string {
  run('tar', ['--extract', '--xz', '--file', sourceArchive(work)], work);
  const source = join(work, sourcePackage);
  // Without ARCH on every call the tree is set up for the machine itself.
  const make = (...targets: string[]) => run('make', ['ARCH=um', ...targets], source);
  const config = join(source, '.config');
  make('defconfig');
  appendFileSync(config, readFileSync(fragmentFile));
  make('olddefconfig');
  const dropped = droppedOptions(config);
  if (dropped.length > 0) throw new BuildFailed(`this source does not take ${dropped.join(', ')}`);
  make(`-j${availableParallelism()}`, 'linux');
  return join(source, 'linux');
}

function main(): void {
  const target = builtKernel();
  requireTools();
  const work = mkdtempSync(join(process.env.LETAN_BUILD_FOLDER ?? tmpdir(), 'letan-kernel-build-'));
  try {
    const kernel = build(work);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(kernel, `${target}.new`);
    run('strip', [`${target}.new`], work);
    renameSync(`${target}.new`, target);
    process.stdout.write(`built: ${target}\n`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

try {
  main();
} catch (error) {
  process.stderr.write(`the kernel could not be built: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
