import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SimulatedRobot } from './simulated-robot.ts';

const simulate = (...args: string[]) => spawnSync(process.execPath, ['dist/simulate.js', ...args], { encoding: 'utf8', timeout: 60_000 });

it('ends cleanly on Ctrl-C, and a second start on the same ports and folder works at once', { timeout: 120_000 }, async () => {
  const first = await SimulatedRobot.start();
  const portOf = (address: string) => new URL(address).port;
  const ports = ['--kiosk-port', portOf(first.addresses.kiosk), '--lobby-port', portOf(first.addresses.lobby)];
  // The staff page of a simulation offers the faults.
  expect(await (await fetch(`${first.addresses.staff}api/faults`)).json()).toMatchObject({ delayMs: 0, tryLater: false });
  expect(await first.interrupt()).toBe(0);
  const second = await SimulatedRobot.start(ports, first.runDir);
  // The broker's port was left free to choose.
  const { broker: _first, ...pages } = first.addresses;
  expect(second.addresses).toMatchObject(pages);
  expect(second.servicePassword).toBe('');
  expect(await second.interrupt()).toBe(0);
  rmSync(first.runDir, { recursive: true, force: true });
});

it('refuses a second start beside the first, naming the port', { timeout: 120_000 }, async () => {
  const robot = await SimulatedRobot.start();
  const taken = new URL(robot.addresses.kiosk).port;
  const folder = mkdtempSync(join(tmpdir(), 'letan-second-'));
  const second = simulate('--kiosk-port', taken, '--lobby-port', '0', '--broker-port', '0', '--run-dir', folder);
  expect(second.status).toBe(1);
  expect(second.stderr).toContain(`PORT_IN_USE: port ${taken} on 127.0.0.1 is taken`);
  expect(second.stderr).toContain('choose another port');
  rmSync(folder, { recursive: true, force: true });
  await robot.end();
});

it('refuses a bad configuration with file, line, path and what is allowed', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'letan-bad-'));
  cpSync('config', folder, { recursive: true });
  const file = join(folder, 'robots/simulated.yaml');
  const text = readFileSync(file, 'utf8')
    .replace('speedCapMmS: 400', 'speedCapMmS: 4000')
    .replace('profile: epson-80mm', 'profile: dot-matrix');
  writeFileSync(file, text);
  const lineOf = (word: string) => text.split('\n').findIndex((line) => line.includes(word)) + 1;
  const result = simulate('--config', folder, '--broker-port', '0', '--run-dir', join(folder, 'run'));
  expect(result.status).toBe(1);
  expect(result.stderr).toContain(`simulated.yaml:${lineOf('4000')}  calibration.speedCapMmS: must be at most 600`);
  expect(result.stderr).toContain(
    `simulated.yaml:${lineOf('dot-matrix')}  printer.profile: allowed here: epson-80mm, epson-58mm, clone-80mm, clone-58mm`,
  );
  rmSync(folder, { recursive: true, force: true });
});

it('tells its options', () => {
  const result = simulate('--help');
  expect(result.status).toBe(0);
  expect(result.stdout).toContain('--kiosk-port <port>');
});
