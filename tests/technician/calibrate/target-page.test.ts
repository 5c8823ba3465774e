import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TargetPage } from '../../../src/technician/calibrate/target-page.ts';

const browserFile = process.env.LETAN_CHROMIUM ?? '/usr/bin/chromium';
let page: TargetPage;
const address = () => /http:\/\/[\d.:]+\//.exec(page.preparation)?.[0] ?? '';
beforeEach(async () => {
  page = await TargetPage.open(0);
});
afterEach(() => page.close());

describe('page with the targets', () => {
  it('knows the size only of a page that fills the screen', async () => {
    await fetch(`${address()}target?width=1920&height=1080`);
    expect(page.screen).toEqual({ widthPx: 1920, heightPx: 1080 });
    for (const query of ['', '?width=0&height=1080', '?width=1e9&height=1', '?width=x&height=']) {
      await fetch(`${address()}target${query}`);
      expect(page.screen).toBeNull();
    }
    expect((await fetch(`${address()}etc/passwd`)).status).toBe(404);
    expect((await fetch(address(), { method: 'POST' })).status).toBe(405);
  });

  it('says so when its port is taken', async () => {
    await expect(TargetPage.open(Number(new URL(address()).port))).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  });

  it.skipIf(!existsSync(browserFile))(
    'draws the cross where the target is (skipped where there is no Chromium)',
    async () => {
      let browser: Browser | null = null;
      try {
        browser = await chromium.launch({ executablePath: browserFile, args: ['--no-sandbox'] });
        const tab = await browser.newPage({ viewport: { width: 1280, height: 800 } });
        await tab.goto(address());
        await expect.poll(() => page.screen).toEqual({ widthPx: 1280, heightPx: 800 });
        page.show({ x: 0.9, y: 0.1 });
        const cross = tab.locator('#cross');
        await cross.waitFor({ state: 'visible' });
        const box = await cross.boundingBox();
        expect(box && { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) }).toEqual({ x: 1152, y: 80 });
        page.show(null);
        await cross.waitFor({ state: 'hidden' });
      } finally {
        await browser?.close();
      }
    },
    60_000,
  );
});
