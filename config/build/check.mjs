// `npm run check`: every gate, side by side, one line each; the output of a failing gate in full.
import { spawn } from 'node:child_process';
import { ensureNodeModules, root } from './setup.mjs';

export const gates = {
  types: ['tsc', '-p', '.'],
  'lint and format': ['biome', 'check', '--error-on-warnings', '.'],
  'import rules': [
    'depcruise',
    '--config',
    'config/build/dependency-cruiser.cjs',
    'src',
    'hardware',
    'firmware-bridge',
    'config',
    'simulators',
  ],
  'dead code': ['knip', '--config', 'config/build/knip.json'],
  'generated files': ['tsx', 'firmware-bridge/protocol/generate.ts', '--check'],
  'contract documents': ['tsx', 'src/queue/contract/documents/generate.ts', '--check'],
};

function runGate(name, [program, ...args]) {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(`${root}node_modules/.bin/${program}`, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', (error) => (output += error.message));
    child.on('close', (code) => {
      const passed = code === 0;
      process.stdout.write(`${passed ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
      if (!passed) process.stdout.write(`${output.trimEnd()}\n`);
      resolve(passed);
    });
  });
}

/** Runs all gates; resolves with how many passed and failed. */
export async function runGates() {
  const results = await Promise.all(Object.entries(gates).map(([name, command]) => runGate(name, command)));
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  ensureNodeModules();
  const { failed } = await runGates();
  process.exitCode = failed === 0 ? 0 : 1;
}
