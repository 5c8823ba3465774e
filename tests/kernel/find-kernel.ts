import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A User-Mode-Linux kernel, or why there is none. */
export type FoundKernel = { file: string } | { missing: string };

export const fragmentFile = fileURLToPath(new URL('uml.fragment', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where kernels are kept between runs. */
export const kernelCache = (env = process.env): string => join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'letan', 'uml');

const shortHash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 12);

/** Where the kernel of our own fragment is built to. */
export const builtKernel = (env = process.env): string => join(kernelCache(env), `linux-${shortHash(readFileSync(fragmentFile))}`);

/** Unpacks once; another process may do the same at the same time. */
function unpacked(archive: string, env: NodeJS.ProcessEnv): FoundKernel {
  const file = join(kernelCache(env), `linux-${shortHash(readFileSync(archive))}`);
  if (existsSync(file)) return { file };
  const { status, stdout, error } = spawnSync('xz', ['-dkc', archive], { maxBuffer: 256 * 1024 * 1024 });
  if (error || status !== 0) return { missing: `${archive} cannot be unpacked: ${error?.message ?? `xz ended with ${status}`}` };
  mkdirSync(kernelCache(env), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, stdout);
  chmodSync(draft, 0o755);
  renameSync(draft, file);
  return { file };
}

const opened = (file: string, env: NodeJS.ProcessEnv): FoundKernel => (file.endsWith('.xz') ? unpacked(file, env) : { file });

/** A packed kernel in a folder `shared/kernel` beside the checkout. */
function neighbour(checkout: string): string | undefined {
  const folder = join(checkout, '..', 'shared', 'kernel');
  const name = existsSync(folder) ? readdirSync(folder).find((entry) => /^linux-uml-.*\.xz$/.test(entry)) : undefined;
  return name && join(folder, name);
}

/** `LETAN_UML_KERNEL` (a kernel, or one packed with xz), else the one built before, else a packed one beside the checkout. */
export function findKernel(env: NodeJS.ProcessEnv = process.env, checkout = root): FoundKernel {
  const given = env.LETAN_UML_KERNEL;
  if (given) return existsSync(given) ? opened(given, env) : { missing: `LETAN_UML_KERNEL names ${given}, which does not exist` };
  const built = builtKernel(env);
  if (existsSync(built)) return { file: built };
  const packed = neighbour(checkout);
  if (packed) return unpacked(packed, env);
  return { missing: 'no User-Mode-Linux kernel: build one with `npx tsx tests/kernel/build-kernel.ts`, or set LETAN_UML_KERNEL' };
}
