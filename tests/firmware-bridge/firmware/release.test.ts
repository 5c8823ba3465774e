import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

test('the sources make the released hex byte for byte', { timeout: 120_000 }, () => {
  const check = spawnSync(process.execPath, ['--import', 'tsx', 'firmware-bridge/firmware/build.ts', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(check.stderr).toBe('');
  expect(check.status).toBe(0);
});

test('the manifest describes the hex', () => {
  const hex = readFileSync(`${root}firmware-bridge/firmware/release/letan-mega2560.hex`);
  const manifest: unknown = JSON.parse(readFileSync(`${root}firmware-bridge/firmware/release/manifest.json`, 'utf8'));
  expect(manifest).toMatchObject({
    sha256: createHash('sha256').update(hex).digest('hex'),
    deviceSignature: '1E9801',
    board: 'atmega2560',
  });
});
