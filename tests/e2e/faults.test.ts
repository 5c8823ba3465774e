import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
}, 60_000);
afterEach(async () => {
  await robot.fault('plugBoard');
  expect(kiosk.errors).toEqual([]);
  await kiosk.page.close();
}, 60_000);
afterAll(async () => {
  await browser.close();
  await robot.end();
});

const waiting = async () => (await robot.staff()).counters.flatMap((counter) => counter.waiting.map((ticket) => ticket.number));
const figure = async (name: 'issued' | 'voided') => (await robot.staff()).figures.reduce((sum, service) => sum + service[name], 0);
const papers = async () => (await robot.lobby()).status.tickets.length;

/** The robot may stand anywhere by now: a touch wakes it. */
async function wakeByTouch(): Promise<void> {
  await kiosk.page.locator('.attract').click();
  await kiosk.touch('English');
  await kiosk.sees(t('en', 'menu.title'));
}

async function chooseFirstService(): Promise<void> {
  await kiosk.touch(t('en', 'menu.ticket.name'));
  await kiosk.page.locator('.service').first().click();
}

async function takesATicket(come: () => Promise<void> = () => arrive(robot, kiosk, 'en')): Promise<string> {
  await come();
  await chooseFirstService();
  await kiosk.sees(t('en', 'ticket.issued'));
  const number = (await kiosk.page.locator('.paper-number').textContent()) ?? '';
  await until(`${number} waits`, async () => (await waiting()).includes(number));
  await leave(robot, kiosk, 'en');
  return number;
}

describe('printer', () => {
  it('out of paper before a ticket: no number is given, the citizen is told, nothing old is printed after the refill', {
    timeout: 120_000,
  }, async () => {
    const before = { papers: await papers(), issued: await figure('issued') };
    await robot.fault('paperOut');
    await until('the robot knows', async () => (await robot.health()).devices.some((device) => device.state === 'faulty'));
    await arrive(robot, kiosk, 'en');
    await kiosk.touch(t('en', 'menu.ticket.name'));
    await kiosk.sees(t('en', 'ticket.failed'));
    await kiosk.sees(t('en', 'ticket.paperOut'));
    await kiosk.picture('paper-out');
    await leave(robot, kiosk, 'en');
    expect(await figure('issued')).toBe(before.issued);
    await robot.fault('paperIn');
    await until('every device serves', () => robot.serves());
    await takesATicket();
    expect(await papers()).toBe(before.papers + 1);
  });

  it('runs out during a ticket: the ticket is voided and not called, nothing old is printed, the next number follows', {
    timeout: 120_000,
  }, async () => {
    const first = await takesATicket();
    const voided = await figure('voided');
    await arrive(robot, kiosk, 'en');
    await chooseFirstService();
    await kiosk.sees(t('en', 'ticket.printing'));
    await robot.fault('paperOut');
    await kiosk.sees(t('en', 'ticket.failed'));
    await until('the queue server voided it', async () => (await figure('voided')) === voided + 1);
    await leave(robot, kiosk, 'en');
    const before = await papers();
    await robot.fault('paperIn');
    // What hung out of the printer is torn off as one piece of scrap; nothing else comes out.
    const scrap = (await papers()) - before;
    expect(scrap).toBeLessThanOrEqual(1);
    const next = await takesATicket();
    expect(await papers()).toBe(before + scrap + 1);
    expect(Number(next.slice(1))).toBe(Number(first.slice(1)) + 2);
    expect(await waiting()).not.toContain(`A${String(Number(first.slice(1)) + 1).padStart(3, '0')}`);
  });

  it('jams its cutter: the ticket is voided, and the printer serves again once it is cleared', { timeout: 120_000 }, async () => {
    const voided = await figure('voided');
    await robot.fault('jamCutter');
    await arrive(robot, kiosk, 'en');
    await chooseFirstService();
    await kiosk.sees(t('en', 'ticket.failed'));
    await until('the queue server voided it', async () => (await figure('voided')) === voided + 1);
    await leave(robot, kiosk, 'en');
    await robot.fault('clearCutter');
    await until('every device serves', () => robot.serves());
    await takesATicket();
  });
});

describe('control board', () => {
  it('unplugged while driving: the firmware stops the robot, the screen says so, re-plugging recovers', { timeout: 120_000 }, async () => {
    await robot.staffPost('robots/robot-1', { command: 'goTo', place: 'waitingArea' });
    await until('the robot drives', async () => (await robot.lobby()).snapshot.robot.leftMmS > 100);
    await robot.fault('unplugBoard');
    await until('the robot stands', async () => {
      const { leftMmS, rightMmS } = (await robot.lobby()).snapshot.robot;
      return leftMmS === 0 && rightMmS === 0;
    });
    await kiosk.sees(t('vi', 'fault.board'));
    await kiosk.picture('board-unplugged');
    const ticket = await takesATicket(wakeByTouch);
    expect(ticket).toMatch(/^A\d{3}$/);
    await robot.fault('plugBoard');
    await kiosk.seesNot(t('vi', 'fault.board'));
    await robot.staffPost('robots/robot-1', { command: 'goTo', place: 'home' });
    await until('the robot drives again', async () => Math.abs((await robot.lobby()).snapshot.robot.leftMmS) > 50);
    await until(
      'the robot is home',
      async () => {
        const { robot: at } = (await robot.lobby()).snapshot;
        return Math.hypot(at.xMm - 1000, at.yMm - 1000) < 250 && at.leftMmS === 0;
      },
      60_000,
    );
  });

  it('wedged: its watchdog resets it, the robot is held until a person presses the blue button', { timeout: 90_000 }, async () => {
    await robot.fault('wedgeBoard');
    await kiosk.sees(t('vi', 'stop.cause.watchdogReset'));
    await kiosk.picture('watchdog');
    expect((await robot.lobby()).snapshot.switches.motorEnabled).toBe(false);
    await robot.world({ type: 'pressRelease' });
    await kiosk.seesNot(t('vi', 'stop.title'));
  });

  it.each([
    ['e-stop', { type: 'eStop', pressed: true }, { type: 'eStop', pressed: false }, 'stop.cause.eStop'],
    ['bumper', { type: 'hitBumper', side: 'left' }, null, 'stop.cause.bumperLeft'],
  ] as const)('%s: stops and stays stopped until a person releases it', { timeout: 90_000 }, async (_name, hit, undo, cause) => {
    await robot.world(hit);
    await kiosk.sees(t('vi', cause));
    if (undo) await robot.world(undo);
    await kiosk.sees(t('vi', 'stop.staff'));
    expect((await robot.lobby()).status.safety).toMatchObject({ stopped: true, latched: true });
    await until('the knock is over', async () => !(await robot.lobby()).snapshot.switches.bumperLeftHit);
    await robot.world({ type: 'pressRelease' });
    await kiosk.seesNot(t('vi', 'stop.title'));
  });
});

describe('way', () => {
  it('a person in the way: the robot stops before her and goes on when she is gone', { timeout: 180_000 }, async () => {
    await robot.staffPost('robots/robot-1', { command: 'goTo', place: 'waitingArea' });
    await until('the robot drives', async () => (await robot.lobby()).snapshot.robot.leftMmS > 200, 60_000);
    const { robot: at } = (await robot.lobby()).snapshot;
    const ahead = (mm: number) => ({ xMm: at.xMm + mm * Math.cos(at.headingRad), yMm: at.yMm + mm * Math.sin(at.headingRad) });
    await robot.world({ type: 'addPerson', id: 'in-the-way', ...ahead(1600) });
    await until('the robot stands before her', async () => {
      const { leftMmS, rightMmS } = (await robot.lobby()).snapshot.robot;
      return leftMmS === 0 && rightMmS === 0;
    });
    const { snapshot } = await robot.lobby();
    expect(snapshot.switches.bumperLeftHit || snapshot.switches.bumperRightHit).toBe(false);
    await robot.world({ type: 'removePerson', id: 'in-the-way' });
    await until(
      'the robot is in the waiting area',
      async () => {
        const { robot: now } = (await robot.lobby()).snapshot;
        return Math.hypot(now.xMm - 6800, now.yMm - 2200) < 250 && now.leftMmS === 0;
      },
      120_000,
    );
  });
});

describe('network', () => {
  it('gone and back: offline tickets come from the lease and reach the queue server later', { timeout: 120_000 }, async () => {
    await robot.fault('cutNetwork');
    await kiosk.sees(t('vi', 'fault.offline'));
    const before = await waiting();
    await wakeByTouch();
    await chooseFirstService();
    await kiosk.sees(t('en', 'ticket.issued'));
    await kiosk.sees(t('en', 'paper.offline'));
    const number = (await kiosk.page.locator('.paper-number').textContent()) ?? '';
    await kiosk.picture('offline-ticket');
    expect(await waiting()).toEqual(before);
    await robot.fault('restoreNetwork');
    await kiosk.seesNot(t('en', 'fault.offline'));
    await until('the queue server knows it', async () => (await waiting()).includes(number));
  });
});
