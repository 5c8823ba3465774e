import type { Random } from '../../../src/core/random.ts';

export const damages = ['flip', 'drop', 'insert', 'truncate', 'merge'] as const;
export type Damage = (typeof damages)[number];

const below = (random: Random, bound: number): number => Math.floor(random.next() * bound);

/** One to three bits of one frame are wrong, anywhere. */
function flip(frame: Uint8Array, random: Random): Uint8Array {
  const bits = new Set<number>();
  const count = 1 + below(random, 3);
  while (bits.size < count) bits.add(below(random, frame.length * 8));
  const damaged = frame.slice();
  for (const bit of bits) damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return damaged;
}

/** One to three bytes are lost, anywhere. */
function drop(frame: Uint8Array, random: Random): Uint8Array {
  const bytes = [...frame];
  for (let count = 1 + below(random, 3); count > 0; count -= 1) bytes.splice(below(random, bytes.length), 1);
  return Uint8Array.from(bytes);
}

/** One to three bytes of noise get in, anywhere between the first and the last byte. */
function insert(frame: Uint8Array, random: Random): Uint8Array {
  const bytes = [...frame];
  for (let count = 1 + below(random, 3); count > 0; count -= 1) bytes.splice(1 + below(random, bytes.length - 1), 0, below(random, 256));
  return Uint8Array.from(bytes);
}

/** The line is cut within the frame: its end never comes. */
const truncate = (frame: Uint8Array, random: Random): Uint8Array => frame.slice(0, 1 + below(random, frame.length - 1));

/** The boundary between two frames is lost, both of its bytes or one of them. */
function merge(frame: Uint8Array, next: Uint8Array, random: Random): Uint8Array {
  const which = below(random, 3);
  const first = which === 0 ? frame : frame.slice(0, -1);
  const second = which === 1 ? next : next.slice(1);
  return Uint8Array.from([...first, ...second]);
}

/**
 * `frame` damaged; `merge` damages `next` as well. What the damage left whole is told: of two frames one may have survived, and noise
 * may happen to change nothing.
 */
export function damaged(kind: Damage, frame: Uint8Array, next: Uint8Array, random: Random): { bytes: Uint8Array; whole: Uint8Array[] } {
  const frames = kind === 'merge' ? [frame, next] : [frame];
  const bytes = kind === 'merge' ? merge(frame, next, random) : { flip, drop, insert, truncate }[kind](frame, random);
  return { bytes, whole: frames.filter((candidate) => holds(bytes, candidate)) };
}

function holds(bytes: Uint8Array, frame: Uint8Array): boolean {
  for (let at = 0; at + frame.length <= bytes.length; at += 1) if (frame.every((byte, index) => bytes[at + index] === byte)) return true;
  return false;
}
