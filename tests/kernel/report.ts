import { z } from 'zod';

/** Lines of the guest that tell results begin with this; everything else is kernel log or output of the tests. */
export const resultMark = '@letan ';

const lineSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('test'), suite: z.string(), test: z.string(), durationMs: z.number(), failure: z.string().nullable() }),
  z.object({ kind: z.literal('end'), suite: z.string(), testCount: z.number() }),
]);
export type ResultLine = z.infer<typeof lineSchema>;
export type TestResult = Extract<ResultLine, { kind: 'test' }>;

export interface SuiteResult {
  suite: string;
  tests: TestResult[];
  /** Null: the suite ran to its end and told of every test. */
  broken: string | null;
}

function parseLine(line: string): ResultLine | null {
  const at = line.indexOf(resultMark);
  if (at < 0) return null;
  try {
    return lineSchema.parse(JSON.parse(line.slice(at + resultMark.length)));
  } catch {
    return null;
  }
}

/** Reads what the suites told. A suite that told nothing, or not to its end, is broken: silence is never success. */
export function readResults(output: string, suites: readonly string[]): SuiteResult[] {
  const lines = output.split(/\r?\n/).flatMap((line) => parseLine(line) ?? []);
  return suites.map((suite) => {
    const tests = lines.filter((line) => line.kind === 'test').filter((line) => line.suite === suite);
    const end = lines.filter((line) => line.kind === 'end').find((line) => line.suite === suite);
    if (!end) return { suite, tests, broken: 'it did not come to its end' };
    const broken = end.testCount !== tests.length || tests.length === 0 ? `it told of ${tests.length} of ${end.testCount} tests` : null;
    return { suite, tests, broken };
  });
}

export const hasPassed = (results: readonly SuiteResult[]): boolean =>
  results.every(({ tests, broken }) => broken === null && tests.every(({ failure }) => failure === null));
