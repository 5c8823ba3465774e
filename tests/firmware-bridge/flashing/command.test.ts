import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { BoardHost } from '../../../simulators/mega2560/board-host.ts';
import { withBootLoader } from '../../../simulators/mega2560/hex.ts';
import { makeKey, signRelease } from '../../../src/app/firmware-release.ts';
import { runFlash } from '../../../src/app/flash.ts';
import { bootLoader } from './boot-board.ts';

/** A busy machine emulates slower than the part runs. */
vi.setConfig({ testTimeout: 120_000 });

/** The commands as a technician types them, on the real release, the real boot loader and a pseudo-terminal. */
const folder = mkdtempSync(join(tmpdir(), 'letan-command-'));
const port = join(folder, 'dev', 'board');
const image = join(folder, 'release', 'letan-mega2560.hex');
const manifest = join(folder, 'release', 'manifest.json');
const robotFile = join(folder, 'config', 'robots', 'unit.yaml');
let board: BoardHost;
let said = '';

/** The unit's robot file with its `firmware` as given. */
function configure(firmware: string): void {
  const text = readFileSync('config/robots/simulated.yaml', 'utf8')
    .replace(/^firmware:.*$/m, firmware)
    .replaceAll('run/dev/', `${folder}/dev/`)
    .replaceAll('run/', `${folder}/run/`);
  writeFileSync(robotFile, text);
}

const flash = (changes: { image?: string; port?: string } = {}) =>
  runFlash({ configFolder: join(folder, 'config'), robotName: 'unit', image: changes.image ?? image, port: changes.port ?? null });

beforeAll(async () => {
  const workerUrl = new URL('../../simulators/mega2560/programs/plain.worker.mjs', import.meta.url);
  const flash = withBootLoader(new Uint8Array(0x40000).fill(0xff), bootLoader);
  board = new BoardHost({ workerUrl, flash, bootReset: true, resetOnOpen: true, folder: join(folder, 'dev'), name: 'board' });
  await board.start();
});
afterAll(async () => {
  await board.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  for (const room of ['robots', 'sites', 'papers']) cpSync(join('config', room), join(folder, 'config', room), { recursive: true });
  rmSync(join(folder, 'release'), { recursive: true, force: true });
  cpSync('firmware-bridge/firmware/release', join(folder, 'release'), { recursive: true });
  configure('firmware: { trust: development }');
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

it('flashes the release: says what it is, keeps the calibration, shows how far it is, and what the board answers', async () => {
  await flash();
  const { version, protocolVersion } = JSON.parse(readFileSync(manifest, 'utf8'));
  expect(said).toContain(`robot-1: firmware ${version} (protocol ${protocolVersion}`);
  expect(said).toContain('unsigned, which this development unit takes');
  for (const phase of ['writing', 'verifying']) for (const share of [25, 50, 75, 100]) expect(said).toContain(`  ${phase} ${share} %\n`);
  expect(said).toMatch(new RegExp(`${port} runs firmware ${version} \\(protocol ${protocolVersion}\\), verified, after \\d+\\.\\d s`));
  const kept = /calibration kept in (\S+)/.exec(said)?.[1] ?? '';
  expect(kept).toMatch(new RegExp(`^${folder}/run/history/unit-\\d{8}T\\d{6}Z\\.yaml$`));
  expect(readFileSync(kept, 'utf8')).toBe(readFileSync(robotFile, 'utf8'));
});

it('signed with a key that the robot file trusts, the release is taken; otherwise nothing is touched', async () => {
  const keyFile = join(folder, 'key.pem');
  makeKey(keyFile);
  const publicKey = /keys: \['([^']+)'\]/.exec(said)?.[1] ?? '';
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  expect(() => makeKey(keyFile)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));

  configure(`firmware: { keys: ['${publicKey}'] }`);
  rmSync(join(folder, 'run', 'history'), { recursive: true, force: true });
  await expect(flash()).rejects.toMatchObject({ code: 'FIRMWARE_UNSIGNED' });
  expect(() => readdirSync(join(folder, 'run', 'history'))).toThrow(/ENOENT/);

  signRelease(manifest, keyFile);
  await flash();
  expect(said).toContain(`signed by ${publicKey}`);

  configure('firmware: { trust: signed }');
  await expect(flash()).rejects.toMatchObject({ code: 'FIRMWARE_KEY_UNTRUSTED' });
  signRelease(image, keyFile); // by its hex, too
  expect(JSON.parse(readFileSync(manifest, 'utf8')).signature.publicKey).toBe(publicKey);
  makeKey(join(folder, 'another.pem'));
});

it('a manifest named after the image comes before the one of its folder', async () => {
  cpSync(image, join(folder, 'release', 'other.hex'));
  writeFileSync(join(folder, 'release', 'other.json'), '{}');
  await expect(flash({ image: join(folder, 'release', 'other.hex') })).rejects.toMatchObject({
    code: 'FIRMWARE_MANIFEST',
    detail: expect.stringContaining('other.json is no manifest'),
  });
});

it('names what is missing: the image, its manifest, the port', async () => {
  await expect(flash({ image: join(folder, 'nothing.hex') })).rejects.toMatchObject({
    code: 'FIRMWARE_IMAGE_INVALID',
    detail: expect.stringContaining('no such file'),
  });
  await expect(flash({ port: join(folder, 'dev', 'none') })).rejects.toMatchObject({ code: 'BOARD_NOT_CONNECTED' });
  rmSync(manifest);
  await expect(flash()).rejects.toMatchObject({
    code: 'FIRMWARE_MANIFEST',
    detail: expect.stringContaining('manifest.json: there is no such file'),
  });
});

it('while another program holds the port, names it and touches nothing', async () => {
  const script = `require('node:fs').openSync(${JSON.stringify(port)}, 'r+'); process.stdout.write('open'); setInterval(() => {}, 1000)`;
  const holder: ChildProcess = spawn(process.execPath, ['-e', script, 'run'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await new Promise((resolve) => holder.stdout?.once('data', resolve));
    await expect(flash()).rejects.toMatchObject({ code: 'DEVICE_IN_USE', detail: expect.stringContaining(`process ${holder.pid} (`) });
  } finally {
    holder.kill();
    await new Promise((resolve) => holder.once('exit', resolve));
  }
});
