import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SoundCache } from '../../../hardware/voice/sound-cache.ts';
import type { EspeakVoice, VoiceOptions } from '../../../hardware/voice/voice.driver.ts';
import type { Utterance } from '../../../hardware/voice/voice.ts';
import { mendWav } from '../../../hardware/voice/wav.ts';
import { SimulatedClock } from '../../../src/core/clock.ts';
import { silentLogger } from '../../../src/core/logger.ts';
import { pipedWav, VoiceBench } from './voice-bench.ts';

let bench: VoiceBench;
let clock: SimulatedClock;
const voices: EspeakVoice[] = [];
beforeEach(() => {
  bench = new VoiceBench();
  clock = new SimulatedClock();
});
afterEach(async () => {
  for (const voice of voices.splice(0)) await voice.close();
  expect(clock.pendingCount).toBe(0);
  bench.remove();
});

const folder = () => join(bench.folder, 'kept');
const files = () => (existsSync(folder()) ? readdirSync(folder()) : []);
/** A start of the robot. */
const start = (options: Partial<VoiceOptions> = {}): EspeakVoice => {
  const voice = bench.voice(clock, { cacheFolder: folder(), ...options });
  voices.push(voice);
  return voice;
};
const phrase = (text: string, keep?: 'disk' | 'memory'): Utterance => ({ language: 'vi', text, ...(keep ? { keep } : {}) });

describe('what is kept', () => {
  it('a fixed phrase is made once, also for the next start', async () => {
    const voice = start();
    await voice.say([phrase('Xin chào', 'disk')], 'guidance');
    await voice.say([phrase('Xin chào', 'disk')], 'guidance');
    await start().say([phrase('Xin chào', 'disk')], 'guidance');
    expect(bench.said()).toEqual(['Xin chào']);
    expect(bench.lines('player-args')).toHaveLength(3);
    expect(readFileSync(bench.path('played.wav')).subarray(44).equals(pipedWav(10).subarray(44))).toBe(true);
  });

  it('a call in memory alone; anything else nowhere', async () => {
    const voice = start();
    for (let round = 0; round < 2; round++) {
      await voice.say([phrase('Mời số A không mười hai', 'memory')], 'call');
      await voice.say([phrase('Mời bà Hoa đến quầy')], 'guidance');
    }
    expect(bench.said()).toEqual(['Mời số A không mười hai', 'Mời bà Hoa đến quầy', 'Mời bà Hoa đến quầy']);
    expect(files()).toEqual([]);
    await start().say([phrase('Mời số A không mười hai', 'memory')], 'call');
    expect(bench.said()).toHaveLength(4);
  });

  it('language, loudness, words and engine all tell sounds apart', async () => {
    const quieter = [{ from: '09:00', to: '10:00', volumePercent: 30 }];
    const voice = start({ loudness: { volumePercent: 80, quieter } });
    await voice.say([phrase('Taxi', 'disk')], 'guidance');
    await voice.say([{ language: 'en', text: 'Taxi', keep: 'disk' }], 'guidance');
    clock.advance(3_600_000);
    await voice.say([phrase('Taxi', 'disk')], 'guidance');
    expect(bench.said()).toHaveLength(3);
    expect(files()).toHaveLength(3);
    const other = bench.program(
      'newer-engine',
      `cat >> ${bench.path('heard')}; echo >> ${bench.path('heard')}; cat ${bench.path('piped.wav')}`,
    );
    await start({ engine: other, loudness: { volumePercent: 80, quieter } }).say([phrase('Taxi', 'disk')], 'guidance');
    expect(bench.said()).toHaveLength(4);
  });
});

describe('damage', () => {
  const damages: [string, (file: string, bytes: Buffer) => void][] = [
    ['cut off', (file, bytes) => truncateSync(file, bytes.length - 100)],
    ['empty', (file) => truncateSync(file, 0)],
    [
      'one bit turned',
      (file, bytes) =>
        writeFileSync(file, Buffer.concat([bytes.subarray(0, 100), Buffer.from([(bytes[100] ?? 0) ^ 1]), bytes.subarray(101)])),
    ],
    ['something else', (file) => writeFileSync(file, 'no sound')],
  ];
  it.each(damages)('a file that is %s is made anew', async (_, damage) => {
    await start().say([phrase('Xin chào', 'disk')], 'guidance');
    const file = join(folder(), files()[0] ?? '');
    const whole = readFileSync(file);
    damage(file, whole);
    await start().say([phrase('Xin chào', 'disk')], 'guidance');
    expect(bench.said()).toHaveLength(2);
    expect(readFileSync(file).equals(whole)).toBe(true);
    expect(readFileSync(bench.path('played.wav')).subarray(44).equals(pipedWav(10).subarray(44))).toBe(true);
  });

  it('any bytes in a file: never a sound that was not made', async () => {
    const sound = mendWav(pipedWav(5));
    if (!sound) throw new Error('no sound');
    const cache = () => new SoundCache({ folder: folder(), clock, logger: silentLogger });
    await cache().add('key', 'disk', sound);
    const file = join(folder(), files()[0] ?? '');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        writeFileSync(file, bytes);
        expect(await cache().find('key', 'disk')).toBeNull();
        expect(files()).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('a folder that cannot be written costs nothing but the engine’s time, and is told once', async () => {
    writeFileSync(bench.path('file'), '');
    const voice = start({ cacheFolder: join(bench.path('file'), 'below') });
    for (const text of ['một', 'hai']) await voice.say([phrase(text, 'disk')], 'guidance');
    expect(bench.lines('player-args')).toHaveLength(2);
    expect(bench.warnings).toEqual(['sounds cannot be kept on disk']);
  });
});

describe('bounds', () => {
  it('64 files: those used longest ago give way', async () => {
    const sound = mendWav(pipedWav(1));
    if (!sound) throw new Error('no sound');
    const cache = () => new SoundCache({ folder: folder(), clock, logger: silentLogger });
    for (let n = 0; n < 64; n++) {
      await cache().add(`phrase ${n}`, 'disk', sound);
      clock.advance(1000);
    }
    expect(await cache().find('phrase 0', 'disk')).toEqual(sound);
    clock.advance(1000);
    await cache().add('one more', 'disk', sound);
    expect(files()).toHaveLength(64);
    expect(await cache().find('phrase 0', 'disk')).toEqual(sound);
    expect(await cache().find('phrase 1', 'disk')).toBeNull();
    expect(await cache().find('one more', 'disk')).toEqual(sound);
  });

  it('8 MiB of memory: the least recently used give way', async () => {
    const second = mendWav(pipedWav(1000)); // 44,144 bytes
    if (!second) throw new Error('no sound');
    const cache = new SoundCache({ folder: null, clock, logger: silentLogger });
    for (let n = 0; n < 250; n++) {
      await cache.add(`call ${n}`, 'memory', second);
      await cache.find('call 0', 'memory');
      expect(cache.heldBytes).toBeLessThanOrEqual(8 * 1024 * 1024);
    }
    expect(await cache.find('call 0', 'memory')).not.toBeNull();
    expect(await cache.find('call 1', 'memory')).toBeNull();
    expect(await cache.find('call 249', 'memory')).not.toBeNull();
  });
});

describe('made ready after the start', () => {
  const phrases = [phrase('Xin chào', 'disk'), phrase('Xin cảm ơn', 'disk')];

  it('nothing in the first 15 s, then one after the other; what is said meanwhile does not wait', async () => {
    const voice = start({ phrases });
    await clock.advanceAsync(14_000, 1000);
    expect(bench.said()).toEqual([]);
    await vi.waitFor(async () => {
      await clock.advanceAsync(400, 100);
      expect(files()).toHaveLength(2);
    }, 10_000);
    expect(bench.said()).toEqual(['Xin chào', 'Xin cảm ơn']);
    await voice.say(phrases, 'guidance');
    expect(bench.said()).toHaveLength(2);
  });

  it('a robot that is closed before makes none, and one that has them makes none anew', async () => {
    const voice = start({ phrases });
    await voice.close();
    await clock.advanceAsync(20_000, 1000);
    expect(bench.said()).toEqual([]);
    await start().say(phrases, 'guidance');
    start({ phrases });
    await clock.advanceAsync(20_000, 1000);
    expect(bench.said()).toHaveLength(2);
  });

  it('leftovers of a power cut in the folder do no harm', async () => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), '0.part'), 'half');
    await start().say([phrase('Xin chào', 'disk')], 'guidance');
    expect(files().filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(files()).toHaveLength(1);
  });
});
