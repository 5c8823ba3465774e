import type { Language } from '../../src/core/language.ts';

export const voicePriorities = ['safety', 'call', 'guidance'] as const;
export type VoicePriority = (typeof voicePriorities)[number];

/** Capability of speech. One utterance at a time; a higher priority interrupts a lower one. */
export interface Voice {
  /** Resolves when spoken, interrupted, or shown only (no speech engine): speech never fails a visit. */
  say(utterances: { language: Language; text: string }[], priority: VoicePriority): Promise<void>;
  readonly available: boolean;
  close(): Promise<void>;
}
