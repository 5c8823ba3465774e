import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { mutationGate } from './gate.ts';

const testFolder = fileURLToPath(new URL('../firmware/c/', import.meta.url));

test('tests and proof notice every mutant of the safety functions', { timeout: 900_000 }, async () => {
  const { mutants, survivors, stale } = await mutationGate();
  expect(survivors.map(({ file, mutant }) => `${file}:${mutant.line} ${mutant.text} | ${mutant.change}`)).toEqual([]);
  expect(stale).toEqual([]);
  expect(mutants).toBeGreaterThan(800);
});

test('the C tests write their limits down themselves', () => {
  const header = readFileSync(`${testFolder}check.h`, 'utf8');
  expect(header).not.toContain('limits.h');
});
