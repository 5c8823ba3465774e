import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findProgram, runProgram } from '../../../hardware/voice/engine.ts';
import type { EspeakVoice, VoiceOptions } from '../../../hardware/voice/voice.driver.ts';
import { SimulatedClock, SystemClock } from '../../../src/core/clock.ts';
import { english, pipedWav, VoiceBench } from './voice-bench.ts';

let bench: VoiceBench;
let clock: SimulatedClock;
let voice: EspeakVoice;

beforeEach(() => {
  bench = new VoiceBench();
  clock = new SimulatedClock();
});
afterEach(async () => {
  await voice.close();
  expect(clock.pendingCount).toBe(0);
  bench.remove();
});
const open = (options: Partial<VoiceOptions> = {}) => {
  voice = bench.voice(clock, options);
};
/** A player that stays at a sentence until it is killed or `go` exists. */
const held = () =>
  bench.program('held', `cat > /dev/null; echo x >> ${bench.path('playing')}; while [ ! -e ${bench.path('go')} ]; do sleep 0.02; done`);
const playing = (count: number) => vi.waitFor(() => expect(bench.lines('playing')).toHaveLength(count), 10_000);
const letGo = () => writeFileSync(bench.path('go'), '');

describe('order', () => {
  it('one at a time; safety before calls before guidance', async () => {
    open();
    // The first has begun; the others wait and are sorted. An equal one does not interrupt.
    await Promise.all([
      voice.say(english('first call'), 'call'),
      voice.say(english('guidance'), 'guidance'),
      voice.say(english('second call'), 'call'),
      voice.say(english('third call'), 'call'),
    ]);
    expect(bench.said()).toEqual(['first call', 'second call', 'third call', 'guidance']);
  });

  it('guidance that a call cuts off is over', async () => {
    open({ player: held() });
    const guidance = voice.say([...english('long guidance'), ...english('never said')], 'guidance');
    await playing(1);
    const call = voice.say(english('a call'), 'call');
    await guidance;
    await playing(2);
    letGo();
    await call;
    expect(bench.said()).toEqual(['long guidance', 'a call']);
  });

  it('a call that safety cuts off is spoken again from its start, before the next call', async () => {
    open({ player: held() });
    let over = 0;
    const call = voice.say([...english('call one'), ...english('rest of call one')], 'call').then(() => ++over);
    const next = voice.say(english('call two'), 'call');
    await playing(1);
    const safety = voice.say(english('keep clear'), 'safety');
    await playing(2);
    expect(over).toBe(0);
    letGo();
    await Promise.all([call, next, safety]);
    expect(bench.said()).toEqual(['call one', 'keep clear', 'call one', 'rest of call one', 'call two']);
  });

  it('what has grown stale meanwhile is left unsaid, also when it was cut off', async () => {
    open({ player: held() });
    let stale = false;
    const call = voice.say(english('call'), 'call', { isStale: () => stale });
    await playing(1);
    const safety = voice.say(english('keep clear'), 'safety');
    await playing(2);
    stale = true;
    letGo();
    await Promise.all([call, safety]);
    expect(bench.said()).toEqual(['call', 'keep clear']);
  });

  it('holds eight announcements; the oldest of the least important gives way', async () => {
    open();
    const all = [voice.say(english('now'), 'call')];
    for (let n = 1; n <= 9; n += 1) all.push(voice.say(english(`guidance ${'abcdefghi'[n - 1]}`), 'guidance'));
    await Promise.all(all);
    expect(bench.said()).toEqual(['now', ...'bcdefghi'.split('').map((letter) => `guidance ${letter}`)]);
  });
});

describe('sound', () => {
  it('says numbers as words, and plays a WAV with true lengths on the device that is named', async () => {
    open({ device: 'plughw:CARD=Headset' });
    await voice.say([{ language: 'vi', text: 'Số A015, quầy 5' }], 'call');
    expect(bench.said()).toEqual(['Số A không mười lăm, quầy năm']);
    const played = readFileSync(bench.path('played.wav'));
    expect([played.readUInt32LE(4), played.readUInt32LE(40)]).toEqual([played.length - 8, played.length - 44]);
    expect(played.subarray(44)).toEqual(pipedWav(10).subarray(44));
    expect(bench.lines('player-args')).toEqual(['-q -D plughw:CARD=Headset -']);
  });

  it('southern numbers where the unit is told so', async () => {
    open({ region: 'south' });
    await voice.say([{ language: 'vi', text: 'Số 105' }], 'call');
    expect(bench.said()).toEqual(['Số một trăm lẻ năm']);
  });

  it('as loud as the time of day allows; at 0 nothing runs and the text takes its reading time', async () => {
    // 01:00 UTC is 08:00 in the ward.
    open({
      loudness: {
        volumePercent: 80,
        quieter: [
          { from: '09:00', to: '10:00', volumePercent: 25 },
          { from: '10:00', to: '11:00', volumePercent: 0 },
        ],
      },
    });
    await voice.say(english('loud'), 'call');
    clock.advance(3_600_000);
    await voice.say(english('quiet'), 'call');
    clock.advance(3_600_000);
    const silent = voice.say(english('ten signs.'), 'call');
    await clock.advanceAsync(620);
    await silent;
    expect(bench.said()).toEqual(['loud', 'quiet']);
    expect(bench.lines('engine-args').map((line) => /-a (\d+)/.exec(line)?.[1])).toEqual(['80', '25']);
  });
});

describe('what can be missing or fail', () => {
  it('no engine: not available, said once, and a text takes its reading time', async () => {
    open({ engine: null });
    let done = false;
    expect(voice.available).toBe(false);
    expect(voice.status).toMatchObject({ status: 'degraded', error: { code: 'VOICE_MISSING' } });
    const saying = voice.say(english('ten signs.'), 'guidance').then(() => {
      done = true;
    });
    await clock.advanceAsync(590);
    expect(done).toBe(false);
    await clock.advanceAsync(20);
    await saying;
    expect(bench.warnings).toHaveLength(1);
  });

  it.each([
    ['fails', 'exit 3'],
    ['writes nothing', 'exit 0'],
    ['writes no sound', 'echo hello'],
  ])('an engine that %s never fails a visit: the text has its reading time', async (_, body) => {
    open({ engine: bench.program('broken', body) });
    const saying = voice.say(english('lost'), 'call');
    await vi.waitFor(() => expect(bench.warnings).toEqual(['a sentence could not be synthesised']), 10_000);
    await clock.advanceAsync(4 * 60);
    await saying;
  });

  it('an engine that cannot be started', async () => {
    open({ engine: bench.path('not-there') });
    const saying = voice.say(english('lost'), 'call');
    await vi.waitFor(() => expect(bench.warnings).toHaveLength(1), 10_000);
    await clock.advanceAsync(4 * 60);
    await saying;
  });

  it('an engine that hangs is killed at the deadline, children and all that hold its pipe included', async () => {
    open({ engine: bench.program('hanging', `echo x >> ${bench.path('started')}; sleep 600 & sleep 600`) });
    const saying = voice.say(english('stuck'), 'call');
    await vi.waitFor(() => expect(bench.lines('started')).toHaveLength(1), 10_000);
    await clock.advanceAsync(5000 + 5 * 60);
    await saying;
    expect(bench.warnings).toHaveLength(1);
  });

  it('a player that hangs is killed 3 s after the end of the sound', async () => {
    open({ player: held() });
    const saying = voice.say(english('stuck'), 'call');
    await playing(1);
    await clock.advanceAsync(3020);
    await saying;
    expect(voice.status).toMatchObject({ status: 'degraded', error: { code: 'VOICE_SILENT', detail: 'aplay took too long' } });
  });

  it('no player: synthesised all the same, told once', async () => {
    open({ player: null });
    const all = [voice.say(english('one'), 'call'), voice.say(english('two'), 'call')];
    await vi.waitFor(async () => {
      await clock.advanceAsync(10);
      expect(bench.said()).toEqual(['one', 'two']);
    }, 10_000);
    await clock.advanceAsync(20);
    await Promise.all(all);
    expect(bench.warnings).toHaveLength(1);
    expect(voice.status).toMatchObject({ error: { code: 'VOICE_SILENT' } });
  });
});

describe('a sound device that comes and goes', () => {
  const card = ' 0 [Headset        ]: USB-Audio - Example Headset\n                      Example Headset at usb-1, full speed\n';
  const none = '--- no soundcards ---\n';
  /** Fails while no device is there. */
  const plug = (there: boolean) => writeFileSync(bench.path('device'), there ? 'yes' : 'no');
  const player = () =>
    bench.program('plugged-player', `cat > /dev/null; grep -q yes ${bench.path('device')} && echo x >> ${bench.path('played')}`);

  it('a device that fails is tried again 10 s later, not before', async () => {
    plug(false);
    open({ player: player() });
    const saying = voice.say(english('unheard'), 'call');
    await vi.waitFor(() => expect(voice.status.status).toBe('degraded'), 10_000);
    plug(true);
    await clock.advanceAsync(100);
    await saying;
    const early = voice.say(english('too early'), 'call');
    await vi.waitFor(() => expect(bench.said()).toHaveLength(2), 10_000);
    await vi.waitFor(async () => {
      await clock.advanceAsync(10);
      await Promise.race([early, Promise.reject(new Error('not yet'))]);
    }, 10_000);
    expect(bench.lines('played')).toHaveLength(0);
    clock.advance(10_000);
    await voice.say(english('heard'), 'call');
    expect(bench.lines('played')).toHaveLength(1);
    expect(voice.status).toEqual({ status: 'ready' });
    expect(bench.warnings).toHaveLength(1);
  });

  it('the kernel’s list says within 1 s that it is gone, and that it is back', async () => {
    writeFileSync(bench.path('cards'), card);
    plug(true);
    open({ player: player() });
    const told: string[] = [];
    voice.statusChanged.on(({ status }) => told.push(status));
    writeFileSync(bench.path('cards'), none);
    plug(false);
    clock.advance(1000);
    expect(told).toEqual(['degraded']);
    writeFileSync(bench.path('cards'), card);
    plug(true);
    clock.advance(1000);
    await voice.say(english('heard at once'), 'call');
    expect(bench.lines('played')).toHaveLength(1);
    expect(told).toEqual(['degraded', 'ready']);
  });
});

it('close resolves everything, ends what runs and leaves no timer', async () => {
  open({ player: held() });
  const all = ['a', 'b', 'c'].map((text) => voice.say(english(text), 'call'));
  await playing(1);
  await voice.close();
  await Promise.all(all);
  await expect(voice.say(english('late'), 'safety')).resolves.toBeUndefined();
  expect(bench.said()).toEqual(['a']);
});

describe.skipIf(findProgram('espeak-ng') === null)('the real espeak-ng (skipped where it is not installed)', () => {
  /** Plays to a file: what an ALSA device would get. */
  const heardThrough = async (text: string, language: 'vi' | 'en' | 'ko', volumePercent: number) => {
    open({ engine: findProgram('espeak-ng'), loudness: { volumePercent, quieter: [] } });
    await voice.say([{ language, text }], 'call');
    await voice.close();
    const wav = readFileSync(bench.path('played.wav'));
    return Array.from({ length: (wav.length - 44) / 2 }, (_, n) => wav.readInt16LE(44 + 2 * n));
  };
  const peak = (samples: number[]) => samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

  it.each([
    ['vi', 'Xin mời số A012 đến quầy số 3.'],
    ['en', 'Number A012, please go to counter 3.'],
    ['ko', 'A012번 고객님, 3번 창구로 오시기 바랍니다.'],
  ] as const)('speaks %s for a few seconds, and half as loud at half the volume', async (language, text) => {
    const loud = await heardThrough(text, language, 100);
    const soft = await heardThrough(text, language, 50);
    expect(loud.length / 22050).toBeGreaterThan(1.5);
    expect(loud.length / 22050).toBeLessThan(10);
    expect(peak(loud)).toBeGreaterThan(25_000);
    expect(peak(soft) / peak(loud)).toBeGreaterThan(0.4);
    expect(peak(soft) / peak(loud)).toBeLessThan(0.6);
  });

  it.skipIf(findProgram('aplay') === null)(
    'aplay takes its sound from the pipe, every sample (an ALSA device that is a file)',
    async () => {
      const recorded = bench.path('recorded.raw');
      writeFileSync(bench.path('asound.conf'), `pcm.recorder { type file file "${recorded}" format raw slave.pcm { type null } }\n`);
      const aplay = bench.program('aplay', `ALSA_CONFIG_PATH=${bench.path('asound.conf')} exec ${findProgram('aplay')} "$@"`);
      voice = bench.voice(new SystemClock(), { engine: findProgram('espeak-ng'), player: aplay, device: 'recorder' });
      await voice.say([{ language: 'vi', text: 'Xin chào' }], 'guidance');
      expect(voice.status).toEqual({ status: 'ready' });
      const direct = runProgram('espeak-ng', ['-v', 'vi', '-s', '150', '-a', '100', '-b', '1', '--stdout', '--stdin'], 'Xin chào');
      await direct.ended;
      const samples = Buffer.from(direct.output().subarray(44));
      const heard = readFileSync(recorded);
      expect(heard.subarray(0, samples.length).equals(samples)).toBe(true);
      // aplay fills the last period with silence.
      expect(heard.subarray(samples.length).every((byte) => byte === 0)).toBe(true);
    },
  );
});
