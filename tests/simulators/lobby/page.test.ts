import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FastifyInstance, fastify } from 'fastify';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { registerLobby } from '../../../simulators/lobby/server.ts';
import { FakeWorld } from './fake-world.ts';

const root = new URL('../../../', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'letan-lobby-page-'));
const browserFile = process.env.LETAN_CHROMIUM ?? '/usr/bin/chromium';
const complaints: string[] = [];
let browser: Browser;
let app: FastifyInstance;
let world: FakeWorld;
let page: Page;

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'error',
    root: `${root}simulators/lobby/web`,
    base: '/lobby/',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: { outDir: folder, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0 },
  });
  browser = await chromium.launch({ executablePath: browserFile, args: ['--no-sandbox', '--disable-gpu'] });
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  complaints.length = 0;
  world = new FakeWorld();
  app = fastify({ forceCloseConnections: true });
  await registerLobby(app, world, { staticFolder: folder });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${address}/lobby/`);
  await page.locator('.robot').waitFor();
  return async () => {
    await page.close();
    await app.close();
  };
});

/** Where a spot of the lobby is on the screen: the hall's walls are drawn at its outline. */
async function onScreen(xMm: number, yMm: number) {
  const box = await page.locator('.floor').boundingBox();
  if (!box) throw new Error('no floor is drawn');
  return { x: box.x + (xMm / 20_000) * box.width, y: box.y + (1 - yMm / 10_000) * box.height };
}
const people = () => world.snapshot.people;

test('a click puts a person there, a drag moves her, a double-click sends her away', async () => {
  const at = await onScreen(9000, 3000);
  await page.mouse.click(at.x, at.y);
  await page.locator('.person').waitFor();
  expect(Math.hypot((people()[0]?.xMm ?? 0) - 9000, (people()[0]?.yMm ?? 0) - 3000)).toBeLessThan(40);
  const to = await onScreen(12_000, 6000);
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => Math.hypot((people()[0]?.xMm ?? 0) - 12_000, (people()[0]?.yMm ?? 0) - 6000)).toBeLessThan(60);
  // The page learns of it a snapshot later; a click before that would meet the empty floor.
  await expect
    .poll(() => page.locator('.person').getAttribute('transform'))
    .toBe(`translate(${people()[0]?.xMm} ${-(people()[0]?.yMm ?? 0)})`);
  await page.mouse.dblclick(to.x, to.y);
  await page.locator('.person').waitFor({ state: 'detached' });
  expect(people()).toEqual([]);
  expect(complaints).toEqual([]);
});

test('by keyboard: a person steps before the robot, moves by arrows, walks out by Delete', async () => {
  const button = page.getByRole('button', { name: 'Step before the robot' });
  await button.focus();
  await page.keyboard.press('Enter');
  await page.locator('.person').focus();
  expect(people()).toEqual([{ id: 'p1', xMm: 2950, yMm: 5000, walkingTo: null }]);
  await page.keyboard.press('ArrowUp');
  await expect.poll(() => people()[0]?.yMm).toBe(5100);
  await page.keyboard.press('Delete');
  await expect.poll(() => people().length).toBe(0);
});

test('let walk: the next click is where she goes', async () => {
  await page.getByRole('button', { name: 'Step before the robot' }).click();
  await page.getByRole('button', { name: 'Let walk' }).click();
  const to = await onScreen(10_000, 2000);
  await page.mouse.click(to.x, to.y);
  await page.locator('.walk').waitFor({ state: 'attached' });
  expect(Math.abs((people()[0]?.walkingTo?.xMm ?? 0) - 10_000)).toBeLessThan(40);
});

test('every switch and fault button does what it says, and turns into its mending', async () => {
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  await press('Press e-stop');
  await page.getByRole('button', { name: 'Release e-stop' }).waitFor();
  await press('Hit bumper left');
  await press('Press blue button');
  await expect.poll(() => world.snapshot.switches).toMatchObject({ eStopPressed: true, bumperLeftHit: true, releasePressed: true });
  await press('Empty tank');
  await page.getByRole('button', { name: 'Fill tank' }).waitFor();
  for (const name of ['Take paper out', 'Jam the cutter', 'Unplug USB', 'Wedge board', 'Cut network']) await press(name);
  await expect.poll(() => world.asked).toEqual(['paperOut', 'jamCutter', 'unplugBoard', 'wedgeBoard', 'cutNetwork']);
  world.statusChanged.emit({ ...world.status, paperPresent: false, cutterJammed: true, boardPlugged: false, networkUp: false });
  for (const name of ['Put paper in', 'Clear the cutter', 'Plug USB in', 'Restore network']) await press(name);
  await expect.poll(() => world.asked.slice(5)).toEqual(['paperIn', 'clearCutter', 'plugBoard', 'restoreNetwork']);
  await press('Card of Trần Đặng Thử');
  await page.getByRole('textbox', { name: 'Code to scan' }).fill('hello');
  await press('Scan');
  await expect.poll(() => world.scanned).toEqual([expect.stringContaining('Trần Đặng Thử'), 'hello']);
  for (const name of ['Chip cards', 'Card of Nguyễn Thị Mẫu', 'Unplug reader', 'Back to codes']) await press(name);
  await expect.poll(() => world.asked.slice(9)).toEqual(['lay chip-first', 'unplugReader']);
  expect(complaints).toEqual([]);
});

test('the stop cause is told in words, a lost connection too', async () => {
  const state = page.locator('.state');
  expect(await state.textContent()).toContain('Just powered up. Press the blue button to release.');
  world.statusChanged.emit({ ...world.status, safety: { stopped: true, cause: 'obstacleFront', latched: false, eStopOpen: false } });
  await expect.poll(() => state.textContent()).toContain('Goes on by itself');
  await app.close();
  await expect.poll(() => state.textContent()).toContain('Connection lost');
});

test('everything fits on 1280 x 800, and every button can be hit', async () => {
  const faults = await page.evaluate(() => {
    const small = [...document.querySelectorAll('button, .bar-links a')].filter((button) => {
      const { height } = button.getBoundingClientRect();
      // No height at all: in the dialog that is closed.
      return height > 0 && height < 44;
    });
    const { scrollWidth, scrollHeight } = document.documentElement;
    const panel = document.querySelector('.panel');
    return {
      small: small.map((button) => button.textContent),
      scrollWidth,
      scrollHeight,
      panelScrolls: panel && panel.scrollHeight > panel.clientHeight,
    };
  });
  expect(faults).toEqual({ small: [], scrollWidth: 1280, scrollHeight: 800, panelScrolls: false });
});

test('without a runtime the technician has tape, scale and marks instead of the scanner', async () => {
  await page
    .getByRole('heading', { name: /Scanner|QR/ })
    .first()
    .waitFor();
  world.status = { ...world.status, screen: null };
  world.statusChanged.emit(world.status);
  await page.getByRole('button', { name: '500 mm from the wall', exact: true }).click();
  await expect.poll(() => world.snapshot.robot.xMm).toBe(20_000 - 250 - 500);
  await page.getByText(/ahead 500 mm, cup 0\.0 g/).waitFor();
  await page.getByRole('button', { name: 'Put on the start mark' }).click();
  // Squares of 2 m to either side fit there.
  await expect.poll(() => world.snapshot.robot.xMm).toBeLessThan(20_000 - 2950);
  const { xMm, yMm } = world.snapshot.robot;
  expect(xMm).toBeGreaterThanOrEqual(950);
  expect(yMm).toBeGreaterThanOrEqual(2950);
  expect(yMm).toBeLessThanOrEqual(10_000 - 2950);
  await page.getByText(/^x 0 y 0 mm/).waitFor();
  expect(await page.evaluate(() => document.querySelector('.panel')?.scrollHeight)).toBeLessThanOrEqual(800);
  expect(complaints).toEqual([]);
});
