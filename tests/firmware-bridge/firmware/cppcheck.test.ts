import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const firmware = fileURLToPath(new URL('../../../firmware-bridge/firmware/', import.meta.url));

/** 16-bit integers as on the part. */
const check = (rooms: readonly string[], ...more: readonly string[]) =>
  spawnSync(
    'cppcheck',
    [
      '--std=c11',
      '--platform=avr8',
      '--enable=warning,style,performance,portability',
      '--error-exitcode=1',
      '--quiet',
      '-I.',
      ...more,
      ...rooms,
    ],
    { cwd: firmware, encoding: 'utf8' },
  );

test('cppcheck has no complaint about the firmware', { timeout: 120_000 }, () => {
  // Pin numbers are interrupt vectors and registers of the compiler's own headers, which cppcheck is not given.
  const { stderr, status } = check(['safety', 'link', 'board'], '-Iboard', '--suppress=missingIncludeSystem');
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
