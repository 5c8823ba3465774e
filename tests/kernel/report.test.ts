import { describe, expect, it } from 'vitest';
import { hasPassed, readResults } from './report.ts';

const passing = '@letan {"kind":"test","suite":"gpio","test":"edges","durationMs":12,"failure":null}';
const failing = '@letan {"kind":"test","suite":"gpio","test":"reset","durationMs":3,"failure":"Error: low\\n  at gpio.ts"}';
const end = (testCount: number) => `@letan {"kind":"end","suite":"gpio","testCount":${testCount}}`;
const output = (...lines: string[]) => lines.join('\r\n');

describe('what the guest tells', () => {
  it('is read from among the lines of the kernel', () => {
    const results = readResults(output('Linux version 6.1', 'GUEST-UP', `[ 1.0] usb: ${passing}`, end(1), 'GUEST-DONE rc=0'), ['gpio']);
    expect(results[0]?.tests.map(({ test }) => test)).toEqual(['edges']);
    expect(hasPassed(results)).toBe(true);
  });

  it('fails with a test that failed', () => {
    const results = readResults(output(passing, failing, end(2)), ['gpio']);
    expect(results[0]?.tests[1]?.failure).toBe('Error: low\n  at gpio.ts');
    expect(hasPassed(results)).toBe(false);
  });

  it.each([
    ['is silent', ''],
    ['breaks in the middle', output(passing, 'Kernel panic - not syncing')],
    ['loses a line', output(passing, end(2))],
    ['has no tests', end(0)],
    ['garbles a line', output('@letan {"kind":"test","su', end(1))],
  ])('fails when a suite %s', (_, text) => {
    expect(hasPassed(readResults(text, ['gpio']))).toBe(false);
  });

  it('fails when a suite that was asked for is missing', () => {
    expect(hasPassed(readResults(output(passing, end(1)), ['gpio', 'hid']))).toBe(false);
  });
});
