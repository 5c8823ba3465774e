import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { t } from '../../config/texts/texts.ts';
import type { LobbyCommand } from '../../simulators/lobby/commands.ts';
import type { FaultName, LobbyStatus } from '../../simulators/lobby/controls.ts';
import type { LobbySnapshot } from '../../simulators/lobby/snapshot.ts';
import type { StaffView } from '../../simulators/queue-server/staff-view.ts';
import type { Language } from '../../src/core/language.ts';

const readyWithinMs = 60_000;
const polledEveryMs = 50;

/** `node dist/simulate.js` as a child on free ports with a folder of its own; what `npm start` runs. */
export class SimulatedRobot {
  readonly runDir: string;
  /** Everything the process printed. */
  output = '';
  addresses = { kiosk: '', lobby: '', staff: '', service: '', broker: '' };
  private readonly child: ChildProcess;
  private readonly ended: Promise<number | null>;

  private constructor(runDir: string, args: string[], nodeOptions: string[]) {
    this.runDir = runDir;
    const ports = ['--kiosk-port', '0', '--lobby-port', '0', '--broker-port', '0'];
    this.child = spawn(
      process.execPath,
      [...nodeOptions, 'dist/simulate.js', ...ports, '--run-dir', runDir, '--log-level', 'debug', ...args],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.child.stdout?.on('data', (text: Buffer) => (this.output += text.toString()));
    this.child.stderr?.on('data', (text: Buffer) => (this.output += text.toString()));
    this.ended = new Promise((resolve) => this.child.once('exit', resolve));
  }

  static async start(
    args: string[] = [],
    runDir = mkdtempSync(join(tmpdir(), 'letan-e2e-')),
    nodeOptions: string[] = [],
  ): Promise<SimulatedRobot> {
    const robot = new SimulatedRobot(runDir, args, nodeOptions);
    await until('the robot is ready', () => robot.output.includes('letan is ready') || robot.child.exitCode !== null, readyWithinMs);
    if (robot.child.exitCode !== null) throw new Error(`the robot did not start:\n${robot.output}`);
    const entries = [...robot.output.matchAll(/^ {2}(kiosk|lobby|staff|service|broker) +((?:http|mqtt)\S+)$/gm)].map((match) => [
      match[1],
      match[2],
    ]);
    robot.addresses = { ...robot.addresses, ...Object.fromEntries(entries) };
    return robot;
  }

  get servicePassword(): string {
    return /shown only now: (\w+)/.exec(this.output)?.[1] ?? '';
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Ctrl-C; resolves with the exit code. */
  async interrupt(): Promise<number | null> {
    this.child.kill('SIGINT');
    return this.ended;
  }

  /** Ctrl-C and the folder removed. */
  async end(): Promise<void> {
    await this.interrupt();
    rmSync(this.runDir, { recursive: true, force: true });
  }

  async world(command: LobbyCommand): Promise<void> {
    await this.act({ type: 'world', command });
  }
  async fault(fault: FaultName): Promise<void> {
    await this.act({ type: 'fault', fault });
  }
  async scanSample(sampleId: string): Promise<void> {
    await this.act({ type: 'sample', sampleId });
  }
  /** Lays a card of the lobby on the reader, or takes it off. */
  async card(cardId: string, laid: boolean): Promise<void> {
    await this.act({ type: 'card', cardId, laid });
  }
  async scan(text: string): Promise<void> {
    await this.act({ type: 'scan', text });
  }
  async lobby(): Promise<{ snapshot: LobbySnapshot; status: LobbyStatus }> {
    return (await fetch(new URL('api/state', this.addresses.lobby))).json();
  }

  async health(): Promise<{ presence: boolean; devices: { state: string }[] }> {
    return (await fetch(new URL('health', this.addresses.kiosk))).json();
  }

  /** Every device serves. Degraded is good enough: this machine may have no loudspeaker. */
  async serves(): Promise<boolean> {
    return (await this.health()).devices.every(({ state }) => state === 'ready' || state === 'degraded');
  }

  async staff(): Promise<StaffView> {
    return (await fetch(new URL('api/overview', this.addresses.staff))).json();
  }
  async staffGet<T>(path: string): Promise<T> {
    return (await fetch(new URL(`api/${path}`, this.addresses.staff))).json();
  }
  async staffPost(path: string, body: object = {}): Promise<unknown> {
    const headers = { 'content-type': 'application/json', 'x-letan-staff': '1' };
    const response = await fetch(new URL(`api/${path}`, this.addresses.staff), { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  private async act(action: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(new URL('api/actions', this.addresses.lobby), { method: 'POST', headers, body: JSON.stringify(action) });
    if (!response.ok) throw new Error(`${JSON.stringify(action)}: ${response.status} ${await response.text()}`);
  }
}

const citizen = { xMm: 1900, yMm: 1000 };

/** Somebody steps before the robot and is greeted; she chooses her language. */
export async function arrive(robot: SimulatedRobot, kiosk: KioskPage, language: Language): Promise<void> {
  await kiosk.page.locator('.attract').waitFor();
  await robot.world({ type: 'addPerson', id: 'citizen', ...citizen });
  await kiosk.sees(t('vi', 'greeting.title', { robot: 'Sen' }));
  if (language === 'vi') {
    await kiosk.touch(t('vi', 'greeting.start'));
    await kiosk.sees(t('vi', 'language.title'));
  }
  await kiosk.touch(t(language, `language.${language}`));
  await kiosk.sees(t(language, 'menu.title'));
}

/** She ends her visit, if it has not ended by itself, and walks away. */
export async function leave(robot: SimulatedRobot, kiosk: KioskPage, language: Language): Promise<void> {
  const exit = kiosk.page.getByRole('button', { name: t(language, 'common.exit') });
  if (await exit.isVisible()) await exit.click();
  if ((await robot.lobby()).snapshot.people.length > 0) await robot.world({ type: 'removePerson', id: 'citizen' });
  await kiosk.page.locator('.attract').waitFor();
  // A robot told to start anew may be away just then.
  await until('nobody is seen any more', () =>
    robot.health().then(
      ({ presence }) => !presence,
      () => false,
    ),
  );
}

/** Polls until `met`; fails by name after `withinMs`. A bound on a hang, not a claim about speed. */
export async function until(what: string, met: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await met())) {
    if (performance.now() > endMs) throw new Error(`did not happen within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, polledEveryMs));
  }
}

export function launchBrowser(): Promise<Browser> {
  const args = [
    '--no-sandbox',
    '--headless',
    '--disable-gpu',
    '--disable-background-networking',
    '--no-first-run',
    '--disable-dev-shm-usage',
  ];
  return chromium.launch({ executablePath: '/usr/bin/chromium', args });
}

/** The kiosk's page in a portrait screen, with the touches a citizen makes. Pictures go to tests/screenshots/e2e. */
export class KioskPage {
  readonly page: Page;
  readonly errors: string[] = [];
  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => this.errors.push(error.message));
  }

  static async open(browser: Browser, robot: SimulatedRobot): Promise<KioskPage> {
    const kiosk = new KioskPage(await browser.newPage({ viewport: { width: 1080, height: 1920 }, reducedMotion: 'reduce' }));
    await kiosk.page.goto(robot.addresses.kiosk);
    return kiosk;
  }

  async touch(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: false }).first().click();
  }
  async sees(text: string): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }
  async seesNot(text: string): Promise<void> {
    await this.page.getByText(text).first().waitFor({ state: 'hidden' });
  }
  async picture(name: string): Promise<void> {
    mkdirSync('tests/screenshots/e2e', { recursive: true });
    await this.page.screenshot({ path: `tests/screenshots/e2e/${name}.png` });
  }
}
