import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/core/clock.ts';
import type { Language } from '../../src/core/language.ts';
import type { Logger } from '../../src/core/logger.ts';
import { findProgram, type Run, runProgram } from './engine.ts';
import { type Region, spellOut } from './numbers.ts';
import { outranks, SpeechQueue } from './speech-queue.ts';
import type { Voice, VoicePriority } from './voice.ts';

/** espeak-ng's WAV: 44 bytes of header, then 22,050 samples of two bytes a second. */
const wavHeaderBytes = 44;
const wavBytesPerMs = 44.1;
/** Slower than the default of 175 words a minute: a lobby echoes. */
const wordsPerMinute = 150;
/** A sentence is synthesised in some 25 ms; a hung engine is killed. */
const synthesisTimeoutMs = 5000;
/** Playing may take this much longer than the sound is. */
const playSlackMs = 3000;
/** Without an engine the text is only shown: time to read it, per letter. */
const readingMsPerLetter = 60;

type Utterance = { language: Language; text: string };

interface Announcement {
  utterances: Utterance[];
  done: () => void;
}

/** What is being said now; `stop` ends it at once. */
interface Speaking {
  priority: VoicePriority;
  stopped: boolean;
  stop: () => void;
}

export interface VoiceOptions {
  clock: Clock;
  logger: Logger;
  region?: Region;
  /** Programs; null: not installed. Default: found on PATH. */
  engine?: string | null;
  player?: string | null;
}

/** Speech through espeak-ng as a process of its own (GPL-3, never linked), played with aplay. */
export class EspeakVoice implements Voice {
  private readonly options: VoiceOptions;
  private readonly engine: string | null;
  /** Null: no sound here; sentences are still synthesised and take their time. */
  private player: string | null;
  private readonly queue = new SpeechQueue<Announcement>();
  private readonly folder: string | null;
  private speaking: Speaking | null = null;
  private files = 0;
  private closed = false;

  constructor(options: VoiceOptions) {
    this.options = options;
    this.engine = options.engine === undefined ? findProgram('espeak-ng') : options.engine;
    this.player = options.player === undefined ? findProgram('aplay') : options.player;
    this.folder = this.engine ? mkdtempSync(join(tmpdir(), 'letan-voice-')) : null;
    if (!this.engine) options.logger.warn({ code: 'VOICE_MISSING' }, 'espeak-ng is not installed: texts are shown, not spoken');
    else if (!this.player) this.silence('aplay is not installed');
  }

  get available(): boolean {
    return this.engine !== null;
  }

  say(utterances: Utterance[], priority: VoicePriority): Promise<void> {
    if (this.closed || utterances.length === 0) return Promise.resolve();
    return new Promise((done) => {
      this.queue.add({ utterances, done }, priority)?.done();
      if (this.speaking && outranks(priority, this.speaking.priority)) this.speaking.stop();
      if (!this.speaking) void this.speakAll().catch((error: unknown) => this.options.logger.error({ error }, 'speech failed'));
    });
  }

  close(): Promise<void> {
    this.closed = true;
    for (const announcement of this.queue.drain()) announcement.done();
    this.speaking?.stop();
    if (this.folder) rmSync(this.folder, { recursive: true, force: true });
    return Promise.resolve();
  }

  private async speakAll(): Promise<void> {
    for (let next = this.queue.take(); next; next = this.queue.take()) {
      const speaking: Speaking = { priority: next.priority, stopped: false, stop: () => {} };
      this.speaking = speaking;
      let interrupt: () => void = () => {};
      const interrupted = new Promise<void>((resolve) => {
        interrupt = resolve;
      });
      speaking.stop = () => {
        speaking.stopped = true;
        interrupt();
      };
      for (const utterance of next.item.utterances) {
        if (!speaking.stopped) await this.speak(utterance, interrupted);
      }
      next.item.done();
      this.speaking = null;
    }
  }

  /** One sentence, until it is said or `interrupted`. Never fails: a sentence that cannot be said is left out. */
  private async speak(utterance: Utterance, interrupted: Promise<void>): Promise<void> {
    if (!this.engine || !this.folder) {
      await this.pause(utterance.text.length * readingMsPerLetter, interrupted);
      return;
    }
    const file = join(this.folder, `${this.files++}.wav`);
    const words = spellOut(utterance.text, utterance.language, this.options.region);
    const args = ['-v', utterance.language, '-s', String(wordsPerMinute), '-b', '1', '-w', file, '--stdin'];
    // The text goes through standard input: nobody reads it from the process list, and it is never taken for an option.
    const made = await this.untilEnd(runProgram(this.engine, args, words), synthesisTimeoutMs, interrupted);
    if (made === 'ended 0') await this.play(file, interrupted);
    else if (made !== 'interrupted') this.options.logger.warn({ code: 'VOICE_MISSING', made }, 'a sentence could not be synthesised');
    rmSync(file, { force: true });
  }

  private async play(file: string, interrupted: Promise<void>): Promise<void> {
    const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    const lengthMs = Math.max(0, bytes - wavHeaderBytes) / wavBytesPerMs;
    if (this.player) {
      const played = await this.untilEnd(runProgram(this.player, ['-q', file], ''), lengthMs + playSlackMs, interrupted);
      if (played === 'ended 0' || played === 'interrupted') return;
      this.silence(`the player ${played}`);
    }
    await this.pause(lengthMs, interrupted);
  }

  private silence(reason: string): void {
    this.player = null;
    this.options.logger.warn({ reason }, 'no sound: sentences are synthesised but nobody hears them');
  }

  /** Waits for a program; kills it after `timeoutMs` or when `interrupted`. */
  private untilEnd(
    run: Run,
    timeoutMs: number,
    interrupted: Promise<void>,
  ): Promise<'interrupted' | 'took too long' | `ended ${number}` | 'did not start'> {
    return new Promise((resolve) => {
      const cancel = this.options.clock.after(timeoutMs, () => {
        run.kill();
        resolve('took too long');
      });
      void interrupted.then(() => {
        cancel();
        run.kill();
        resolve('interrupted');
      });
      void run.ended.then((code) => {
        cancel();
        resolve(code === null ? 'did not start' : `ended ${code}`);
      });
    });
  }

  private pause(delayMs: number, interrupted: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.options.clock.after(delayMs, resolve);
      void interrupted.then(() => {
        cancel();
        resolve();
      });
    });
  }
}

/** Speech of this machine: what is installed is found on PATH. */
export function openVoice(options: VoiceOptions): EspeakVoice {
  return new EspeakVoice(options);
}
