import type { Clock } from '../../src/core/clock.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import type { Logger } from '../../src/core/logger.ts';
import { Signal } from '../../src/core/signal.ts';
import { findProgram, pause } from './engine.ts';
import { type Loudness, volumeAt } from './loudness.ts';
import type { Region } from './numbers.ts';
import { SoundCache } from './sound-cache.ts';
import { SoundOutput } from './sound-output.ts';
import { outranks, SpeechQueue } from './speech-queue.ts';
import { Synthesiser } from './synthesiser.ts';
import type { SayOptions, Utterance, Voice, VoicePriority } from './voice.ts';

/** Where a text is only shown: time to read it, per letter. */
const readingMsPerLetter = 60;
/** The fixed phrases are made this long after the start, one at a time, so that neither start nor heartbeat waits for them. */
const warmAfterMs = 15_000;
const warmEveryMs = 300;

interface Announcement extends SayOptions {
  utterances: Utterance[];
  done: () => void;
}

export interface VoiceOptions {
  clock: Clock;
  logger: Logger;
  /** Default: full loudness all day. */
  loudness?: Loudness;
  /** How Vietnamese numbers are said. Default: north. */
  region?: Region;
  /** ALSA's name of the sound device, as `aplay -L` lists it. Default: ALSA's own default. */
  device?: string | undefined;
  /** Folder for the sounds of fixed phrases, of this voice alone. Default: none is kept on disk. */
  cacheFolder?: string;
  /** Fixed phrases that are made ready after the start. */
  phrases?: readonly Utterance[];
  /** Programs; null: not installed. Default: found on PATH. */
  engine?: string | null;
  player?: string | null;
  /** Default: `/proc/asound/cards`. */
  cardsFile?: string;
}

/** Speech through espeak-ng, played with aplay. */
export class EspeakVoice implements Voice {
  readonly statusChanged = new Signal<DeviceStatus>();
  private readonly options: VoiceOptions;
  private readonly queue = new SpeechQueue<Announcement>();
  /** Null: no speech engine. */
  private readonly synthesiser: Synthesiser | null;
  private readonly output: SoundOutput | null;
  private readonly closing = new AbortController();
  private speaking: { priority: VoicePriority; cut: AbortController } | null = null;

  constructor(options: VoiceOptions) {
    this.options = options;
    const { clock, logger, device, region = 'north', cacheFolder = null, cardsFile = '/proc/asound/cards' } = options;
    const engine = options.engine === undefined ? findProgram('espeak-ng') : options.engine;
    const player = options.player === undefined ? findProgram('aplay') : options.player;
    const cache = new SoundCache({ folder: cacheFolder, clock, logger });
    this.synthesiser = engine === null ? null : new Synthesiser({ engine, cache, clock, logger, region });
    this.output = engine === null ? null : new SoundOutput({ player, device, cardsFile, clock, logger });
    this.output?.statusChanged.on((status) => this.statusChanged.emit(status));
    if (engine === null) logger.warn({ code: 'VOICE_MISSING' }, 'espeak-ng is not installed: texts are shown, not spoken');
    else void this.warm().catch((error: unknown) => logger.warn({ cause: String(error) }, 'phrases were not made ready'));
  }

  get available(): boolean {
    return this.synthesiser !== null;
  }

  get status(): DeviceStatus {
    return this.output?.status ?? { status: 'degraded', error: { code: 'VOICE_MISSING', detail: 'no speech engine' } };
  }

  say(utterances: Utterance[], priority: VoicePriority, options: SayOptions = {}): Promise<void> {
    if (this.closing.signal.aborted || utterances.length === 0) return Promise.resolve();
    return new Promise((done) => {
      this.queue.add({ utterances, done, ...options }, priority)?.done();
      if (this.speaking && outranks(priority, this.speaking.priority)) this.speaking.cut.abort();
      if (!this.speaking) void this.speakAll();
    });
  }

  close(): Promise<void> {
    this.closing.abort();
    for (const announcement of this.queue.drain()) announcement.done();
    this.speaking?.cut.abort();
    this.output?.close();
    return Promise.resolve();
  }

  private async speakAll(): Promise<void> {
    for (let next = this.queue.take(); next; next = this.queue.take()) {
      const { item, priority } = next;
      const cut = new AbortController();
      this.speaking = { priority, cut };
      try {
        if (!item.isStale?.()) await this.announce(item.utterances, cut.signal);
      } catch (error) {
        this.options.logger.error({ cause: String(error) }, 'an announcement failed');
      }
      this.speaking = null;
      const repeat = cut.signal.aborted && priority === 'call' && !this.closing.signal.aborted;
      if (repeat) this.queue.putBack(next);
      else item.done();
    }
  }

  private async announce(utterances: readonly Utterance[], signal: AbortSignal): Promise<void> {
    for (const utterance of utterances) {
      if (signal.aborted) return;
      const sound = await this.soundOf(utterance, signal);
      // What cannot be heard is read from the screen.
      if (!sound || !this.output) await pause(this.options.clock, utterance.text.length * readingMsPerLetter, signal);
      else await this.output.play(sound, signal);
    }
  }

  private soundOf(utterance: Utterance, signal: AbortSignal) {
    const volume = this.volume();
    return volume === 0 ? null : (this.synthesiser?.make(utterance, volume, signal) ?? null);
  }

  private volume(): number {
    const { loudness, clock } = this.options;
    return loudness ? volumeAt(loudness, clock.nowMs()) : 100;
  }

  private async warm(): Promise<void> {
    const { clock, phrases = [] } = this.options;
    const { signal } = this.closing;
    if (phrases.length === 0) return;
    await pause(clock, warmAfterMs, signal);
    for (const phrase of phrases) {
      if (signal.aborted) return;
      await this.soundOf(phrase, signal);
      await pause(clock, warmEveryMs, signal);
    }
  }
}

/** Speech of this machine: what is installed is found on PATH. */
export function openVoice(options: VoiceOptions): EspeakVoice {
  return new EspeakVoice(options);
}
