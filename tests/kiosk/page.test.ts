import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TouchEvent } from '../../src/behaviour/events.ts';
import { languages } from '../../src/core/language.ts';
import { silentLogger } from '../../src/core/logger.ts';
import { Signal } from '../../src/core/signal.ts';
import type { KioskView } from '../../src/kiosk/view.ts';
import { faintTexts, faultsOfPicture } from './page-checks.ts';
import { type KioskServer, startKiosk } from './serve.ts';
import { fakeCatalogue, screens, situations, viewOf } from './views.ts';

const project = new URL('../..', import.meta.url).pathname;
const pictures = join(project, 'tests/screenshots/kiosk');
const browserFile = process.env.LETAN_CHROMIUM ?? '/usr/bin/chromium';
const shapes = { portrait: { width: 1080, height: 1920 }, landscape: { width: 1280, height: 800 } };

/** The page is real, in a real browser, over the real server; only the views are made by hand. */
describe.skipIf(!existsSync(browserFile))('kiosk page in a browser (skipped where there is no Chromium)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'letan-kiosk-'));
  const viewChanged = new Signal<KioskView>();
  const touched: TouchEvent[] = [];
  const petitions: string[] = [];
  const foreign: string[] = [];
  const troubles: string[] = [];
  let current = viewOf(screens.attract, 'vi');
  let server: KioskServer;
  let browser: Browser;
  let page: Page;

  const start = (port: number) =>
    startKiosk({
      port,
      view: () => current,
      viewChanged,
      send: (event) => touched.push(event),
      vault: { put: (typed) => `record-${petitions.push(typed.kind === 'text' ? typed.text : typed.number)}` },
      catalogue: fakeCatalogue,
      logger: silentLogger,
      staticFolder: folder,
    });

  const show = async (view: KioskView) => {
    current = view;
    viewChanged.emit(view);
    await page.waitForSelector(`.stage[data-screen="${view.screen.name}"]`);
    await page.waitForFunction((language) => document.documentElement.lang === language, view.language);
    await page.waitForFunction(() => document.fonts.status === 'loaded' && !document.querySelector('.empty')?.textContent?.includes('…'));
  };

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    await build({ root: join(project, 'src/kiosk/web'), logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
    server = await start(0);
    browser = await chromium.launch({
      executablePath: browserFile,
      args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
    page = await browser.newPage({ viewport: shapes.portrait, reducedMotion: 'reduce' });
    page.on('request', (request) => {
      if (!request.url().startsWith(server.address) && !request.url().startsWith('data:')) foreign.push(request.url());
    });
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') troubles.push(message.text());
    });
    await page.goto(server.address);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const pictureSet = [
    ...Object.values(screens).map((screen) => ({ label: screen.name, screen, over: {} })),
    ...Object.entries(situations).map(([label, { screen, over }]) => ({ label, screen, over })),
  ];

  for (const [shape, viewport] of Object.entries(shapes)) {
    for (const language of languages) {
      test(`every screen is whole in ${language}, ${shape}`, async () => {
        await page.setViewportSize(viewport);
        const faults: string[] = [];
        for (const { label, screen, over } of pictureSet) {
          await show(viewOf(screen, language, over));
          const found = [...(await page.evaluate(faultsOfPicture)), ...(await page.evaluate(faintTexts, 4.5))];
          const words = await page.locator('#kiosk').textContent();
          if (/\{\{|undefined|\[object|\b[a-z]+\.[a-z]+[A-Z]?[A-Za-z.]*\b/.test(words ?? '')) found.push(`a text is missing: ${words}`);
          faults.push(...found.map((fault) => `${label}: ${fault}`));
          await page.screenshot({ path: join(pictures, `${shape}-${language}-${label}.jpg`), type: 'jpeg', quality: 82 });
        }
        expect(faults).toEqual([]);
      }, 120_000);
    }
  }

  for (const [shape, viewport] of Object.entries(shapes)) {
    for (const language of languages) {
      test(`several services are gathered on a whole screen in ${language}, ${shape}`, async () => {
        await page.setViewportSize(viewport);
        await show(viewOf(screens.menu, language));
        await show(viewOf(screens.services, language));
        await page.locator('.chain button').click();
        for (const place of [2, 0]) await page.locator('.service').nth(place).click();
        expect(await page.locator('.service-place').allTextContents()).toEqual(['2', '1']);
        expect([...(await page.evaluate(faultsOfPicture)), ...(await page.evaluate(faintTexts, 4.5))]).toEqual([]);
        await page.screenshot({ path: join(pictures, `${shape}-${language}-services-several.jpg`), type: 'jpeg', quality: 82 });
      });
    }
  }

  test('several services go out in the order they were touched; a second touch removes one', async () => {
    touched.length = 0;
    await page.setViewportSize(shapes.portrait);
    await show(viewOf(screens.menu, 'en'));
    await show(viewOf(screens.services, 'en'));
    await page.getByText('I need another counter').click();
    await page.getByText('Residence').click();
    await page.getByText('Births, marriages').click();
    await page.getByText('Certified copies').click();
    await page.getByText('Births, marriages').click();
    await page.getByText('Take one ticket for 2 services').click();
    await expect
      .poll(() => touched.at(-1))
      .toEqual({ type: 'touch.service', serviceId: 'residence', followedBy: ['certification'], priorityClass: 'none' });
  });

  test('a booking that is not good now leaves a way to a paper number', async () => {
    touched.length = 0;
    await show(viewOf({ name: 'bookingScan', error: { code: 'BOOKING_TOO_EARLY', detail: 'from 14:00' } }, 'en'));
    await page.getByText('It is too early for this booking').waitFor();
    await page.getByText('Take a new ticket, without booking').click();
    await expect.poll(() => touched.at(-1)).toEqual({ type: 'touch.accept' });
  });

  test('an announcement covers the idle screen, and leaves a citizen at work her buttons', async () => {
    touched.length = 0;
    const { announcement } = situations['announcement-idle']?.over ?? {};
    await show(viewOf(screens.attract, 'en', { announcement: announcement ?? null }));
    expect(await page.locator('.overlay-announcement').textContent()).toContain('From 3 pm today');
    await show(viewOf(screens.menu, 'en', { announcement: announcement ?? null }));
    expect(await page.locator('.panel-announcement').textContent()).toContain('From 3 pm today');
    await page.getByText('Take a queue ticket').click();
    await expect.poll(() => touched.at(-1)).toEqual({ type: 'touch.menu', choice: 'ticket' });
  });

  test('the checks themselves find a broken picture', async () => {
    await show(
      viewOf(
        {
          name: 'registrationConfirm',
          people: [{ fullName: 'X'.repeat(200), maskedIdNumber: '1', birthDate: '', chip: null }],
          mayAddPerson: true,
        },
        'en',
      ),
    );
    expect((await page.evaluate(faultsOfPicture)).join()).toMatch(/too narrow|leaves the screen/);
    await page.addStyleTag({ content: '.panel-place { color: rgb(40, 70, 170) !important }' }).catch(() => {});
    expect(await page.evaluate(faintTexts, 21)).not.toEqual([]);
  });

  test('touches arrive as events', async () => {
    touched.length = 0;
    await page.setViewportSize(shapes.portrait);
    await show(viewOf(screens.attract, 'vi'));
    await page.locator('.attract').click();
    await show(viewOf(screens.language, 'vi'));
    await page.getByText('English').click();
    await show(viewOf(screens.services, 'en'));
    await page.getByText('Pregnant').click();
    await page.getByText('Births, marriages').click();
    await page.getByText('I need more time').click();
    await page.getByText('Back').click();
    await page.getByText('Finish').click();
    await expect
      .poll(() => touched)
      .toEqual([
        { type: 'touch.wake' },
        { type: 'touch.language', language: 'en' },
        { type: 'touch.stillHere' },
        { type: 'touch.service', serviceId: 'civil', followedBy: [], priorityClass: 'pregnant' },
        { type: 'touch.stillHere' },
        { type: 'touch.back' },
        { type: 'touch.exit' },
      ]);
  });

  test('a petition is written with Telex on the screen and goes to the vault', async () => {
    touched.length = 0;
    await show(viewOf(screens.petition, 'vi'));
    for (const key of ['d', 'd', 'e', 'f', 'n']) await page.locator('.key', { hasText: new RegExp(`^${key}$`) }).click();
    await page.getByText('Gửi ý kiến').click();
    await expect.poll(() => touched.at(-1)).toEqual({ type: 'touch.petition', recordId: 'record-1' });
    expect(petitions).toEqual(['đèn']);
  });

  test('search works without diacritics and leads to a ticket', async () => {
    touched.length = 0;
    await show(viewOf(screens.procedures, 'vi'));
    await page.getByRole('searchbox').fill('khai sinh');
    await expect.poll(() => page.locator('.result').count()).toBe(1);
    await page.locator('.result').click();
    await show(viewOf(screens.procedure, 'vi'));
    await page.getByText('Lấy số cho thủ tục này').click();
    await expect.poll(() => touched.at(-1)).toEqual({ type: 'touch.service', serviceId: 'civil', followedBy: [], priorityClass: 'none' });
    expect(touched).toContainEqual({ type: 'touch.procedure', code: '1.000001' });
  });

  test('a stop lets nothing through to the screen below', async () => {
    const { screen, over } = situations.stop ?? { screen: screens.menu, over: {} };
    await show(viewOf(screen, 'vi', over));
    expect(await page.locator('.stage').getAttribute('inert')).not.toBeNull();
    expect(await page.locator('.overlay-stop').textContent()).toContain('nút xanh dương');
  });

  test('the page says that the connection is gone, and comes back by itself', async () => {
    await show(viewOf(screens.menu, 'en'));
    const { port } = server;
    await server.close();
    await page.getByText('The screen is reconnecting').waitFor();
    expect(await page.locator('.stage').getAttribute('data-screen')).toBe('menu');
    current = viewOf(screens.thanks, 'en');
    troubles.length = 0;
    server = await start(port);
    await page.waitForSelector('.stage[data-screen="thanks"]');
    expect(await page.getByText('The screen is reconnecting').count()).toBe(0);
    troubles.length = 0;
  });

  test('nothing is asked of the outside and nothing is thrown', () => {
    expect(foreign).toEqual([]);
    expect(troubles).toEqual([]);
  });
});
