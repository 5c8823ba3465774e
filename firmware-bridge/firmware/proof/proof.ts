/** What a proof is made of. Each harness `harnesses/<name>.c` has its table `harnesses/<name>.ts` beside it. */

/** A fault put into a copy of the firmware: `find` stands exactly once in `file`. */
export interface Fault {
  file: string;
  find: string;
  replace: string;
  /** Properties, as PROVE words them, that CBMC must then refute. */
  refutes: readonly string[];
}

export interface Proof {
  /** Harness file, from this folder. */
  harness: string;
  /** Function of the harness that is proved for all its inputs. */
  entry: string;
  /** Files of the firmware that are linked to the harness, from the firmware's folder. */
  sources: readonly string[];
  /** Files of the firmware that the harness includes. */
  includes: readonly string[];
  /** Turns of the longest loop, and one. CBMC finds a number too small. */
  unwind: number;
  faults: readonly Fault[];
}

/** Stands for CBMC's own checks: bounds, pointers, overflow, conversions, shifts, division. */
export const memorySafety = 'memory and arithmetic';

/** `parser.prove_step`. */
export const nameOf = ({ harness, entry }: Proof): string => `${harness.replace(/^.*\/|\.c$/g, '')}.${entry}`;

/** A function that puts faults into one file. */
export const faultIn =
  (file: string) =>
  (find: string, replace: string, ...refutes: readonly string[]): Fault => ({ file, find, replace, refutes });
