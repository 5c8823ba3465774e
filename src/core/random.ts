import { randomBytes } from 'node:crypto';

/** Source of randomness; injected so that a seed reproduces a run. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

/** Numbers drawn from the machine at once: a ULID takes sixteen, and each draw is a call into the kernel. */
const drawn = 256;
const bytesEach = 6;

/** Cryptographic randomness of the machine. */
export class SystemRandom implements Random {
  private pool = Buffer.alloc(0);
  private used = 0;

  next(): number {
    if (this.used >= this.pool.length) {
      this.pool = randomBytes(drawn * bytesEach);
      this.used = 0;
    }
    const value = this.pool.readUIntBE(this.used, bytesEach);
    this.used += bytesEach;
    return value / 2 ** 48;
  }
}

/** mulberry32: small, fast, seeded; for simulation and tests only. */
export class SeededRandom implements Random {
  private state: number;
  constructor(seed: number) {
    this.state = seed >>> 0;
  }
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}
