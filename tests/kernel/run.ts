// `npm run test:kernel [suite …]`: the suites that need devices of a real kernel; every test one line.
import { hasPassed } from './report.ts';
import { runSuites } from './runner.ts';
import { type SuiteName, suites } from './suites.ts';

const isSuite = (name: string): name is SuiteName => suites.some((suite) => suite === name);

/** 0 when all passed, 1 when some failed, 2 when they could not run or the names are wrong. */
async function main(asked: string[]): Promise<number> {
  const names = asked.filter(isSuite);
  if (names.length !== asked.length) {
    process.stderr.write(`suites are ${suites.join(', ')}\n`);
    return 2;
  }
  const run = await runSuites(names.length > 0 ? names : suites);
  if (!run.ran) {
    process.stderr.write(`kernel tests could not run: ${run.reason}\n`);
    return 2;
  }
  process.stdout.write(`in ${run.where}\n`);
  for (const { suite, tests, broken } of run.results) {
    for (const { test, durationMs, failure } of tests) {
      process.stdout.write(
        `${failure === null ? 'ok  ' : 'FAIL'}  ${suite}: ${test} (${durationMs} ms)\n${failure === null ? '' : `${failure}\n`}`,
      );
    }
    if (broken !== null) process.stdout.write(`FAIL  ${suite}: ${broken}\n`);
  }
  const passed = hasPassed(run.results);
  if (!passed) process.stdout.write(`\n${run.output}\n`);
  return passed ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
