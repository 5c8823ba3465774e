import { createContext } from 'preact';
import { useContext, useRef } from 'preact/hooks';
import { type TextKey, type TextParams, t } from '../../../config/texts/texts.ts';
import type { Clock } from '../../core/clock.ts';
import type { Language } from '../../core/language.ts';
import type { KioskView, PageMessage } from '../view.ts';

export interface Kiosk {
  view: KioskView;
  language: Language;
  clock: Clock;
  send(message: PageMessage): void;
  /** The text under `key` in the citizen's language. */
  text(key: TextKey, params?: TextParams): string;
}

export const KioskContext = createContext<Kiosk | null>(null);

export function makeKiosk(view: KioskView, clock: Clock, send: Kiosk['send']): Kiosk {
  return { view, language: view.language, clock, send, text: (key, params) => t(view.language, key, params) };
}

export function useKiosk(): Kiosk {
  const kiosk = useContext(KioskContext);
  if (kiosk === null) throw new Error('outside of KioskContext');
  return kiosk;
}

/** Typing and scrolling count as being there, yet the robot need not hear of every key. */
const activityEveryMs = 5000;

/** Call it whenever the citizen does something that sends no message of its own; it keeps the countdown from running out. */
export function useActivity(): () => void {
  const { clock, send } = useKiosk();
  const lastMs = useRef(Number.NEGATIVE_INFINITY);
  return () => {
    if (clock.monotonicMs() - lastMs.current < activityEveryMs) return;
    lastMs.current = clock.monotonicMs();
    send({ type: 'stillHere' });
  };
}
