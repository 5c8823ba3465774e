// Steps shared by prestart and pretest. Node built-ins alone.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export const root = new URL('../..', import.meta.url).pathname;
const stampFile = join(root, 'dist/.built');
const sources = ['src', 'hardware', 'firmware-bridge', 'config', 'simulators', 'package-lock.json'];

export const say = (text) => process.stdout.write(`letan: ${text}\n`);

function stop(text) {
  process.stderr.write(`letan: ${text}\n`);
  process.exit(1);
}

export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) stop(`cannot run ${command}: ${result.error.message}`);
  return result.status ?? 1;
}

export function ensureNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  stop(`Node ${process.versions.node} is too old; install Node 20.19 or newer.`);
}

export function ensureNodeModules() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules/.letan-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('installing packages (once, about a minute) …');
  // Not `npm ci`: it refuses a lock file written where a mirror lacks other platforms' optional packages. This takes the locked
  // versions all the same and leaves the lock file alone.
  const status = run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
  if (status !== 0)
    stop('`npm install` failed; see its message above. A C compiler, make and python3 must be there for one optional package.');
  writeFileSync(stamp, lock);
}

function fingerprint(path, hash) {
  const info = statSync(path);
  if (info.isDirectory()) {
    for (const name of readdirSync(path).sort()) fingerprint(join(path, name), hash);
    return;
  }
  hash.update(`${path}:${info.size}:${info.mtimeMs}\n`);
}

export function ensureBuild() {
  const hash = createHash('sha256');
  for (const source of sources) fingerprint(join(root, source), hash);
  const now = hash.digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === now) return;
  say('building …');
  if (run(process.execPath, ['config/build/build.mjs']) !== 0) stop('the build failed; see its message above.');
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stampFile, now);
}

/** Whether a program stands on PATH or in /usr/sbin. */
export function has(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  return folders.some((folder) => existsSync(join(folder, program)));
}
