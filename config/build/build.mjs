// Bundles the programs (dist/*.js) and the pages (dist/<page>/).
import { rmSync } from 'node:fs';
import { build } from 'vite';
import { root } from './setup.mjs';

const quiet = { configFile: false, logLevel: 'warn', clearScreen: false };
const jsx = { jsx: { runtime: 'automatic', importSource: 'preact' } };

const programs = {
  letan: 'src/main.ts',
  simulate: 'simulators/start.ts',
  'queue-server': 'simulators/queue-server/start.ts',
  'board.worker': 'simulators/board.worker.ts',
};

/** Page -> where it is served. */
const pages = {
  kiosk: { root: 'src/kiosk/web', base: '/' },
  service: { root: 'src/technician/web', base: '/service/' },
  staff: { root: 'simulators/queue-server/web', base: '/staff/' },
  lobby: { root: 'simulators/lobby/web', base: '/lobby/' },
};

/** Packages with native parts or files of their own beside them; everything else is bundled: 0.4 s less at start-up. */
const external = ['libsql', 'serialport', 'onoff', 'node-hid', 'pcsc-mini', '@napi-rs/canvas', 'johnny-five', 'firmata-io'];

async function buildPrograms() {
  await build({
    ...quiet,
    root,
    ssr: { noExternal: true, external },
    build: {
      ssr: true,
      target: 'node20',
      minify: true,
      outDir: 'dist',
      emptyOutDir: false,
      sourcemap: true,
      rolldownOptions: {
        input: programs,
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js', format: 'es' },
      },
    },
  });
}

async function buildPage(name, page) {
  await build({
    ...quiet,
    root: `${root}${page.root}`,
    base: page.base,
    oxc: jsx,
    build: { outDir: `${root}dist/${name}`, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0 },
  });
}

rmSync(`${root}dist`, { recursive: true, force: true });
await buildPrograms();
for (const [name, page] of Object.entries(pages)) await buildPage(name, page);
