import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('generated files are what the generator makes', { timeout: 60_000 }, () => {
  const cwd = fileURLToPath(new URL('../../../', import.meta.url));
  const check = spawnSync(process.execPath, ['--import', 'tsx', 'firmware-bridge/protocol/generate.ts', '--check'], {
    cwd,
    encoding: 'utf8',
  });
  expect(check.stderr).toBe('');
  expect(check.status).toBe(0);
});
