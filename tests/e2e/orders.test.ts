import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { t } from '../../config/texts/texts.ts';
import { languages } from '../../src/core/language.ts';
import { arrive, KioskPage, launchBrowser, leave, SimulatedRobot, until } from './simulated-robot.ts';

let robot: SimulatedRobot;
let browser: Browser;
let kiosk: KioskPage;
beforeAll(async () => {
  [robot, browser] = await Promise.all([SimulatedRobot.start(), launchBrowser()]);
}, 120_000);
beforeEach(async () => {
  kiosk = await KioskPage.open(browser, robot);
  await kiosk.page.locator('.attract').waitFor();
}, 60_000);
afterEach(async () => {
  expect(kiosk.errors).toEqual([]);
  await kiosk.page.close();
}, 60_000);
afterAll(async () => {
  await browser.close();
  await robot.end();
});

interface Answer {
  ok: boolean;
  code?: string;
  detail?: string;
  result?: { parts?: number; lines?: number; version?: string };
}
const order = async (command: object): Promise<Answer> => (await robot.staffPost('robots/robot-1', command)) as Answer;
const speed = async () => Math.abs((await robot.lobby()).snapshot.robot.leftMmS) + Math.abs((await robot.lobby()).snapshot.robot.rightMmS);
const papers = async () => (await robot.lobby()).status.tickets.length;

/** A ticket for certification, then residence, taken on the screen; returns its number. */
async function takesAChain(): Promise<string> {
  const before = await papers();
  await arrive(robot, kiosk, 'en');
  await kiosk.touch(t('en', 'menu.ticket.name'));
  await kiosk.touch(t('en', 'services.several'));
  await kiosk.page.locator('.service', { hasText: 'Certification' }).click();
  await kiosk.page.locator('.service', { hasText: 'Residence' }).click();
  await kiosk.picture('services-several');
  await kiosk.touch(t('en', 'services.take', { count: 2 }));
  await kiosk.sees(t('en', 'ticket.issued'));
  expect(await kiosk.page.locator('.paper-chain li').allTextContents()).toEqual([
    expect.stringContaining('Certification'),
    expect.stringContaining('Residence'),
  ]);
  await kiosk.picture('ticket-chain');
  const number = (await kiosk.page.locator('.paper-number').textContent()) ?? '';
  await until('the paper lies in the lobby', async () => (await papers()) === before + 1);
  await leave(robot, kiosk, 'en');
  return number;
}

/** The counter that `number` waits at for its present service, first in line after others were sent on. */
async function waitsAt(number: string): Promise<number | undefined> {
  return (await robot.staff()).counters.find((counter) => counter.waiting.some((ticket) => ticket.number === number))?.counter;
}

describe('orders of the ward', () => {
  it('an announcement is shown in three languages and goes by itself', { timeout: 90_000 }, async () => {
    const text = { vi: 'Quầy 2 đóng lúc 16 giờ.', en: 'Counter 2 closes at 4 pm.', ko: '2번 창구는 오후 4시에 마감합니다.' };
    expect(await order({ command: 'announce', text, showForS: 4 })).toMatchObject({ ok: true });
    for (const language of languages) await kiosk.sees(text[language]);
    await kiosk.picture('announcement');
    await kiosk.seesNot(text.en);
  });

  it('stop ends a drive and holds until resume; a place nobody knows is refused', { timeout: 120_000 }, async () => {
    expect(await order({ command: 'goTo', place: 'the-moon' })).toMatchObject({ ok: false, code: 'COMMAND_REFUSED' });
    expect(await order({ command: 'goTo', place: 'waitingArea' })).toMatchObject({ ok: true });
    await until('the robot drives', async () => (await speed()) > 100, 60_000);
    expect(await order({ command: 'stop', reason: 'somebody is in the way' })).toMatchObject({ ok: true });
    await until('the robot stands', async () => (await speed()) === 0);
    await kiosk.sees(t('vi', 'halted.title'));
    await kiosk.picture('halted');
    expect(await order({ command: 'goTo', place: 'home' })).toMatchObject({ ok: false, detail: expect.stringContaining('resume') });
    await until('the ward sees it', async () => (await robot.staff()).robots[0]?.state?.stopCause === 'stopCommand');
    expect(await speed()).toBe(0);
    expect(await order({ command: 'resume' })).toMatchObject({ ok: true });
    await kiosk.seesNot(t('vi', 'halted.title'));
    expect(await order({ command: 'goTo', place: 'waitingArea' })).toMatchObject({ ok: true });
    await until('the robot drives again', async () => (await speed()) > 100, 60_000);
    expect(await order({ command: 'goTo', place: 'home' })).toMatchObject({ ok: true });
    await until(
      'the robot is home',
      async () => {
        const { robot: at } = (await robot.lobby()).snapshot;
        return Math.hypot(at.xMm - 1000, at.yMm - 1000) < 250 && at.leftMmS === 0;
      },
      90_000,
    );
  });

  it('a resume does not release what a person must release', { timeout: 90_000 }, async () => {
    await robot.world({ type: 'eStop', pressed: true });
    await kiosk.sees(t('vi', 'stop.cause.eStop'));
    await robot.world({ type: 'eStop', pressed: false });
    await order({ command: 'stop', reason: 'a test' });
    expect(await order({ command: 'resume' })).toMatchObject({ ok: true });
    expect((await robot.lobby()).status.safety).toMatchObject({ stopped: true, latched: true });
    expect(await order({ command: 'goTo', place: 'home' })).toMatchObject({
      ok: false,
      detail: expect.stringContaining('a person must release'),
    });
    await robot.world({ type: 'pressRelease' });
    await kiosk.seesNot(t('vi', 'stop.title'));
  });

  it('the log comes on request, and tells nothing about the citizen', { timeout: 120_000 }, async () => {
    await arrive(robot, kiosk, 'en');
    await kiosk.touch(t('en', 'menu.registration.name'));
    await kiosk.touch(t('en', 'registration.agree'));
    await robot.scanSample('card-first');
    await kiosk.touch(t('en', 'chip.skip'));
    await kiosk.sees('Nguyễn Thị Mẫu');
    await kiosk.touch(t('en', 'registration.send'));
    await kiosk.sees(t('en', 'registration.doneTitle'));
    await leave(robot, kiosk, 'en');
    const answer = await order({ command: 'uploadLog', sinceMin: 60 });
    expect(answer).toMatchObject({ ok: true, result: { parts: expect.any(Number) } });
    await until('every part has come', async () => {
      const log = (await robot.staff()).robots[0]?.log;
      return log !== null && log !== undefined && log.received === answer.result?.parts && log.lineCount === answer.result?.lines;
    });
    const log = await (await fetch(new URL('api/robots/robot-1/log', robot.addresses.staff))).text();
    expect(log).toContain('queue server online');
    for (const secret of ['Nguyễn Thị Mẫu', '079190012345', '900123']) expect(log).not.toContain(secret);
  });

  it('the configuration in force is told by its digest', { timeout: 60_000 }, async () => {
    const { result } = await order({ command: 'configurationVersion' });
    expect(result?.version).toMatch(/^[0-9a-f]{64}$/);
  });

  it('a reboot waits for the citizen, then the robot comes back and serves; a stop outlasts it', { timeout: 180_000 }, async () => {
    await arrive(robot, kiosk, 'en');
    await kiosk.touch(t('en', 'menu.ticket.name'));
    expect(await order({ command: 'reboot', reason: 'a test' })).toMatchObject({ ok: true });
    await kiosk.page.locator('.service').first().click();
    await kiosk.sees(t('en', 'ticket.issued'));
    const starts = () => [...robot.output.matchAll(/"msg":"board connected|queue server online"/g)].length;
    const before = starts();
    await leave(robot, kiosk, 'en');
    await until('the robot has started anew', () => starts() > before, 60_000);
    await until('every device serves', () => robot.serves().catch(() => false));
    await kiosk.page.locator('.attract').waitFor();
    await order({ command: 'stop', reason: 'a test' });
    await kiosk.sees(t('vi', 'halted.title'));
    const beforeStopped = starts();
    expect(await order({ command: 'reboot', reason: 'a test' })).toMatchObject({ ok: true });
    await until('the stopped robot has started anew', () => starts() > beforeStopped, 60_000);
    await kiosk.sees(t('vi', 'halted.title'));
    await until('it can be reached', async () => (await robot.staff()).robots[0]?.connection === 'online');
    expect(await order({ command: 'resume' })).toMatchObject({ ok: true });
    await kiosk.seesNot(t('vi', 'halted.title'));
  });
});

describe('one number for several counters', () => {
  it('goes from the screen to paper, to its first counter, and on to the next', { timeout: 180_000 }, async () => {
    const number = await takesAChain();
    await until('it waits', async () => (await waitsAt(number)) !== undefined);
    const first = (await waitsAt(number)) ?? 0;
    await robot.staffPost(`counters/${first}/call`, { ticketNumber: number });
    await kiosk.sees(t('en', 'call.walkDirect', { number, counter: first }));
    await kiosk.picture('call-walk-direct');
    await kiosk.page.locator('.overlay-call').waitFor({ state: 'detached' });
    await robot.staffPost(`counters/${first}/finish`);
    await until('it waits for its second service', async () => {
      const waiting = (await robot.staff()).counters.flatMap((counter) => counter.waiting);
      return waiting.some((ticket) => ticket.number === number && ticket.serviceId === 'residence');
    });
    const second = (await waitsAt(number)) ?? 0;
    const other = (await robot.staff()).counters.find(({ counter, open }) => counter !== second && open)?.counter ?? 0;
    await robot.staffPost(`counters/${second}/call`, { ticketNumber: number });
    await kiosk.page.locator('.overlay-call').waitFor();
    await kiosk.page.locator('.overlay-call').waitFor({ state: 'detached' });
    await robot.staffPost(`counters/${second}/transfer`, { counter: other });
    await kiosk.sees(t('en', 'call.transfer', { number, counter: other }));
    await kiosk.picture('call-transfer');
    await kiosk.page.locator('.overlay-call').waitFor({ state: 'detached' });
    // After a few absences the queue server gives up on her; she can still read where she was called.
    await robot.staffPost(`counters/${other}/no-show`);
    for (let call = 0; call < 5 && !(await robot.staff()).aside.some((ticket) => ticket.number === number); call++) {
      await robot.staffPost(`counters/${other}/call`, { ticketNumber: number });
      await robot.staffPost(`counters/${other}/no-show`);
    }
    await kiosk.page.locator('.missed-number', { hasText: number }).waitFor();
    await kiosk.picture('missed');
  });
});
