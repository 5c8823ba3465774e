import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { t } from '../../config/texts/texts.ts';
import { inventedPeople, plantedEthnicity, plantedReligion } from '../../simulators/cards/applet/person.ts';
import { arrive, KioskPage, launchBrowser, leave, SimulatedRobot, until } from './simulated-robot.ts';

const runDir = mkdtempSync(join(tmpdir(), 'letan-e2e-card-'));
let robot: SimulatedRobot;
let browser: Browser;
let kiosk: KioskPage;
let listener: mqtt.MqttClient;
/** Everything that any topic of the broker carried. */
const traffic: string[] = [];

beforeAll(async () => {
  // A crash would leave such a report: what Node tells of itself, asked for by a signal.
  const reports = ['--report-on-signal', `--report-directory=${runDir}`];
  [robot, browser] = await Promise.all([SimulatedRobot.start([], runDir, reports), launchBrowser()]);
  listener = await mqtt.connectAsync(robot.addresses.broker, { protocolVersion: 4 });
  listener.on('message', (topic, payload) => traffic.push(`${topic} ${payload.toString('latin1')}`));
  await listener.subscribeAsync('#', { qos: 1 });
}, 120_000);
beforeEach(async () => {
  kiosk = await KioskPage.open(browser, robot);
  await arrive(robot, kiosk, 'en');
}, 60_000);
afterEach(async () => {
  await leave(robot, kiosk, 'en');
  for (const id of (await robot.lobby()).status.cardsLaid) await robot.card(id, false);
  expect(kiosk.errors).toEqual([]);
  await kiosk.page.close();
}, 60_000);
afterAll(async () => {
  await listener.endAsync();
  await browser.close();
  await robot.end();
});

/** Consents, and scans a card's code. */
async function scanned(sampleId: string): Promise<void> {
  await kiosk.touch(t('en', 'menu.registration.name'));
  await kiosk.sees(t('en', 'registration.consentChip'));
  await kiosk.sees(t('en', 'registration.consentPortrait'));
  await kiosk.touch(t('en', 'registration.agree'));
  await kiosk.sees(t('en', 'registration.scanTitle'));
  await robot.scanSample(sampleId);
  await kiosk.sees(t('en', 'chip.title'));
}

it('reads the chip of a card, shows its portrait while she confirms, and says that it is genuine', { timeout: 90_000 }, async () => {
  await scanned('card-first');
  await kiosk.picture('chip-lay-card');
  await robot.card('chip-first', true);
  await kiosk.sees(t('en', 'chip.verdict.genuine'));
  await kiosk.page.locator('img.portrait').waitFor();
  await kiosk.picture('chip-confirm');
  await kiosk.touch(t('en', 'registration.send'));
  await kiosk.sees(t('en', 'registration.doneTitle'));
  await until('the officer sees what was checked', async () => {
    const text = JSON.stringify(await robot.staffGet('registrations'));
    return text.includes('genuine') && text.includes(inventedPeople.sample.placeOfOrigin);
  });
});

it('tells a copy from a card, and keeps nothing of a forged one', { timeout: 120_000 }, async () => {
  await scanned('card-first');
  await robot.card('chip-copy', true);
  await kiosk.sees(t('en', 'chip.verdict.notAChipOfItsOwn'));
  await robot.card('chip-copy', false);
  await kiosk.touch(t('en', 'registration.wrong'));
  await scanned('card-first');
  await robot.card('chip-changed', true);
  await kiosk.sees(t('en', 'chip.forged'));
  await kiosk.picture('chip-forged');
});

it('says so when the wrong card, or two, lie on the reader, and tries again', { timeout: 120_000 }, async () => {
  await scanned('card-first');
  await robot.card('chip-second', true);
  await kiosk.sees(t('en', 'chip.wrongKey'));
  await robot.card('chip-first', true);
  await kiosk.touch(t('en', 'common.retry'));
  await kiosk.sees(t('en', 'chip.several'));
  await robot.card('chip-second', false);
  await kiosk.touch(t('en', 'common.retry'));
  await kiosk.sees(t('en', 'chip.verdict.genuine'));
});

it('reads a chip with the number typed off the card, where its code cannot be scanned', { timeout: 90_000 }, async () => {
  await kiosk.touch(t('en', 'menu.registration.name'));
  await kiosk.touch(t('en', 'registration.agree'));
  await kiosk.touch(t('en', 'registration.typeNumber'));
  await kiosk.sees(t('en', 'registration.numberTitle'));
  for (const digit of inventedPeople.trial.idNumber.slice(-6)) await kiosk.page.getByRole('button', { name: digit, exact: true }).click();
  await kiosk.picture('chip-number');
  await kiosk.touch(t('en', 'registration.numberDone'));
  await robot.card('chip-second', true);
  await kiosk.sees(inventedPeople.trial.fullName);
});

it('goes on without the chip when the reader is pulled', { timeout: 90_000 }, async () => {
  await scanned('card-first');
  await robot.fault('unplugReader');
  await kiosk.sees(t('en', 'chip.offline'));
  await kiosk.touch(t('en', 'chip.skip'));
  await kiosk.sees(inventedPeople.sample.fullName);
  await robot.fault('plugReader');
  await until('the reader is there again', () => robot.serves());
});

/** Every byte the robot keeps on disk or printed, as text. */
function everythingWritten(): string {
  const files = readdirSync(runDir, { recursive: true, encoding: 'utf8' }).map((name) => join(runDir, name));
  const texts = files.filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile()).map((file) => readFileSync(file, 'latin1'));
  return [...texts, Buffer.from(robot.output, 'utf8').toString('latin1')].join('\n');
}

/** A text as it may lie in a file: plain, as JSON escapes it, in base64 at any of three offsets, as UTF-16. */
function disguises(secret: string): string[] {
  const utf8 = Buffer.from(secret, 'utf8');
  const escaped = [...secret]
    .map((letter) => (letter > '\x7e' ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}` : letter))
    .join('');
  const base64 = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), utf8])
      .toString('base64')
      .slice(4, -4),
  );
  return [utf8.toString('latin1'), escaped, Buffer.from(secret, 'utf16le').toString('latin1'), ...base64];
}

const planted = [
  ...Object.values(inventedPeople).flatMap(({ idNumber, fullName, placeOfOrigin, father, mother }) => [
    idNumber,
    fullName,
    placeOfOrigin,
    father,
    mother,
  ]),
  plantedEthnicity,
  plantedReligion,
];

it('leaves nothing of a card anywhere: log, database, snapshots, MQTT, crash report, page', { timeout: 120_000 }, async () => {
  await scanned('card-first');
  await robot.card('chip-first', true);
  await kiosk.sees(t('en', 'chip.verdict.genuine'));
  const portrait = (await kiosk.page.locator('img.portrait').getAttribute('src'))?.split(',')[1] ?? '';
  expect(portrait.length).toBeGreaterThan(1000);
  // In the worst moment: the data lie in memory and on the screen.
  robot.signal('SIGUSR2');
  await until('the report is written', () => readdirSync(runDir).some((name) => name.startsWith('report.')));
  const health = await (await fetch(new URL('health', robot.addresses.kiosk))).text();
  await kiosk.touch(t('en', 'registration.send'));
  await kiosk.sees(t('en', 'registration.doneTitle'));
  await until('it has reached the queue server', () => traffic.some((line) => line.includes('/queue/registrations/')));
  const done = await kiosk.page.content();
  await leave(robot, kiosk, 'en');
  const places = { written: everythingWritten(), traffic: traffic.join('\n'), health, done, page: await kiosk.page.content() };
  expect(places.written).toContain('nodejsVersion');
  expect(places.traffic.length).toBeGreaterThan(1000);
  const middle = portrait.slice(400, 464);
  for (const [place, text] of Object.entries(places)) {
    const found = planted.filter((secret) => disguises(secret).some((form) => text.includes(form)));
    expect(found, place).toEqual([]);
    expect(text.includes(middle) || text.includes(Buffer.from(middle, 'base64').toString('latin1')), `${place}: portrait`).toBe(false);
  }
});

it('the search finds what is there', () => {
  const { fullName } = inventedPeople.sample;
  for (const form of disguises(fullName)) expect(form.length).toBeGreaterThan(8);
  const hidden = Buffer.from(`xx${fullName}yyyy`, 'utf8').toString('base64');
  expect(disguises(fullName).some((form) => hidden.includes(form))).toBe(true);
});
