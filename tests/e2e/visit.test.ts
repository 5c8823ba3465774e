import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { t } from '../../config/texts/texts.ts';
import { languages } from '../../src/core/language.ts';
import { arrive, KioskPage, launchBrowser, leave, SimulatedRobot, until } from './simulated-robot.ts';

let robot: SimulatedRobot;
let browser: Browser;
beforeAll(async () => {
  [robot, browser] = await Promise.all([SimulatedRobot.start(), launchBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser.close();
  await robot.end();
});

describe('a visit from the door to the thanks', () => {
  it.each(languages)('in %s: ticket on paper, water in the cup', { timeout: 120_000 }, async (language) => {
    const kiosk = await KioskPage.open(browser, robot);
    const before = await robot.lobby();
    await kiosk.page.locator('.attract').waitFor();
    await kiosk.picture(`${language}-attract`);
    await arrive(robot, kiosk, language);
    await kiosk.picture(`${language}-menu`);
    await kiosk.touch(t(language, 'menu.ticket.name'));
    await kiosk.page.locator('.service').first().waitFor();
    await kiosk.picture(`${language}-services`);
    await kiosk.page.locator('.service').first().click();
    await kiosk.sees(t(language, 'ticket.issued'));
    await kiosk.picture(`${language}-ticket`);
    const number = await kiosk.page.locator('.paper-number').textContent();
    expect(number).toMatch(/^A\d{3}$/);
    await until(
      'the paper lies in the lobby',
      async () => (await robot.lobby()).status.tickets.length === before.status.tickets.length + 1,
    );
    await until('the queue server counts the ticket', async () => {
      const [counter] = (await robot.staff()).counters;
      return counter?.waiting.some((ticket) => ticket.number === number) ?? false;
    });
    await kiosk.touch(t(language, 'ticket.done'));
    await kiosk.sees(t(language, 'water.offer'));
    await kiosk.picture(`${language}-water`);
    await kiosk.touch(t(language, 'water.accept'));
    await kiosk.sees(t(language, 'water.dispensing'));
    await kiosk.sees(t(language, 'thanks.title'));
    await kiosk.picture(`${language}-thanks`);
    const pouredMl = (await robot.lobby()).snapshot.water.pouredMl - before.snapshot.water.pouredMl;
    expect(pouredMl).toBeGreaterThan(145);
    expect(pouredMl).toBeLessThan(155);
    await leave(robot, kiosk, language);
    expect(kiosk.errors).toEqual([]);
    await kiosk.page.close();
  });
});

describe('calling', () => {
  it('shows a called number with its counter in three languages, a recall again, and keeps it in the list', {
    timeout: 120_000,
  }, async () => {
    const kiosk = await KioskPage.open(browser, robot);
    await kiosk.page.locator('.attract').waitFor();
    await robot.staffPost('counters/1/next');
    const serving = (await robot.staff()).counters[0]?.serving ?? '';
    expect(serving).toMatch(/^[A-Z]\d{3}$/);
    for (const language of languages) await kiosk.sees(t(language, 'call.spoken', { number: serving, counter: 1 }));
    await kiosk.picture('call');
    await kiosk.page.locator('.overlay-call').waitFor({ state: 'detached' });
    await kiosk.page.locator('.serving-line', { hasText: serving }).waitFor();
    await robot.staffPost('counters/1/recall');
    await kiosk.sees(t('vi', 'call.again'));
    await kiosk.picture('recall');
    await kiosk.page.close();
  });

  it('is pressed on the staff page', { timeout: 60_000 }, async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(robot.addresses.staff);
    const before = (await robot.staff()).counters[0]?.serving;
    await page.getByRole('button', { name: 'Gọi số tiếp theo' }).click();
    await until('another number is served', async () => (await robot.staff()).counters[0]?.serving !== before);
    await page.screenshot({ path: 'tests/screenshots/e2e/staff.png' });
    await page.close();
  });
});
