import type { DeviceStatus } from '../../src/core/device.ts';
import type { Language } from '../../src/core/language.ts';
import type { Signal } from '../../src/core/signal.ts';

export const voicePriorities = ['safety', 'call', 'guidance'] as const;
export type VoicePriority = (typeof voicePriorities)[number];

/** One sentence. Digits in it are spoken as words. */
export interface Utterance {
  language: Language;
  text: string;
  /**
   * How long its sound is kept: a fixed phrase on `disk`, a call (ticket number and counter, nobody's name) in `memory`. Without it
   * not at all, and the text reaches no file: so for every text that could hold citizen data.
   */
  keep?: 'disk' | 'memory';
}

export interface SayOptions {
  /** Asked when its turn comes, also after an interruption: true leaves it unsaid. */
  isStale?: () => boolean;
}

/**
 * Capability of speech. One announcement at a time: safety before calls before guidance, and a more important one cuts a lesser one off.
 * A call that safety cut off is spoken again from its start; guidance that was cut off is over, for its moment has passed.
 */
export interface Voice {
  /** Resolves when spoken, given up, or shown only (no speech engine): speech never fails a visit. */
  say(utterances: Utterance[], priority: VoicePriority, options?: SayOptions): Promise<void>;
  /** False: no speech engine is installed, texts are only shown. */
  readonly available: boolean;
  readonly status: DeviceStatus;
  readonly statusChanged: Signal<DeviceStatus>;
  close(): Promise<void>;
}
