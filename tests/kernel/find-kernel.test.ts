import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtKernel, findKernel } from './find-kernel.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letan-find-kernel-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const program = '#!/bin/sh\nexit 0\n';
const env = (more: Record<string, string> = {}): NodeJS.ProcessEnv => ({ XDG_CACHE_HOME: join(folder, 'cache'), ...more });
const checkout = () => join(folder, 'checkout');

function put(...path: string[]): string {
  const file = join(folder, ...path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, program);
  return file;
}
function pack(...path: string[]): string {
  const file = put(...path);
  spawnSync('xz', [file]);
  return `${file}.xz`;
}

describe('the kernel of the tests', () => {
  it('is the one that LETAN_UML_KERNEL names, before any other', () => {
    const given = put('mine', 'linux');
    mkdirSync(join(folder, 'cache/letan/uml'), { recursive: true });
    writeFileSync(builtKernel(env()), program);
    expect(findKernel(env({ LETAN_UML_KERNEL: given }), checkout())).toEqual({ file: given });
    expect(findKernel(env(), checkout())).toEqual({ file: builtKernel(env()) });
  });

  it('is unpacked into the cache, as a program, when it is packed', () => {
    const archive = pack('shared/kernel/linux-uml-6.1');
    for (const found of [findKernel(env(), checkout()), findKernel(env({ LETAN_UML_KERNEL: archive }), checkout())]) {
      const file = 'file' in found ? found.file : '';
      expect(file.startsWith(join(folder, 'cache/letan/uml/'))).toBe(true);
      expect(readFileSync(file, 'utf8')).toBe(program);
      expect(statSync(file).mode & 0o111).toBe(0o111);
    }
  });

  it('is missed with the way out', () => {
    expect(findKernel(env(), checkout())).toEqual({ missing: expect.stringContaining('build-kernel.ts') });
    expect(findKernel(env({ LETAN_UML_KERNEL: '/absent' }), checkout())).toEqual({ missing: expect.stringContaining('/absent') });
    const damaged = put('shared/kernel/linux-uml-6.1.xz');
    expect(findKernel(env(), checkout())).toEqual({ missing: expect.stringContaining(damaged) });
  });
});
