import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { firmwareSources, runC } from './c-program.ts';

const folder = fileURLToPath(new URL('c/', import.meta.url));

test('safety functions and link on this machine, under address and undefined-behaviour sanitizers', { timeout: 120_000 }, () => {
  const tests = readdirSync(folder)
    .filter((file) => file.endsWith('.c'))
    .map((file) => folder + file);
  const printed = runC([...tests, ...firmwareSources('safety'), ...firmwareSources('link'), ...firmwareSources('link/generated')]);
  const lines = printed.trim().split('\n');
  expect(lines.filter((line) => !line.startsWith('ok '))).toEqual([]);
  expect(lines.length).toBeGreaterThanOrEqual(60);
});
