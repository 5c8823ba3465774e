import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findProgram, runProgram } from '../../../hardware/voice/engine.ts';
import { EspeakVoice, type VoiceOptions } from '../../../hardware/voice/voice.driver.ts';
import { SimulatedClock, SystemClock } from '../../../src/core/clock.ts';
import { type Logger, silentLogger } from '../../../src/core/logger.ts';

const folder = mkdtempSync(join(tmpdir(), 'letan-voice-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program in a shell script; real processes, only what they do is simple. */
function program(name: string, body: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

const heard = join(folder, 'heard.txt');
/** Writes down its text and makes an empty sound file (its name follows `-w`). */
const quickEngine = program(
  'engine',
  `cat >> ${heard}; echo >> ${heard}; while [ "$1" != -w ]; do shift; done; head -c 44 /dev/zero > "$2"`,
);
const player = program('player', 'exit 0');

function setUp(options: Partial<VoiceOptions>) {
  const clock = new SimulatedClock();
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (_, message) => warnings.push(message) };
  rmSync(heard, { force: true });
  return { clock, warnings, voice: new EspeakVoice({ clock, logger, engine: quickEngine, player, ...options }) };
}

const said = () => readFileSync(heard, 'utf8').trim().split('\n');
const english = (text: string) => [{ language: 'en' as const, text }];
const voiceFolders = () => readdirSync(tmpdir()).filter((name) => /^letan-voice-[A-Za-z0-9]{6}$/.test(name)).length;

describe('order', () => {
  it('one at a time; safety before calls before guidance', async () => {
    const { voice } = setUp({});
    // The first has begun; the others wait and are sorted. An equal one does not interrupt.
    await Promise.all([
      voice.say(english('first call'), 'call'),
      voice.say(english('guidance'), 'guidance'),
      voice.say(english('second call'), 'call'),
      voice.say(english('third call'), 'call'),
    ]);
    expect(said()).toEqual(['first call', 'second call', 'third call', 'guidance']);
    await voice.close();
  });

  it('a higher priority interrupts, and the interrupted promise resolves', async () => {
    const marker = join(folder, 'playing');
    const slow = program('slow-player', `echo x >> ${marker}; exec sleep 600`);
    const { voice, clock } = setUp({ player: slow });
    const guidance = voice.say([...english('long guidance'), ...english('never said')], 'guidance');
    while (!readdirSync(folder).includes('playing')) await new Promise((resolve) => setImmediate(resolve));
    const safety = voice.say(english('the robot has stopped'), 'safety');
    await guidance;
    expect(said()[0]).toBe('long guidance');
    await voice.close();
    await safety;
    expect(said()).not.toContain('never said');
    expect(clock.pendingCount).toBe(0);
  });

  it('says numbers as words', async () => {
    const { voice } = setUp({});
    await voice.say([{ language: 'vi', text: 'Số A015, quầy 5' }], 'call');
    expect(said()).toEqual(['Số A không mười lăm, quầy năm']);
    await voice.close();
  });

  it('holds eight announcements; the oldest of the least important gives way', async () => {
    const { voice } = setUp({});
    const all = [voice.say(english('now'), 'call')];
    for (let n = 1; n <= 9; n += 1) all.push(voice.say(english(`guidance ${'abcdefghi'[n - 1]}`), 'guidance'));
    await Promise.all(all);
    expect(said()).toEqual(['now', ...'bcdefghi'.split('').map((letter) => `guidance ${letter}`)]);
    await voice.close();
  });
});

describe('what can be missing', () => {
  it('no engine: not available, said once, and a text takes its reading time', async () => {
    const { voice, clock, warnings } = setUp({ engine: null });
    let done = false;
    expect(voice.available).toBe(false);
    const saying = voice.say(english('ten signs.'), 'guidance').then(() => {
      done = true;
    });
    await clock.advanceAsync(590);
    expect(done).toBe(false);
    await clock.advanceAsync(20);
    await saying;
    expect(warnings).toHaveLength(1);
    await voice.close();
  });

  it('no player, or one that fails: synthesised all the same, logged once', async () => {
    const failing = program('failing-player', 'exit 1');
    for (const missing of [null, failing, join(folder, 'not-there')]) {
      // Real time: the engine and the player are real processes, which simulated time would outrun.
      const { voice, warnings } = setUp({ player: missing, clock: new SystemClock() });
      await Promise.all([voice.say(english('one'), 'call'), voice.say(english('two'), 'call')]);
      expect(said()).toEqual(['one', 'two']);
      expect(warnings).toHaveLength(1);
      await voice.close();
    }
  });

  it('an engine that fails or cannot start never fails a visit', async () => {
    for (const engine of [program('broken', 'exit 3'), join(folder, 'not-there')]) {
      const { voice } = setUp({ engine });
      await expect(voice.say(english('lost'), 'call')).resolves.toBeUndefined();
      await voice.close();
    }
  });

  it('an engine that hangs is killed at the deadline', async () => {
    const { voice, clock } = setUp({ engine: program('hanging', 'exec sleep 600') });
    const saying = voice.say(english('stuck'), 'call');
    await clock.advanceAsync(5010);
    await expect(saying).resolves.toBeUndefined();
    await voice.close();
  });
});

it('close resolves everything and leaves no file', async () => {
  const before = voiceFolders();
  const { voice } = setUp({ player: program('endless', 'exec sleep 600') });
  const all = ['a', 'b', 'c'].map((text) => voice.say(english(text), 'call'));
  await voice.close();
  await Promise.all(all);
  await expect(voice.say(english('late'), 'safety')).resolves.toBeUndefined();
  expect(voiceFolders()).toBe(before);
});

describe.skipIf(findProgram('espeak-ng') === null)('the real espeak-ng (skipped where it is not installed)', () => {
  it.each([
    ['vi', 'Xin mời số A không mười hai đến quầy số ba.'],
    ['en', 'Number A zero one two, please go to counter three.'],
    ['ko', '에이 공 일 이번 고객님, 삼번 창구로 오시기 바랍니다.'],
  ] as const)('speaks %s for a few seconds', async (language, text) => {
    const file = join(folder, `${language}.wav`);
    expect(await runProgram('espeak-ng', ['-v', language, '-b', '1', '-w', file, '--stdin'], text).ended).toBe(0);
    const wav = readFileSync(file);
    expect(wav.subarray(0, 4).toString()).toBe('RIFF');
    expect(wav.readUInt32LE(24)).toBe(22050);
    const samples = Array.from({ length: (wav.length - 44) / 2 }, (_, n) => wav.readInt16LE(44 + 2 * n));
    expect(samples.length / 22050).toBeGreaterThan(1.5);
    expect(samples.length / 22050).toBeLessThan(10);
    expect(Math.max(...samples.map(Math.abs).slice(0, 60000))).toBeGreaterThan(3000);
  });

  it('through the driver, without a sound device', async () => {
    const { voice, warnings } = setUp({ engine: findProgram('espeak-ng'), player: null, clock: new SystemClock() });
    expect(voice.available).toBe(true);
    await voice.say([{ language: 'vi', text: 'Xin chào' }], 'guidance');
    // Only the missing sound is reported: the sentence itself was synthesised.
    expect(warnings).toEqual(['no sound: sentences are synthesised but nobody hears them']);
    await voice.close();
  });
});
