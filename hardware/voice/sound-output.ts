import { readFileSync } from 'node:fs';
import type { Cancel, Clock } from '../../src/core/clock.ts';
import type { DeviceStatus } from '../../src/core/device.ts';
import type { Logger } from '../../src/core/logger.ts';
import { Signal } from '../../src/core/signal.ts';
import { pause, runProgram, untilEnd } from './engine.ts';
import type { Sound } from './wav.ts';

/** Playing may take this much longer than the sound is. */
const playSlackMs = 3000;
/** After a failure the next sentence from then on tries the device again. */
const retryAfterMs = 10_000;
/** How soon an unplugged or plugged sound card is known. */
const watchEveryMs = 500;

export interface SoundOutputOptions {
  /** aplay's full path; null: not installed. */
  player: string | null;
  /** ALSA's name of the device; none: its default. */
  device?: string | undefined;
  /** Where the kernel lists its sound cards. */
  cardsFile: string;
  clock: Clock;
  logger: Logger;
}

/**
 * Plays sounds with aplay, which takes them through its standard input. Without a player or a device a sound takes its time all the same.
 * A device that failed is tried again every 10 s and as soon as the kernel's list of cards changes.
 */
export class SoundOutput {
  readonly statusChanged = new Signal<DeviceStatus>();
  private current: DeviceStatus = { status: 'ready' };
  private retryAtMs = 0;
  private cards: string;
  private readonly options: SoundOutputOptions;
  private readonly cancelWatch: Cancel;

  constructor(options: SoundOutputOptions) {
    this.options = options;
    this.cards = readCards(options.cardsFile);
    this.cancelWatch = options.player === null ? () => {} : options.clock.every(watchEveryMs, () => this.watch());
    if (options.player === null) this.silent('aplay is not installed');
  }

  get status(): DeviceStatus {
    return this.current;
  }

  /** Resolves when it was heard, or would have been, or `signal` aborts. Never rejects. */
  async play(sound: Sound, signal: AbortSignal): Promise<void> {
    const { clock, player } = this.options;
    const startedMs = clock.monotonicMs();
    if (player !== null && (this.current.status === 'ready' || startedMs >= this.retryAtMs)) {
      const failure = await this.tryToPlay(player, sound, signal);
      if (failure === null) return;
      this.retryAtMs = clock.monotonicMs() + retryAfterMs;
      this.silent(`aplay ${failure}`);
    }
    await pause(clock, Math.max(0, sound.lengthMs - (clock.monotonicMs() - startedMs)), signal);
  }

  close(): void {
    this.cancelWatch();
  }

  /** What went wrong; null when nothing did. */
  private async tryToPlay(player: string, { wav, lengthMs }: Sound, signal: AbortSignal): Promise<string | null> {
    const { device, clock } = this.options;
    const run = runProgram(player, ['-q', ...(device === undefined ? [] : ['-D', device]), '-'], wav);
    const outcome = await untilEnd(run, clock, lengthMs + playSlackMs, signal);
    if (outcome === 'interrupted') return null;
    if (outcome !== 'ended 0') return outcome;
    this.setStatus({ status: 'ready' });
    return null;
  }

  private watch(): void {
    const cards = readCards(this.options.cardsFile);
    if (cards === this.cards) return;
    this.cards = cards;
    this.retryAtMs = 0;
    if (cards === '') this.silent('the sound card was unplugged');
    else if (this.current.status !== 'ready') this.options.logger.info({}, 'sound cards changed: the next sentence tries again');
  }

  private silent(detail: string): void {
    this.setStatus({ status: 'degraded', error: { code: 'VOICE_SILENT', detail } });
  }

  private setStatus(status: DeviceStatus): void {
    if (status.status === this.current.status) return;
    this.current = status;
    if (status.status === 'ready') this.options.logger.info({}, 'sound is back');
    else this.options.logger.warn({ ...status.error }, 'no sound: sentences are synthesised but nobody hears them');
    this.statusChanged.emit(status);
  }
}

/** The kernel's list; empty when it has no card, or no ALSA at all. */
function readCards(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    // With none it says `--- no soundcards ---`.
    return /^\s*\d+ \[/m.test(text) ? text : '';
  } catch {
    return '';
  }
}
