import { chmodSync, copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { type SuiteName, suites } from './suites.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Packages with native parts, found through the folder's link to `node_modules`. */
const external = ['onoff', 'node-hid', 'serialport'];

/** Fills `folder` with what the guest runs: process 1, Node, and each suite as one file, since a loader would cost it seconds. */
export async function bundleGuest(folder: string, names: readonly SuiteName[] = suites): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'warn',
    root,
    ssr: { noExternal: true, external },
    build: {
      ssr: true,
      target: 'node20',
      minify: false,
      emptyOutDir: true,
      outDir: join(folder, 'suites'),
      rolldownOptions: {
        input: Object.fromEntries(names.map((name) => [`${name}.suite`, join(here, 'guest', `${name}.suite.ts`)])),
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js', format: 'es' },
      },
    },
  });
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  symlinkSync(process.execPath, join(folder, 'node'));
  const init = join(folder, 'init.sh');
  copyFileSync(join(here, 'guest/init.sh'), init);
  chmodSync(init, 0o755);
}
