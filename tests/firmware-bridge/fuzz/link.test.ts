import { expect, test } from 'vitest';
import { fuzz } from './fuzzer.ts';

test('the link and the safety functions behind it bear any bytes from the host', { timeout: 240_000 }, () => {
  const { finding, runs } = fuzz({ runs: 30_000, seed: 2026 });
  expect(finding).toBeNull();
  expect(runs).toBeGreaterThanOrEqual(30_000);
});

test('the fuzzer finds a decoder that does not check the CRC', { timeout: 240_000 }, () => {
  expect(fuzz({ runs: 400_000, seed: 2026, broken: true }).finding).toContain('a damaged frame was obeyed');
});
