import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { t } from '../../config/texts/texts.ts';
import { arrive, KioskPage, launchBrowser, leave, SimulatedRobot, until } from './simulated-robot.ts';

let robot: SimulatedRobot;
let browser: Browser;
let kiosk: KioskPage;
beforeAll(async () => {
  [robot, browser] = await Promise.all([SimulatedRobot.start(), launchBrowser()]);
}, 120_000);
beforeEach(async () => {
  kiosk = await KioskPage.open(browser, robot);
  await arrive(robot, kiosk, 'en');
}, 60_000);
afterEach(async () => {
  await leave(robot, kiosk, 'en');
  expect(kiosk.errors).toEqual([]);
  await kiosk.page.close();
}, 60_000);
afterAll(async () => {
  await browser.close();
  await robot.end();
});

/** Every byte the robot keeps on disk or printed, as text. */
function everythingWritten(): string {
  const files = readdirSync(robot.runDir, { recursive: true, encoding: 'utf8' }).map((name) => join(robot.runDir, name));
  const texts = files.filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile()).map((file) => readFileSync(file, 'latin1'));
  return [...texts, Buffer.from(robot.output, 'utf8').toString('latin1')].join('\n');
}

const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

it('registers a couple by their cards: consent, confirmation, sealed to the officer, erased', { timeout: 120_000 }, async () => {
  await kiosk.touch(t('en', 'menu.registration.name'));
  await kiosk.sees(t('en', 'registration.consentTitle'));
  await kiosk.touch(t('en', 'registration.agree'));
  await kiosk.sees(t('en', 'registration.scanTitle'));
  await robot.scanSample('card-damaged');
  await kiosk.sees(t('en', 'scan.unreadable'));
  await robot.scanSample('card-first');
  await kiosk.touch(t('en', 'chip.skip'));
  await kiosk.sees('Nguyễn Thị Mẫu');
  expect(await kiosk.page.locator('body').textContent()).not.toContain('079190012345');
  await kiosk.touch(t('en', 'registration.addPerson'));
  await robot.scanSample('card-second');
  await kiosk.touch(t('en', 'chip.skip'));
  await kiosk.sees('Trần Đặng Thử');
  await kiosk.picture('registration-confirm');
  await kiosk.touch(t('en', 'registration.send'));
  await kiosk.sees(t('en', 'registration.doneTitle'));
  await until('the officer can read both', async () => {
    const text = JSON.stringify(await robot.staffGet('registrations'));
    return text.includes('Nguyễn Thị Mẫu') && text.includes('001058054321');
  });
  await leave(robot, kiosk, 'en');
  const written = everythingWritten();
  expect(written.length).toBeGreaterThan(10_000);
  for (const secret of ['Nguyễn Thị Mẫu', '079190012345', 'Trần Đặng Thử', '001058054321']) expect(written).not.toContain(latin1(secret));
  expect(await kiosk.page.content()).not.toContain('Mẫu');
});

it('finds a procedure typed without diacritics and gives a ticket straight from it', { timeout: 90_000 }, async () => {
  await kiosk.touch(t('en', 'menu.procedures.name'));
  const results = await (await fetch(new URL('api/procedures?q=dk+tam+tru&lang=en', robot.addresses.kiosk))).json();
  expect(results.procedures[0]).toEqual({ code: '1.004194', name: 'Temporary residence' });
  await kiosk.sees('Temporary residence');
  await kiosk.touch('Temporary residence');
  await kiosk.sees('15,000đ; online 7,000đ');
  await kiosk.picture('procedure');
  await kiosk.touch(t('en', 'procedure.takeTicket'));
  await kiosk.sees(t('en', 'ticket.issued'));
  expect(await kiosk.page.locator('.paper-number').textContent()).toMatch(/^C\d{3}$/);
});

it('checks a booking in once: it becomes a ticket equal to the others', { timeout: 90_000 }, async () => {
  await kiosk.touch(t('en', 'menu.booking.name'));
  await kiosk.sees(t('en', 'booking.title'));
  await robot.scan('https://example.org/');
  await kiosk.sees(t('en', 'scan.unknown'));
  await robot.scanSample('booking-1');
  await kiosk.sees(t('en', 'ticket.issued'));
  const number = await kiosk.page.locator('.paper-number').textContent();
  await until('it waits with the others', async () => {
    const [first] = (await robot.staff()).counters;
    return first?.waiting.some((ticket) => ticket.number === number && ticket.origin === 'booking') ?? false;
  });
});

it('drops one snack', { timeout: 90_000 }, async () => {
  const before = (await robot.lobby()).snapshot.snack;
  await kiosk.touch(t('en', 'menu.snack.name'));
  await until('a snack fell', async () => (await robot.lobby()).snapshot.snack.dropped === before.dropped + 1);
  await kiosk.sees(t('en', 'thanks.title'));
  expect((await robot.lobby()).snapshot.snack.stock).toBe(before.stock - 1);
});

it('takes feedback and a petition while the network is away, and delivers both once it is back', { timeout: 120_000 }, async () => {
  await robot.fault('cutNetwork');
  await kiosk.sees(t('en', 'fault.offline'));
  await kiosk.touch(t('en', 'menu.feedback.name'));
  await kiosk.touch(t('en', 'feedback.score5'));
  await kiosk.sees(t('en', 'feedback.done'));
  await leave(robot, kiosk, 'en');
  await arrive(robot, kiosk, 'en');
  await kiosk.touch(t('en', 'menu.petition.name'));
  await kiosk.page.locator('textarea').fill('The lamp over the bench is broken.');
  await kiosk.touch(t('en', 'petition.send'));
  await kiosk.sees(t('en', 'petition.doneTitle'));
  await kiosk.sees(t('en', 'petition.printed'));
  await kiosk.picture('petition-done');
  expect((await robot.staff()).scores['5'] ?? 0).toBe(0);
  await robot.fault('restoreNetwork');
  await until('both have arrived', async () => {
    const petitions = JSON.stringify(await robot.staffGet('petitions'));
    return (await robot.staff()).scores['5'] === 1 && petitions.includes('The lamp over the bench is broken.');
  });
  expect(everythingWritten()).not.toContain('The lamp over');
});
