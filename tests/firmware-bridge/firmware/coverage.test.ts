import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { firmwareSources } from './c-program.ts';

const firmware = fileURLToPath(new URL('../../../firmware-bridge/firmware/', import.meta.url));
const testFolder = fileURLToPath(new URL('c/', import.meta.url));

/** What gcov writes, as far as it matters here. */
const reportSchema = z.object({
  files: z.array(
    z.object({
      file: z.string(),
      lines: z.array(z.object({ line_number: z.number(), count: z.number(), branches: z.array(z.object({ count: z.number() })) })),
    }),
  ),
});

interface Line {
  taken: number[];
  ran: boolean;
}

/** `file:line` -> what ran there, summed over all objects that contain the line (inline functions of headers). */
function measure(): Map<string, Line> {
  const folder = mkdtempSync(join(tmpdir(), 'letan-coverage-'));
  try {
    const tests = readdirSync(testFolder)
      .filter((file) => file.endsWith('.c'))
      .map((file) => testFolder + file);
    const sources = [...tests, ...firmwareSources('safety'), ...firmwareSources('link'), ...firmwareSources('link/generated')];
    // Test and source may share a name: each is measured under a number of its own.
    const objects = sources.map((source, index) => {
      const object = `${index}.o`;
      execFileSync('gcc', ['-std=c11', '-O0', '-w', '--coverage', `-I${firmware}`, `-I${testFolder}`, '-c', source, '-o', object], {
        cwd: folder,
      });
      return object;
    });
    execFileSync('gcc', ['--coverage', ...objects, '-o', 'program'], { cwd: folder });
    execFileSync(join(folder, 'program'), { cwd: folder });
    const notes = readdirSync(folder).filter((file) => file.endsWith('.gcda'));
    execFileSync('gcov', ['--json-format', '--branch-probabilities', ...notes], { cwd: folder, stdio: 'ignore' });
    const lines = new Map<string, Line>();
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.gcov.json.gz'))) {
      const report = reportSchema.parse(JSON.parse(gunzipSync(readFileSync(join(folder, file))).toString()));
      for (const source of report.files) {
        if (!source.file.includes('/firmware/safety/')) continue;
        for (const { line_number: number, count, branches } of source.lines) {
          const key = `${basename(source.file)}:${number}`;
          const before = lines.get(key) ?? { taken: [], ran: false };
          const taken = [...before.taken];
          for (const [index, branch] of branches.entries()) {
            // An inlined decision comes once for each call; a line of a header holds one.
            const way = source.file.endsWith('.h') ? index % 2 : index;
            taken[way] = (taken[way] ?? 0) + branch.count;
          }
          lines.set(key, { taken, ran: before.ran || count > 0 });
        }
      }
    }
    return lines;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the C tests take every branch of the safety functions', { timeout: 120_000 }, () => {
  const lines = measure();
  const missed = [...lines].filter(([, { taken, ran }]) => !ran || taken.some((count) => count === 0)).map(([key]) => key);
  expect(missed).toEqual([]);
  const branches = [...lines.values()].reduce((sum, { taken }) => sum + taken.length, 0);
  expect(branches).toBeGreaterThan(200);
});
