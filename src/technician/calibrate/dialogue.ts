/** What the technician is asked for; names each question, so that a script can answer it. */
export type Step =
  | 'release'
  | 'straight.start'
  | 'straight.length'
  | 'square.start'
  | 'square.x'
  | 'square.y'
  | 'braking.start'
  | 'cup.empty'
  | 'cup.grams'
  | 'board.place'
  | 'board.distance'
  | 'targets.ready'
  | 'write';

export interface NumberQuestion {
  step: Step;
  text: string;
  unit: string;
  min: number;
  max: number;
  /** Taken when nothing is typed. */
  usual?: number;
}

/** Whoever holds the tape: a person at a terminal, or a script. Every method rejects with `CANCELLED` when she gives up. */
export interface Dialogue {
  tell(text: string): void;
  /** Resolves when what is asked has been done. */
  ready(step: Step, instruction: string): Promise<void>;
  number(question: NumberQuestion): Promise<number>;
  confirm(step: Step, question: string): Promise<boolean>;
}

/** A number as people type it: decimal point or comma, thousands unmarked; null for anything else. */
export function parseNumber(text: string): number | null {
  const trimmed = text.trim().replace(',', '.');
  return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(trimmed) ? Number(trimmed) : null;
}
