import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const firmware = fileURLToPath(new URL('../../../firmware-bridge/firmware/', import.meta.url));
const program = fileURLToPath(new URL('scaled.c', import.meta.url));

test('a speed scaled to its cap is under it, in the same direction, in every case', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'letan-scaled-'));
  try {
    const linked = ['wheel', 'free_distance', 'ranging'].map((name) => join(firmware, 'safety', `${name}.c`));
    execFileSync('gcc', ['-std=c11', '-O2', `-I${firmware}`, program, ...linked, '-o', join(folder, 'scaled')]);
    expect(execFileSync(join(folder, 'scaled'), { encoding: 'utf8' })).toBe('every case is sound\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
