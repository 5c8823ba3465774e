import { type Random, SeededRandom } from '../../../src/core/random.ts';

/** Everything that chance decides in a run comes from one of these. */
export class Dice {
  readonly random: Random;
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
    this.random = new SeededRandom(seed);
  }

  /** Dice of their own for a part, so that what one part throws does not shift the others. */
  of(part: string): Dice {
    let hash = this.seed ^ 0x9e3779b9;
    for (let index = 0; index < part.length; index++) hash = Math.imul(hash ^ part.charCodeAt(index), 0x01000193);
    return new Dice(hash >>> 0);
  }

  chance(probability: number): boolean {
    return probability > 0 && this.random.next() < probability;
  }

  /** A whole number in [low, high]. */
  between(low: number, high: number): number {
    return low + Math.floor(this.random.next() * (high - low + 1));
  }

  /** Mostly small, now and then large: exponential with that mean. */
  around(mean: number): number {
    return Math.round(-Math.log(1 - this.random.next()) * mean);
  }

  pick<T>(options: readonly [T, ...T[]]): T {
    return options[this.between(0, options.length - 1)] ?? options[0];
  }

  /** One of `options` by weight. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    // Object.entries widens the keys of the record it was given.
    const entries = Object.entries(weights) as [T, number][];
    let left = this.random.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [option, weight] of entries) {
      left -= weight;
      if (left < 0) return option;
    }
    throw new RangeError('no option has a weight');
  }
}
