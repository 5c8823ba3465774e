import { describe, expect, it } from 'vitest';
import { runSuites } from './runner.ts';
import { suites } from './suites.ts';

/** One boot for all suites, before the tests are named: each test of the guest is a test here. */
const run = await runSuites();

if (run.ran) {
  describe.each(run.results)(`$suite in ${run.where}`, ({ tests, broken }) => {
    it('tells of every test', () => {
      expect(broken, run.output.slice(-4000)).toBeNull();
    });
    for (const { test, failure } of tests) {
      it(test, () => {
        expect(failure).toBeNull();
      });
    }
  });
} else {
  for (const suite of suites) it.skip(`${suite}: could not run on a real kernel, because ${run.reason}`, () => {});
}
