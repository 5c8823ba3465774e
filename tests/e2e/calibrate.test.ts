import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SimulatedRobot } from './simulated-robot.ts';

let parts: SimulatedRobot;
let folder: string;
const robotFile = () => join(folder, 'robots', 'simulated.yaml');

beforeAll(async () => {
  parts = await SimulatedRobot.start(['--parts-only', '--fresh-unit', '--seed', '9']);
  folder = mkdtempSync(join(tmpdir(), 'letan-e2e-calibrate-'));
  for (const room of ['robots', 'sites', 'papers']) cpSync(join('config', room), join(folder, room), { recursive: true });
  rmSync(join(folder, 'robots', 'simulated.history'), { recursive: true, force: true });
  writeFileSync(robotFile(), readFileSync(robotFile(), 'utf8').replaceAll('run/', `${parts.runDir}/`));
}, 120_000);
afterAll(async () => {
  await parts.end();
  rmSync(folder, { recursive: true, force: true });
});

/** `letan calibrate …` with pipes instead of a terminal. */
class Letan {
  output = '';
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(...args: string[]) {
    this.child = spawn(process.execPath, ['dist/letan.js', 'calibrate', ...args, '--config', folder], { stdio: 'pipe' });
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on('data', (text: Buffer) => (this.output += text.toString()));
    this.ended = new Promise((resolve) => this.child.once('exit', resolve));
  }

  async waitFor(text: string): Promise<void> {
    await expect.poll(() => this.output, { timeout: 30_000 }).toContain(text);
  }
  type(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }
}

const stand = (wallMm: number) => parts.world({ type: 'placeRobot', xMm: 10_000 - 250 - wallMm, yMm: 4500, headingDeg: 0 });

test('a technician at a pipe calibrates the ranges, looks at the history and takes it back', async () => {
  const shipped = readFileSync(robotFile(), 'utf8');
  const letan = new Letan('ranges', '--readings', '40');
  await letan.waitFor('500 mm before the robot. [Enter]');

  // Whoever comes second learns who has the board.
  const second = new Letan('ranges');
  expect(await second.ended).toBe(1);
  expect(second.output).toMatch(/DEVICE_IN_USE: .* is in use by process \d+ \(.*calibrate ranges/);

  await stand(500);
  letan.type('');
  await letan.waitFor('Enter for 500]');
  letan.type('500');
  await letan.waitFor('1500 mm before the robot. [Enter]');
  await stand(1500);
  letan.type('');
  await letan.waitFor('Enter for 1500]');
  letan.type('1500,0');
  await letan.waitFor('Write these values? [y/N]');
  expect(readFileSync(robotFile(), 'utf8')).toBe(shipped);
  letan.type('y');
  expect(await letan.ended).toBe(0);
  // This unit's sensors read 50 mm too much and 44 mm too little, and sit 50 mm behind the shell.
  const offsets = /frontLeftOffsetMm: (-?\d+).*\s+frontRightOffsetMm: (-?\d+)/.exec(readFileSync(robotFile(), 'utf8'));
  expect(Math.abs(Number(offsets?.[1]) + 100)).toBeLessThan(5);
  expect(Math.abs(Number(offsets?.[2]) + 6)).toBeLessThan(5);

  const history = new Letan('history');
  expect(await history.ended).toBe(0);
  expect(history.output).toMatch(/^\d{4}-\d\d-\d\dT\S+Z {2}ranges\n {2}frontLeftOffsetMm +-50 -> -\d+ mm\n/);
  const undo = new Letan('undo', '--yes');
  expect(await undo.ended).toBe(0);
  expect(readFileSync(robotFile(), 'utf8')).toBe(shipped);
}, 120_000);

test('asked for help it tells what can be measured, in which units', async () => {
  const help = new Letan('braking', '--help');
  expect(await help.ended).toBe(0);
  expect(help.output).toMatch(/--speeds <list> +speeds in mm\/s/);
});
