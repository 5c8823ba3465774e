import { spawnSync } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser, SimulatedRobot } from './simulated-robot.ts';

let robot: SimulatedRobot;
let browser: Browser;
beforeAll(async () => {
  [robot, browser] = await Promise.all([SimulatedRobot.start(), launchBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await robot.end();
});

it('opens the service page with the password of the first start, and with no other', { timeout: 60_000 }, async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(robot.addresses.service);
  await page.getByLabel('Password').fill('admin');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Password').fill(robot.servicePassword);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'robot-1' }).waitFor();
  await page.getByText('Battery').waitFor();
  await page.screenshot({ path: 'tests/screenshots/e2e/service.png' });
  await page.close();
});

it('letan doctor names what is wrong and what to do, without a running robot', { timeout: 60_000 }, () => {
  const result = spawnSync(process.execPath, ['dist/letan.js', 'doctor', '--config', 'tests/e2e/unplugged'], { encoding: 'utf8' });
  expect(result.stderr).toBe('');
  expect(result.stdout).toContain('no robot is running');
  expect(result.stdout).toMatch(/FAIL {2}board +BOARD_NOT_CONNECTED: run\/no-such\/board does not exist/);
  expect(result.stdout).toMatch(/FAIL {2}printer +PRINTER_OFFLINE/);
  expect(result.stdout).toMatch(/FAIL {2}queue +QUEUE_OFFLINE/);
  expect(result.stdout).toContain("-> Plug in the control board's USB cable.");
  expect(result.status).toBe(1);
});
