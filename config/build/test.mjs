// `npm test`: the gates, then every test; ends with a line `N passed, N failed`.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runGates } from './check.mjs';
import { root, run } from './setup.mjs';

const resultFile = join(root, 'coverage/vitest.json');
const vitest = join(root, 'node_modules/.bin/vitest');

rmSync(resultFile, { force: true });
const gates = await runGates();
const args = [
  'run',
  '--config',
  'config/build/vitest.config.ts',
  '--coverage',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${resultFile}`,
];
const status = run(vitest, [...args, ...process.argv.slice(2)]);
const tests = existsSync(resultFile) ? JSON.parse(readFileSync(resultFile, 'utf8')) : { numPassedTests: 0, numFailedTests: 1 };
// A file that cannot be loaded fails without any test of its own.
const brokenFiles = (tests.testResults ?? []).filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
const passed = gates.passed + tests.numPassedTests;
const failed = gates.failed + tests.numFailedTests + brokenFiles + (status !== 0 && tests.numFailedTests + brokenFiles === 0 ? 1 : 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
