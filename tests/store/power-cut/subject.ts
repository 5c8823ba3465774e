import type { RunPlan } from './plan.ts';
import type { Mark } from './trace.ts';

/** How far a run had come when the power was cut: operations begun, and operations acknowledged. */
export interface Progress {
  begun: number;
  done: number;
}

/** A program's database, as its program finds it after a cut. */
export interface Found {
  /** All that it holds. */
  text: string;
  /** Looks closer, where nothing acknowledged is lost; throws what is wrong. Answers how many requests of before the cut it asked again. */
  inspect(progress: Progress): number;
  close(): void;
}

/** What one recorded run went through. */
export interface History<Before> {
  /** `texts[n]`: all that the subject holds after n operations. */
  texts: readonly string[];
  /** Wrong answers of the run itself: no cut is needed for these. */
  wrong: readonly string[];
  /** What a run has to know that begins with what `count` operations of this one left. */
  after(count: number): Before;
  /** Opens a disk as the product does; rejects where it cannot, or where the file is not sound. */
  open(folder: string): Promise<Found>;
}

/** Whose database is put under power cuts. */
export interface Subject<Before> {
  /** Path of the TypeScript program that plays a plan and marks what it does. */
  readonly program: string;
  /** Of an empty disk. */
  readonly nothing: Before;
  /** `marks`: what the program wrote down while it played. */
  history(plan: RunPlan, before: Before, marks: readonly Mark[]): History<Before>;
}
