import { statSync } from 'node:fs';
import type { Clock } from '../../src/core/clock.ts';
import type { Logger } from '../../src/core/logger.ts';
import { runProgram, untilEnd } from './engine.ts';
import type { Region } from './numbers.ts';
import type { SoundCache } from './sound-cache.ts';
import { spellOut } from './spoken-text.ts';
import type { Utterance } from './voice.ts';
import { mendWav, type Sound } from './wav.ts';

/** Slower than the default of 175 words a minute: a lobby echoes. */
const wordsPerMinute = 150;
/** A sentence is synthesised in some 25 ms; a hung engine is killed. */
const synthesisTimeoutMs = 5000;

export interface SynthesiserOptions {
  /** espeak-ng's full path. */
  engine: string;
  cache: SoundCache;
  clock: Clock;
  logger: Logger;
  region: Region;
}

/** Sentences to sounds, through espeak-ng as a process of its own (GPL-3, never linked), or out of the cache. */
export class Synthesiser {
  private readonly options: SynthesiserOptions;
  /** A newer engine sounds otherwise: what the former one made is not used. */
  private readonly engineMark: string;

  constructor(options: SynthesiserOptions) {
    this.options = options;
    const file = statSync(options.engine, { throwIfNoEntry: false });
    this.engineMark = file ? `${file.size}.${file.mtimeMs}` : '';
  }

  /** Null when interrupted, or when the engine fails, hangs or writes no sound (logged). Never rejects. */
  async make({ language, text, keep }: Utterance, volumePercent: number, signal: AbortSignal): Promise<Sound | null> {
    const { cache } = this.options;
    const words = spellOut(text, language, this.options.region);
    const key = JSON.stringify([this.engineMark, language, wordsPerMinute, volumePercent, words]);
    const held = keep ? await cache.find(key, keep) : null;
    if (held) return held;
    const sound = await this.synthesise(words, language, volumePercent, signal);
    if (sound && keep) await cache.add(key, keep, sound);
    return sound;
  }

  private async synthesise(words: string, voice: string, volumePercent: number, signal: AbortSignal): Promise<Sound | null> {
    const { engine, clock, logger } = this.options;
    // Amplitude 100 reaches full scale (measured); beyond it espeak-ng compresses.
    const args = ['-v', voice, '-s', String(wordsPerMinute), '-a', String(volumePercent), '-b', '1', '--stdout', '--stdin'];
    // The text goes through standard input: nobody reads it from the process list, and it is never taken for an option.
    const run = runProgram(engine, args, words);
    const outcome = await untilEnd(run, clock, synthesisTimeoutMs, signal);
    if (outcome === 'interrupted') return null;
    const sound = outcome === 'ended 0' ? mendWav(run.output()) : null;
    if (!sound) logger.warn({ code: 'VOICE_FAILED', outcome }, 'a sentence could not be synthesised');
    return sound;
  }
}
