import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EspeakVoice, type VoiceOptions } from '../../../hardware/voice/voice.driver.ts';
import type { Clock } from '../../../src/core/clock.ts';
import { type Logger, silentLogger } from '../../../src/core/logger.ts';

export const samplesPerSecond = 22050;

/** A WAV as espeak-ng writes it to a pipe: its length is a lie. `ms` of a ramp, so that every sample differs. */
export function pipedWav(ms: number, claimed = 2_147_479_552): Buffer {
  const samples = Math.round((ms * samplesPerSecond) / 1000);
  const wav = Buffer.alloc(44 + 2 * samples);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(claimed + 36, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(samplesPerSecond, 24);
  wav.writeUInt32LE(samplesPerSecond * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(claimed, 40);
  for (let n = 0; n < samples; n++) wav.writeInt16LE((n % 60000) - 30000, 44 + 2 * n);
  return wav;
}

/** Real processes in a folder of their own; only what they do is simple. */
export class VoiceBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'letan-voice-bench-'));
  readonly warnings: string[] = [];
  private readonly logger: Logger = { ...silentLogger, warn: (_, message) => this.warnings.push(message) };

  path(name: string): string {
    return join(this.folder, name);
  }

  program(name: string, body: string): string {
    writeFileSync(this.path(name), `#!/bin/sh\n${body}\n`);
    chmodSync(this.path(name), 0o755);
    return this.path(name);
  }

  /** Writes down its arguments and its text, and gives a sound of 10 ms. Installed once: a newer one would count as another engine. */
  engine(): string {
    if (existsSync(this.path('engine'))) return this.path('engine');
    writeFileSync(this.path('piped.wav'), pipedWav(10));
    const heard = `cat >> ${this.path('heard')}; echo >> ${this.path('heard')}`;
    return this.program('engine', `echo "$@" >> ${this.path('engine-args')}; ${heard}; cat ${this.path('piped.wav')}`);
  }

  /** Keeps what it last got to play. */
  player(): string {
    return this.program('player', `echo "$@" >> ${this.path('player-args')}; cat > ${this.path('played.wav')}`);
  }

  voice(clock: Clock, options: Partial<VoiceOptions> = {}): EspeakVoice {
    return new EspeakVoice({
      clock,
      logger: this.logger,
      engine: options.engine === undefined ? this.engine() : options.engine,
      player: options.player === undefined ? this.player() : options.player,
      cardsFile: this.path('cards'),
      ...options,
    });
  }

  /** Lines of a file that a program wrote; none when it has not. */
  lines(name: string): string[] {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8').split('\n').slice(0, -1) : [];
  }

  /** The sentences that went to the engine. */
  said(): string[] {
    return this.lines('heard');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const english = (text: string) => [{ language: 'en' as const, text }];
