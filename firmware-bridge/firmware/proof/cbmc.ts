/**
 * Finds CBMC, the model checker of the proofs: a `cbmc` of version 6 or newer on PATH, else Debian 13's package, unpacked once into
 * `~/.cache/letan/` with the C library and loader it was built for, so that it runs on an older Debian too and nothing is installed.
 * `npx tsx firmware-bridge/firmware/proof/cbmc.ts` prints where it is.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const suite = 'trixie';
const packages = ['cbmc', 'minisat', 'libc6', 'libgcc-s1', 'libstdc++6', 'zlib1g'];
const firstVersion = 6;

/** CBMC can neither be found nor fetched; the message says what to do. */
export class CbmcMissing extends Error {
  constructor(reason: string) {
    super(
      `CBMC ${firstVersion} or newer is needed for the proofs and could not be set up: ${reason}\n` +
        `What to do: install it (Debian 13: apt-get install cbmc) and put it on PATH, or give this machine an apt source of Debian.`,
    );
    this.name = 'CbmcMissing';
  }
}

/** An apt source of Debian: where it is and which keys sign it. */
export interface DebianSource {
  uri: string;
  /** Options in one-line style, `[signed-by=…]` with a blank behind it, or nothing. */
  options: string;
}

const words = (text: string | undefined): string[] => text?.trim().split(/\s+/) ?? [];

function fromStanza(stanza: string, suites: readonly string[]): DebianSource | undefined {
  const field = (name: string): string | undefined => new RegExp(`^${name}:[ \\t]*(.+)$`, 'im').exec(stanza)?.[1]?.trim();
  const [uri] = words(field('URIs'));
  if (!uri || field('Enabled')?.toLowerCase() === 'no') return undefined;
  if (!words(field('Types')).includes('deb') || !words(field('Components')).includes('main')) return undefined;
  if (!words(field('Suites')).some((name) => suites.includes(name))) return undefined;
  const signedBy = field('Signed-By');
  return { uri, options: signedBy ? `[signed-by=${signedBy}] ` : '' };
}

function fromLine(line: string, suites: readonly string[]): DebianSource | undefined {
  const [, options = '', uri, name = '', components] = /^deb\s+(\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.*)$/.exec(line.trim()) ?? [];
  return uri && suites.includes(name) && words(components).includes('main') ? { uri, options } : undefined;
}

/** Sources of the main archive in the text of an apt source file, either style; those of security, updates and others are left out. */
export function debianSources(text: string, codename: string): DebianSource[] {
  const suites = [codename, 'stable', 'oldstable', 'testing'];
  const plain = text.replace(/^[ \t]*#.*\n?/gm, '');
  const isStanzas = /^Types:/im.test(plain);
  const found = isStanzas
    ? plain.split(/\n[ \t]*\n/).map((stanza) => fromStanza(stanza, suites))
    : plain.split('\n').map((line) => fromLine(line, suites));
  return found.filter((source) => source !== undefined);
}

function machineSource(): DebianSource {
  const folder = '/etc/apt/sources.list.d';
  const parts = existsSync(folder) ? readdirSync(folder).filter((name) => /\.(sources|list)$/.test(name)) : [];
  const files = ['/etc/apt/sources.list', ...parts.sort().map((name) => join(folder, name))].filter((file) => existsSync(file));
  const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const codename = /^VERSION_CODENAME="?(\w+)/m.exec(release)?.[1] ?? 'stable';
  const source = files.flatMap((file) => debianSources(readFileSync(file, 'utf8'), codename))[0];
  if (!source) throw new CbmcMissing('no apt source of Debian is configured.');
  return source;
}

function run(program: string, args: readonly string[], cwd: string): string {
  const result = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (result.error) throw new CbmcMissing(`${program} does not run (${result.error.message}).`);
  if (result.status !== 0) throw new CbmcMissing(`${program} ${args.at(-1)} ended with ${result.status}.\n${result.stderr.trim()}`);
  return result.stdout;
}

/** Downloads the packages with lists and cache of its own: the machine's package state is neither read nor changed. */
function download(folder: string): string[] {
  const { uri, options } = machineSource();
  for (const part of ['state/lists/partial', 'cache/archives/partial']) mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'status'), '');
  writeFileSync(join(folder, 'debian.list'), `deb ${options}${uri} ${suite} main\n`);
  const settings = {
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'Dir::Etc::sourcelist': join(folder, 'debian.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    // The unprivileged user of root's apt cannot write into a private folder.
    ...(process.getuid?.() === 0 ? { 'APT::Sandbox::User': 'root' } : {}),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  run('apt-get', [...flags, '-qq', 'update'], folder);
  run('apt-get', [...flags, '-qq', 'download', ...packages], folder);
  return readdirSync(folder).filter((name) => name.endsWith('.deb'));
}

/** The loader's place differs between architectures. */
const launcher = `#!/bin/sh
# The package's own loader and C library: this machine's are older.
root=$(dirname "$(readlink -f "$0")")/root
loader=$(ls "$root"/usr/lib64/ld-linux-*.so.* "$root"/usr/lib/ld-linux-*.so.* 2>/dev/null | head -n 1)
exec "$loader" --library-path "$(ls -d "$root"/usr/lib/*-linux-gnu*):$root/usr/lib" "$root/usr/bin/cbmc" "$@"
`;

function version(program: string): number | undefined {
  const result = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return result.status === 0 ? Number.parseInt(result.stdout, 10) : undefined;
}

const isNewEnough = (program: string): boolean => (version(program) ?? 0) >= firstVersion;

function unpackInto(cached: string): void {
  const parent = join(cached, '..');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'cbmc-new-'));
  try {
    const done = join(folder, 'done');
    mkdirSync(done);
    for (const file of download(folder)) run('dpkg-deb', ['-x', file, join(done, 'root')], folder);
    writeFileSync(join(done, 'cbmc'), launcher, { mode: 0o755 });
    if (!isNewEnough(join(done, 'cbmc'))) throw new CbmcMissing(`the one of Debian's ${suite} does not run here.`);
    // Another process may have been faster; its copy is as good.
    if (!existsSync(cached)) renameSync(done, cached);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Path of a CBMC that runs here; fetched (23 MB) when there is none yet. Throws CbmcMissing. */
export function findCbmc(): string {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'cbmc'));
  const installed = onPath.find((program) => existsSync(program) && isNewEnough(program));
  if (installed) return installed;
  const cached = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'letan', `cbmc-${suite}`);
  if (!existsSync(join(cached, 'cbmc'))) unpackInto(cached);
  return join(cached, 'cbmc');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(findCbmc());
  } catch (error) {
    if (!(error instanceof CbmcMissing)) throw error;
    console.error(`letan: ${error.message}`);
    process.exitCode = 1;
  }
}
